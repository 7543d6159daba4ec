import { describe, expect, it } from 'vitest';
import type { Report } from '../../../lib/domain/report.ts';
import { undoesOf } from '../../../lib/run/death.ts';
import { statusOf } from '../../../lib/run/status.ts';
import { viewRun } from '../../../lib/run/view.ts';

const NOW = new Date('2026-03-01T12:00:00Z');
const ARN = 'arn:aws:states:us-east-1:123456789012:stateMachine:reconnect';

/** A table that holds these records, by their sort key. */
const tableOf = (records: Record<string, object>) =>
  ({
    name: 'reconnect',
    client: { send: async ({ input }: { input: { Key: { sk: string } } }) => ({ Item: records[input.Key.sk] }) },
  }) as never;

const forgetful = {
  send: async () => {
    throw Object.assign(new Error('gone'), { name: 'ExecutionDoesNotExist' });
  },
} as never;

const report = {
  run: 'old',
  service: 'shop',
  mode: 'repair',
  requestedBy: 'alice',
  timeline: [{ at: '2025-10-01T00:00:00Z' }, { at: '2025-10-01T00:20:00Z' }],
} as unknown as Report;

it.each([
  ['recovered', 'succeeded'],
  ['stuck', 'failed'],
] as const)('still tells a run that ended %s when Step Functions has forgotten it', async (verdict, status) => {
  const table = tableOf({ REPORT: { report: { ...report, verdict } } });
  const view = await viewRun({ table, client: forgetful, stateMachineArns: [ARN] }, 'old', NOW);
  expect(view).toMatchObject({ run: 'old', status, verdict, service: 'shop', endedAt: '2025-10-01T00:20:00Z' });
});

it('knows nothing of a run that left nothing', async () => {
  const sources = { table: tableOf({}), client: forgetful, stateMachineArns: [ARN] };
  expect(await viewRun(sources, 'none', NOW)).toBeUndefined();
});

const running = {
  send: async () => ({ status: 'RUNNING', executionArn: 'arn', input: '{"service":"shop"}' }),
} as never;
const question = { token: 'bearer', planHash: 'abc', requestedBy: 'alice', expiresAt: '2026-03-01T12:30:00Z' };

it.each([
  ['open', question, 'approval'],
  ['answered', { ...question, answered: { answer: 'approved' } }, undefined],
  ['too old', { ...question, expiresAt: '2026-03-01T12:00:00.000Z' }, undefined],
])('shows a question that is %s only while it can be answered, and never its token', async (_, asked, topic) => {
  const sources = { table: tableOf({ APPROVAL: asked }), client: running, stateMachineArns: [ARN] };
  const view = await viewRun(sources, 'asking', NOW);
  expect([view?.status, view?.mode, view?.question?.topic]).toEqual(['running', 'plan', topic]);
  expect(JSON.stringify(view)).not.toContain('bearer');
});

it.each(['SUCCEEDED', 'FAILED', 'ABORTED'])(
  'shows no question of a run that has %s: nobody would hear the answer',
  async (status) => {
    const ended = { send: async () => ({ status, executionArn: 'arn', input: '{"service":"shop"}' }) } as never;
    const sources = { table: tableOf({ APPROVAL: question }), client: ended, stateMachineArns: [ARN] };
    expect((await viewRun(sources, 'over', NOW))?.question).toBeUndefined();
  },
);

it('keeps secrets out of why a run failed', async () => {
  const Cause = JSON.stringify({ errorMessage: 'password=hunter2' });
  const failed = { send: async () => ({ status: 'FAILED', executionArn: 'arn', error: 'Odd', cause: Cause }) } as never;
  const view = await viewRun({ table: tableOf({}), client: failed, stateMachineArns: [ARN] }, 'failed', NOW);
  expect(view?.failure).toMatchObject({ error: 'Odd' });
  expect(JSON.stringify(view)).not.toContain('hunter2');
});

it.each(['RUNNING', 'SUCCEEDED'])(
  'says of a run that is %s who answered what, and about which plan',
  async (status) => {
    const answered = { answer: 'approved', by: 'bob', at: '2026-03-01T12:10:00Z' };
    const late = { answer: 'no answer', by: 'nobody', at: '2026-03-01T12:40:00Z' };
    const table = tableOf({
      APPROVAL: { ...question, answered: { ...answered, id: 'hidden' } },
      DELIVERY: { token: 'bearer', delivery: { ask: 'Is it here?' }, expiresAt: late.at, answered: late },
    });
    const client = { send: async () => ({ status, executionArn: 'arn', input: '{"service":"shop"}' }) } as never;
    const view = await viewRun({ table, client, stateMachineArns: [ARN] }, 'asking', NOW);
    expect(view?.question).toBeUndefined();
    expect(view?.answered).toEqual({ approval: { ...answered, planHash: 'abc' }, delivery: late });
    expect(JSON.stringify(view)).not.toMatch(/bearer|hidden/);
  },
);

describe('a run that died', () => {
  const because = 'the run was stopped; what it changed is being taken back: egress VPC → DEFAULT';
  const dead = { run: 'asking', status: 'ABORTED', because, at: '2026-03-01T11:00:00Z' };
  const [first = '', second = ''] = undoesOf('asking');
  /** Knows these executions of the second machine, and how the run itself ended. */
  const knowing = (ended: object, undoes: readonly string[] = []) =>
    ({
      send: async ({ input: { executionArn } }: { input: { executionArn: string } }) => {
        if (executionArn.endsWith(':asking')) return { executionArn, input: '{"service":"shop"}', ...ended };
        if (undoes.some((name) => executionArn.endsWith(`:undo:${name}`))) return { executionArn, status: 'RUNNING' };
        throw Object.assign(new Error('gone'), { name: 'ExecutionDoesNotExist' });
      },
    }) as never;
  const failure = async (client: never, records: Record<string, object>) => {
    const stateMachineArns = [ARN, ARN.replace(/reconnect$/, 'undo')];
    return (await viewRun({ table: tableOf(records), client, stateMachineArns }, 'asking', NOW))?.failure;
  };

  it.each([
    ['nothing', [], undefined],
    ['one undo', [first], first],
    ['a second undo, because the first died', [first, second], second],
  ])('says what is done about it, and by which run: %s', async (_, undoes, undoneBy) => {
    const said = await failure(knowing({ status: 'ABORTED' }, undoes), { DEAD: dead });
    expect(said).toEqual({ error: 'ABORTED', because, ...(undoneBy && { undoneBy }) });
  });

  it.each([
    [{ status: 'ABORTED' }, 'the run was stopped'],
    [{ status: 'TIMED_OUT' }, 'the run took longer than it may'],
    [{ status: 'FAILED', error: 'States.Runtime', cause: 'no such path' }, 'no such path'],
  ])('says how it ended before anybody has been at it: %j', async (ended, said) => {
    expect((await failure(knowing(ended), {}))?.because).toBe(said);
  });

  it('says who has the service where that is why it ended', async () => {
    const cause = JSON.stringify({ errorMessage: 'shop is taken: run by-hand has had it' });
    const said = await failure(knowing({ status: 'FAILED', error: 'LockHeld', cause }), { DEAD: dead });
    expect(said).toEqual({ error: 'LockHeld', because: 'shop is taken: run by-hand has had it' });
  });
});

it('says who has a service and how its last run ended, and nothing else of the records', async () => {
  const holder = { run: 'now', requestedBy: 'bob', since: '2026-03-01T11:59:00Z' };
  const last = { run: 'before', verdict: 'healthy', at: '2026-02-01T00:00:00Z', summary: 'shop: nothing to repair.' };
  const table = tableOf({ LOCK: { pk: 'SERVICE#x', sk: 'LOCK', ...holder }, LAST: { pk: 'x', sk: 'LAST', ...last } });
  expect(await statusOf({ table }, 'arn:aws:apprunner:x')).toEqual({ holder, last });
  expect(await statusOf({ table: tableOf({}) }, 'arn:aws:apprunner:x')).toEqual({});
});
