import type { Service } from '@aws-sdk/client-apprunner';
import type { CloudWatchLogsClient } from '@aws-sdk/client-cloudwatch-logs';
import type { ECRClient } from '@aws-sdk/client-ecr';
import { checkDeployment, lastDeployment } from '../checks/deployment.ts';
import { checkReferences } from '../checks/environment.ts';
import { readReasons } from '../checks/logs.ts';
import { lookUpReferences, type ReferenceState, type Registries } from '../checks/references.ts';
import type { Check, Finding } from '../domain/finding.ts';
import type { Profile } from '../domain/profile.ts';
import { redact } from '../domain/redact.ts';
import { type Eyes, traceEgress } from '../egress/trace.ts';
import { isPassing } from '../step.ts';
import { environmentOf, recentOperations, refOf, sourceOf } from '../target/apprunner.ts';
import { isImageThere } from '../target/image.ts';

export interface Sources extends Eyes, Registries {
  readonly ecr: () => Pick<ECRClient, 'send'>;
  readonly logs: () => Pick<CloudWatchLogsClient, 'send'>;
}

/**
 * What would fail although nobody has felt it yet. Read-only: nobody's door is knocked at. A part that cannot be looked at
 * hides none of the others.
 */
export async function lookAhead(sources: Sources, service: Service, profile: Profile, now: Date): Promise<Finding[]> {
  const references = lookUpReferences(sources, environmentOf(service));
  const parts = await Promise.all([
    look('egress', async () => (await traceEgress(sources, service, profile.dependencies)).findings),
    look('environment', async () => checkReferences(await references)),
    look('deployment', async () => lookAtDeployment(sources, service, profile, await references, now)),
    look('image', async () => [await lookAtImage(sources, service)]),
  ]);
  return parts.flat();
}

/** What AWS is too busy for is thrown: the whole look is tried again. */
async function look(part: Check | 'image', eyes: () => Promise<Finding[]>): Promise<Finding[]> {
  try {
    return await eyes();
  } catch (error) {
    if (!(error instanceof Error) || isPassing(error)) throw error;
    const because = `could not look: ${redact(`${error.name}: ${error.message}`).slice(0, 200)}`;
    const check = part === 'image' ? 'deployment' : part;
    return [
      { id: part === 'image' ? IMAGE : `${part}:all`, check, subject: part, status: 'unknown', because, evidence: [] },
    ];
  }
}

async function lookAtDeployment(
  sources: Sources,
  service: Service,
  profile: Profile,
  references: ReadonlyMap<string, ReferenceState>,
  now: Date,
): Promise<Finding[]> {
  const operations = await recentOperations(sources.appRunner, service.ServiceArn ?? '');
  const last = lastDeployment(operations);
  const failedAt = last && ['failed', 'rolled-back'].includes(last.state) ? last.startedAt : undefined;
  const reasons = failedAt ? await readReasons(sources.logs(), refOf(service), failedAt, now) : [];
  return checkDeployment(profile.deployment, { operations, source: sourceOf(service), references, reasons, now });
}

const IMAGE = 'deployment:image-there';

async function lookAtImage({ ecr }: Sources, service: Service): Promise<Finding> {
  const { state, because } = await isImageThere(ecr(), service);
  const status = state === 'there' ? 'ok' : state === 'gone' ? 'broken' : 'unknown';
  return { id: IMAGE, check: 'deployment', subject: 'image-there', status, because, evidence: [] };
}
