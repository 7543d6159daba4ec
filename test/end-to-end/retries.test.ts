import { InvokeCommand } from '@aws-sdk/client-lambda';
import { expect, it } from 'vitest';
import type { RunDocument } from '../../lib/domain/run.ts';
import { runTable } from '../../lib/run/client.ts';
import { writeUndo } from '../../lib/run/ledger.ts';
import { openWorld, SERVICE, type World } from './world.ts';

/* Lambda may run a function again whose answer was lost: what it did the first time must not happen twice. */

async function invoke<T>(world: World, name: string, payload: unknown): Promise<T> {
  const { Payload, FunctionError } = await world.lambda.send(
    new InvokeCommand({ FunctionName: `reconnect-${name}`, Payload: Buffer.from(JSON.stringify(payload)) }),
  );
  const answer = JSON.parse(Buffer.from(Payload ?? []).toString());
  if (FunctionError) throw Object.assign(new Error(answer.errorMessage), { name: answer.errorType });
  return answer as T;
}

/** A run as far as its baseline, and the step it is about to take. */
async function prepared(world: World) {
  const { run, service, profile } = await invoke<RunDocument>(world, 'load-profile', {
    run: 'r1',
    machine: 'reconnect',
    request: { service: SERVICE },
  });
  const baseline = await invoke(world, 'record-baseline', { run, service });
  const step = {
    remedy: 'use-default-egress',
    title: 'switch',
    target: service.arn,
    changes: [],
    undo: 'put egress back',
    fixes: [],
    monthlyCostUsd: 0,
    minutes: 10,
    redeploys: true,
    security: '',
    affects: [],
    warnings: [],
    stage: 1,
    details: { egress: { type: 'VPC', vpcConnectorArn: connectorOf(world) } },
  } as const;
  const place = { run, service: service.name, round: 1, index: 0 };
  return { run, service, profile, baseline, step, place };
}

const connectorOf = (world: World) =>
  world.service.running.NetworkConfiguration.EgressConfiguration?.VpcConnectorArn ?? '';

const updates = (world: World) => world.service.operations.filter(({ Type }) => Type === 'UPDATE_SERVICE').length;

it('switches egress once, however often the step is retried', async () => {
  const world = await openWorld('otp-egress');
  const { step, place } = await prepared(world);
  const before = updates(world);
  const first = await invoke<{ operationId: string }>(world, 'use-default-egress', { place, step });
  const second = await invoke<{ operationId: string }>(world, 'use-default-egress', { place, step });
  expect(second.operationId).toBe(first.operationId);
  expect(updates(world)).toBe(before + 1);
});

it('finds the update it started when it died before it could write that down', async () => {
  const world = await openWorld('otp-egress');
  const { run, step, place } = await prepared(world);
  const first = await invoke<{ operationId: string }>(world, 'use-default-egress', { place, step });
  const table = runTable();
  const { UpdateCommand } = await import('@aws-sdk/lib-dynamodb');
  await table.client.send(
    new UpdateCommand({
      TableName: table.name,
      Key: { pk: `RUN#${run}`, sk: 'CHANGE#1.1.001' },
      UpdateExpression: 'SET #state = :pending REMOVE operationId',
      ExpressionAttributeNames: { '#state': 'state' },
      ExpressionAttributeValues: { ':pending': 'pending' },
    }),
  );
  const before = updates(world);
  const again = () => invoke<{ operationId: string }>(world, 'use-default-egress', { place, step });
  // App Runner lists an operation a little after it began: until then the machine is told to try again.
  const second = await again().catch(async (error: Error) => {
    expect(error.name).toBe('RetryLater');
    await world.sandbox.clock.sleep(15_000);
    return again();
  });
  expect(second.operationId).toBe(first.operationId);
  expect(updates(world)).toBe(before);
});

it('has nothing to undo when it died between writing the undo and making the change', async () => {
  const world = await openWorld('otp-egress');
  const { run, service, baseline, step } = await prepared(world);
  const before = world.sandbox.snapshot();
  await writeUndo(
    { table: runTable(), run, clock: world.sandbox.clock },
    {
      id: '1.1.001',
      service: service.name,
      remedy: step.remedy,
      kind: 'egress',
      target: step.target,
      what: 'egress VPC → DEFAULT',
      undo: step.undo,
      undoData: world.service.running.NetworkConfiguration,
      effect: { egress: { type: 'DEFAULT' } },
    },
  );
  const undo = () => invoke(world, 'undo-changes', { run, service, baseline, attempt: run });
  expect(await undo()).toMatchObject({ state: 'done', changed: false });
  expect(await undo()).toMatchObject({ state: 'done', changed: false });
  expect(world.sandbox.snapshot()).toEqual(before);
});

it('sends what changes something once per phase', async () => {
  const world = await openWorld('otp-egress');
  const { run, service, profile } = await prepared(world);
  const payload = { run, service, profile, phase: 'before' };
  await invoke(world, 'run-probes', payload);
  const again = await invoke<{ findings: unknown[] }>(world, 'run-probes', payload);
  expect(world.otpStarts()).toBe(1);
  expect(again.findings).toMatchObject([{ status: 'ok' }, { subject: 'otp-start', status: 'unknown' }]);
});

it('takes a lock twice for the same run, and frees only its own', async () => {
  const world = await openWorld('otp-egress');
  const { service } = await prepared(world);
  await invoke(world, 'take-lock', { run: 'r1', service, requestedBy: 'alice' });
  await invoke(world, 'take-lock', { run: 'r1', service, requestedBy: 'alice' });
  await expect(invoke(world, 'take-lock', { run: 'r2', service, requestedBy: 'bob' })).rejects.toThrow(
    /run r1, started by alice/,
  );
  await invoke(world, 'release-lock', { run: 'r2', service });
  expect(await world.lockHolder()).toBe('r1');
  await invoke(world, 'release-lock', { run: 'r1', service });
  expect(await world.lockHolder()).toBeUndefined();
});

it('refuses unknown keys with the name of the field', async () => {
  const world = await openWorld('otp-egress');
  await expect(invoke(world, 'take-lock', { run: 'r1', hurry: true })).rejects.toThrow(
    /service: .*; requestedBy: .*unknown "hurry"/,
  );
});
