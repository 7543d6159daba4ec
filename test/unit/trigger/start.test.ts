import type { StartExecutionCommand } from '@aws-sdk/client-sfn';
import { expect, it } from 'vitest';
import { type Around, startFor } from '../../../lib/trigger/start.ts';

const ARN = `arn:aws:apprunner:us-east-1:123456789012:service/shop/${'0a'.repeat(16)}`;
const trigger = {
  service: ARN,
  what: 'UpdateServiceFailed',
  operationType: 'UPDATE_SERVICE',
  at: new Date('2026-01-01T12:00:00Z'),
  key: 'event-id',
};

/** An account with one service; `operations` as App Runner lists them, `items` as they stand in the table, by sort key. */
function account(operations: readonly object[], items: Readonly<Record<string, object>> = {}) {
  const started: StartExecutionCommand['input'][] = [];
  const answers: Readonly<Record<string, (input: Record<string, unknown>) => unknown>> = {
    DescribeServiceCommand: () => ({ Service: { ServiceArn: ARN, ServiceName: 'shop' } }),
    ListOperationsCommand: () => ({ OperationSummaryList: operations }),
    GetParameterCommand: () => ({ Parameter: { Value: '{"service":"shop","dependencies":[]}' } }),
    GetCommand: ({ Key }) => ({ Item: items[(Key as { sk: string }).sk] }),
    StartExecutionCommand: (input) => {
      started.push(input as never);
      return { executionArn: `arn:aws:states:us-east-1:123456789012:execution:reconnect:${input.name}` };
    },
  };
  const send = async (command: { constructor: { name: string }; input: Record<string, unknown> }) =>
    answers[command.constructor.name]?.(command.input);
  const client = { send } as never;
  const around: Around = {
    appRunner: client,
    ssm: client,
    table: { client, name: 'reconnect' },
    starter: { client, stateMachineArn: 'arn:aws:states:us-east-1:123456789012:stateMachine:reconnect' },
  };
  return { around, started };
}

const OPERATION = {
  Id: 'op-1',
  Type: 'UPDATE_SERVICE',
  Status: 'ROLLBACK_SUCCEEDED',
  StartedAt: new Date('2026-01-01T11:50:00Z'),
};

it('names the run after the operation, and gives the same input every time', async () => {
  const { around, started } = account([OPERATION]);
  await startFor(trigger, around);
  await startFor({ ...trigger, key: 'another-event-id' }, around);
  expect(started[0]).toEqual(started[1]);
  expect(started[0]?.name).toMatch(/^[0-9A-Za-z_-]{1,80}$/);
  expect(JSON.parse(started[0]?.input ?? '')).toMatchObject({ service: ARN, mode: 'plan', requestedBy: 'eventbridge' });
});

it('names it after the event where App Runner lists no such operation', async () => {
  const { around, started } = account([]);
  await startFor(trigger, around);
  await startFor({ ...trigger, key: 'another-event-id' }, around);
  expect(started[0]?.name).not.toBe(started[1]?.name);
});

it.each([
  ['an operation that a run began', { 'OPERATION#op-1': { run: 'r1' } }, /is of run r1/],
  ['a service that a run has', { LOCK: { run: 'r2' } }, /run r2 has shop already/],
])('starts nothing for %s', async (_, items, because) => {
  const { around, started } = account([OPERATION], items);
  expect(await startFor(trigger, around)).toMatchObject({ started: false, because: expect.stringMatching(because) });
  expect(started).toEqual([]);
});
