import type { Service } from '@aws-sdk/client-apprunner';
import type { CloudWatchLogsClient } from '@aws-sdk/client-cloudwatch-logs';
import type { ECRClient } from '@aws-sdk/client-ecr';
import { checkDeployment, lastDeployment } from '../checks/deployment.ts';
import { checkReferences } from '../checks/environment.ts';
import { readReasons } from '../checks/logs.ts';
import { lookUpReferences, type Registries } from '../checks/references.ts';
import type { Finding } from '../domain/finding.ts';
import type { Profile } from '../domain/profile.ts';
import { type Eyes, traceEgress } from '../egress/trace.ts';
import { environmentOf, recentOperations, refOf, sourceOf } from '../target/apprunner.ts';
import { isImageThere } from '../target/image.ts';

export interface Sources extends Eyes, Registries {
  readonly ecr: () => Pick<ECRClient, 'send'>;
  readonly logs: () => Pick<CloudWatchLogsClient, 'send'>;
}

/** What would fail although nobody has felt it yet. Read-only: nobody's door is knocked at. */
export async function lookAhead(sources: Sources, service: Service, profile: Profile, now: Date): Promise<Finding[]> {
  const [egress, rest] = await Promise.all([
    traceEgress(sources, service, profile.dependencies),
    lookAtDeployment(sources, service, profile, now),
  ]);
  return [...egress.findings, ...rest];
}

async function lookAtDeployment(sources: Sources, service: Service, profile: Profile, now: Date): Promise<Finding[]> {
  const [operations, references, image] = await Promise.all([
    recentOperations(sources.appRunner, service.ServiceArn ?? ''),
    lookUpReferences(sources, environmentOf(service)),
    isImageThere(sources.ecr(), service),
  ]);
  const last = lastDeployment(operations);
  const failedAt = last && ['failed', 'rolled-back'].includes(last.state) ? last.startedAt : undefined;
  const reasons = failedAt ? await readReasons(sources.logs(), refOf(service), failedAt, now) : [];
  const facts = { operations, source: sourceOf(service), references, reasons, now };
  const { state, because } = image;
  const found: Finding = {
    id: 'deployment:image-there',
    check: 'deployment',
    subject: 'image-there',
    status: state === 'there' ? 'ok' : state === 'gone' ? 'broken' : 'unknown',
    because,
    evidence: [],
  };
  return [...checkReferences(references), ...checkDeployment(profile.deployment, facts), found];
}
