import type { Cause } from '../domain/cause.ts';
import type { Finding } from '../domain/finding.ts';
import type { Deployment } from '../domain/profile.ts';
import type { Operation } from '../domain/service.ts';
import type { ReferenceState } from './references.ts';

export interface DeploymentFacts {
  /** Newest first. */
  readonly operations: readonly Operation[];
  /** The image the service is set to. */
  readonly source: string;
  readonly references: ReadonlyMap<string, ReferenceState>;
  /** What the service log said about the last deployment, if it failed; redacted. */
  readonly reasons: readonly string[];
  readonly now: Date;
}

const DEPLOYS = ['CREATE_SERVICE', 'UPDATE_SERVICE', 'START_DEPLOYMENT', 'RESUME_SERVICE'];

export const lastDeployment = (operations: readonly Operation[]): Operation | undefined =>
  operations.find(({ type }) => DEPLOYS.includes(type));

/** Whether what runs is what should run: the last deployment, the image, its age, and secrets that changed since. */
export function checkDeployment(expected: Deployment | undefined, facts: DeploymentFacts): Finding[] {
  const succeeded = facts.operations.find(({ type, state }) => DEPLOYS.includes(type) && state === 'succeeded');
  return [
    judgeLast(facts),
    ...(expected?.image ? [judgeImage(expected.image, facts.source)] : []),
    ...(expected?.maxAgeDays ? [judgeAge(expected.maxAgeDays, succeeded, facts.now)] : []),
    ...judgeSecrets(succeeded, facts.references),
  ];
}

const finding = (
  subject: string,
  status: Finding['status'],
  because: string,
  more: { cause?: Cause; evidence?: string[] } = {},
): Finding => ({
  id: `deployment:${subject}`,
  check: 'deployment',
  subject,
  status,
  ...(more.cause && { cause: more.cause }),
  because,
  evidence: more.evidence ?? [],
});

function judgeLast({ operations, reasons }: DeploymentFacts): Finding {
  const last = lastDeployment(operations);
  if (!last) return finding('last', 'unknown', 'App Runner lists no deployment of this service');
  if (last.state === 'succeeded') return finding('last', 'ok', `the last deployment, ${last.type}, succeeded`);
  if (last.state === 'going')
    return finding('last', 'unknown', `a deployment is under way: ${last.type} is ${last.status}`);
  const why = reasons.length > 0 ? `: ${reasons.at(-1)}` : '; the service log says nothing about it';
  return finding('last', 'broken', `the last deployment, ${last.type}, ended ${last.status}${why}`, {
    cause: 'deployment-failed',
    evidence: [...reasons],
  });
}

function judgeImage(expected: string, source: string): Finding {
  const runs = source === expected || source.endsWith(`:${expected}`) || source.endsWith(`@${expected}`);
  if (runs) return finding('image', 'ok', `the service is set to ${source}, as the profile expects`);
  return finding('image', 'broken', `the service is set to ${source}, the profile expects ${expected}`, {
    cause: 'stale-deployment',
  });
}

function judgeAge(maxAgeDays: number, succeeded: Operation | undefined, now: Date): Finding {
  if (!succeeded?.startedAt) return finding('age', 'unknown', 'when the service was last deployed is not known');
  const days = Math.floor((now.getTime() - succeeded.startedAt.getTime()) / 86_400_000);
  if (days <= maxAgeDays) return finding('age', 'ok', `deployed ${days} days ago`);
  return finding('age', 'broken', `deployed ${days} days ago, the profile allows ${maxAgeDays}`, {
    cause: 'stale-deployment',
  });
}

/** App Runner reads secrets when it deploys and never again. https://docs.aws.amazon.com/apprunner/latest/dg/env-variable.html */
function judgeSecrets(succeeded: Operation | undefined, references: ReadonlyMap<string, ReferenceState>): Finding[] {
  const deployedAt = succeeded?.startedAt;
  if (!deployedAt) return [];
  return [...references].flatMap(([name, reference]) => {
    if (reference.state !== 'there' || !reference.changedAt || reference.changedAt <= deployedAt) return [];
    const because = `what ${name} refers to was changed at ${reference.changedAt.toISOString()}, after the last deployment at ${deployedAt.toISOString()}: the service still runs with the old value`;
    return [finding(name, 'broken', because, { cause: 'stale-deployment' })];
  });
}
