import { describe, expect, it } from 'vitest';
import { checkDeployment, type DeploymentFacts } from '../../../lib/checks/deployment.ts';
import { checkReferences } from '../../../lib/checks/environment.ts';
import { lookUpReferences, type ReferenceState } from '../../../lib/checks/references.ts';
import type { Operation } from '../../../lib/domain/service.ts';
import { parseReference } from '../../../lib/target/references.ts';

const NOW = new Date('2026-11-20T03:00:00Z');
const daysAgo = (days: number) => new Date(NOW.getTime() - days * 86_400_000);
const operation = (type: string, state: Operation['state'], days: number): Operation => ({
  id: type,
  type,
  status: state === 'succeeded' ? 'SUCCEEDED' : 'ROLLBACK_SUCCEEDED',
  state,
  startedAt: daysAgo(days),
});
const facts = (more: Partial<DeploymentFacts>): DeploymentFacts => ({
  operations: [operation('UPDATE_SERVICE', 'succeeded', 2)],
  source: '123.dkr.ecr.us-east-1.amazonaws.com/app:v20',
  references: new Map(),
  reasons: [],
  now: NOW,
  ...more,
});
const changed = (days: number): ReadonlyMap<string, ReferenceState> =>
  new Map([['TOKEN', { state: 'there', changedAt: daysAgo(days) }]]);

describe('the deployment check', () => {
  it.each([
    ['a deployment that succeeded', undefined, {}, ['last ok']],
    [
      'one that was rolled back',
      undefined,
      { operations: [operation('UPDATE_SERVICE', 'rolled-back', 1)] },
      ['last broken deployment-failed'],
    ],
    [
      'a pause after a deployment',
      undefined,
      { operations: [operation('PAUSE_SERVICE', 'failed', 1), operation('CREATE_SERVICE', 'succeeded', 2)] },
      ['last ok'],
    ],
    ['no deployment at all', undefined, { operations: [] }, ['last unknown']],
    ['the expected tag', { image: 'v20' }, {}, ['last ok', 'image ok']],
    ['another tag', { image: 'v21' }, {}, ['last ok', 'image broken stale-deployment']],
    ['a tag that only ends alike', { image: '0' }, {}, ['last ok', 'image broken stale-deployment']],
    ['a deployment young enough', { maxAgeDays: 2 }, {}, ['last ok', 'age ok']],
    ['a deployment too old', { maxAgeDays: 1 }, {}, ['last ok', 'age broken stale-deployment']],
    [
      'a secret that changed since',
      undefined,
      { references: changed(1) },
      ['last ok', 'TOKEN broken stale-deployment'],
    ],
    ['a secret that changed before', undefined, { references: changed(3) }, ['last ok']],
  ] as const)('judges %s', (_, expected, more, seen) => {
    const findings = checkDeployment(expected, facts(more));
    expect(findings.map(({ subject, status, cause }) => [subject, status, cause].filter(Boolean).join(' '))).toEqual(
      seen,
    );
  });

  it('says why a deployment failed', () => {
    const [last] = checkDeployment(
      undefined,
      facts({ operations: [operation('UPDATE_SERVICE', 'rolled-back', 1)], reasons: ['Health check failed'] }),
    );
    expect(last?.because).toContain('Health check failed');
    expect(last?.evidence).toEqual(['Health check failed']);
  });
});

describe('what secrets refer to', () => {
  const secret = 'arn:aws:secretsmanager:us-east-1:123456789012:secret:app/token-AbCdEf';

  it.each([
    [secret, { kind: 'secret', id: secret }],
    [`${secret}:key::`, { kind: 'secret', id: secret, jsonKey: 'key' }],
    [`${secret}:key:AWSPREVIOUS:`, { kind: 'secret', id: secret, jsonKey: 'key', versionStage: 'AWSPREVIOUS' }],
    [
      'arn:aws:ssm:us-east-1:123456789012:parameter/app/token',
      { kind: 'parameter', name: 'arn:aws:ssm:us-east-1:123456789012:parameter/app/token' },
    ],
    ['/app/token', { kind: 'parameter', name: '/app/token' }],
  ])('is read from %s', (text, reference) => {
    expect(parseReference(text)).toEqual(reference);
  });

  const answering = (error?: string) => ({
    send: async () => {
      if (error) throw Object.assign(new Error('no'), { name: error });
      return { LastChangedDate: NOW };
    },
  });

  it.each([
    [undefined, 'there', []],
    ['ResourceNotFoundException', 'gone', ['broken']],
    ['AccessDeniedException', 'unknown', ['unknown']],
  ])('is looked up: %s means %s', async (error, state, statuses) => {
    const client = answering(error);
    const references = await lookUpReferences({ ssm: () => client as never, secretsManager: () => client as never }, [
      { name: 'TOKEN', secretReference: secret },
      { name: 'PLAIN', value: 'canary' },
    ]);
    expect([...references.keys()]).toEqual(['TOKEN']);
    expect(references.get('TOKEN')?.state).toBe(state);
    expect(checkReferences(references).map(({ status }) => status)).toEqual(statuses);
  });
});
