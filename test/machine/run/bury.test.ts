import type { StartExecutionCommandInput } from '@aws-sdk/client-sfn';
import { expect, it } from 'vitest';
import type { Report } from '../../../lib/domain/report.ts';
import { type Around, bury, isDead } from '../../../lib/run/bury.ts';
import { JANITOR } from '../../../lib/run/death.ts';
import { writeUndo } from '../../../lib/run/ledger.ts';
import { lockHolder, releaseLock, takeLock } from '../../../lib/run/lock.ts';
import { storePlace } from '../../../lib/run/place.ts';
import { answerOnce, ask } from '../../../lib/run/questions.ts';
import { storeLast, storeReport } from '../../../lib/run/records.ts';
import { statusOf } from '../../../lib/run/status.ts';
import type { Table } from '../../../lib/run/table.ts';
import { FIXTURES } from '../../unit/report/fixtures.ts';
import { openTable } from './table.ts';

const ARN = 'arn:aws:apprunner:us-east-1:123456789012:service/shop/0a';
const STOPPED = new Date('2026-01-01T12:00:00Z');
const stopped = { name: 'r1', status: 'ABORTED', stopDate: STOPPED } as const;

/** A run that holds its lock, and a janitor that comes some seconds after its end. */
async function dead(seconds: number, place: { changesOf?: string; requestedBy?: string } = {}) {
  const table = await openTable();
  const started: StartExecutionCommandInput[] = [];
  const states = {
    send: async ({ input }: { input: StartExecutionCommandInput }) => {
      started.push(input);
      return { executionArn: `arn:aws:states:us-east-1:123456789012:execution:undo:${input.name}` };
    },
  };
  const around: Around = {
    table,
    clock: { now: () => new Date(STOPPED.getTime() + seconds * 1000) },
    states: states as never,
    undoStateMachineArn: 'arn:aws:states:us-east-1:123456789012:stateMachine:undo',
  };
  const requestedBy = place.requestedBy ?? 'maria';
  await storePlace(table, {
    run: 'r1',
    service: 'shop',
    serviceArn: ARN,
    changesOf: place.changesOf ?? 'r1',
    requestedBy,
  });
  await takeLock(table, ARN, { run: 'r1', requestedBy, since: STOPPED.toISOString() });
  return { table, around, started, holder: async () => (await lockHolder(table, ARN))?.run };
}

async function approved(table: Table): Promise<void> {
  const at = STOPPED.toISOString();
  const id = await ask<object>(table, 'r1', 'APPROVAL', { token: 't', expiresAt: '2026-01-01T13:00:00Z' });
  await answerOnce(table, 'r1', 'APPROVAL', id, { answer: 'approved', by: 'kim', at });
}

const change = (table: Table, run: string) =>
  writeUndo(
    { table, run, clock: { now: () => STOPPED } },
    {
      id: '1.1.01',
      service: 'shop',
      remedy: 'repair-route',
      kind: 'route',
      target: 'rtb-1',
      what: 'route 0.0.0.0/0 → nat-1',
      undo: 'take the route out',
      undoData: null,
    },
  );

it('touches nothing while a function of the run could still make a change', async () => {
  const { table, around, started, holder } = await dead(10);
  await approved(table);
  await expect(bury(stopped, around)).rejects.toMatchObject({ name: 'RetryLater' });
  expect([await holder(), started]).toEqual(['r1', []]);
});

it('frees the lock after that when nothing stands', async () => {
  const { table, around, started, holder } = await dead(120);
  await approved(table);
  expect((await bury(stopped, around)).because).toContain('free for the next run');
  expect([await holder(), started]).toEqual([undefined, []]);
});

it('writes down that it was the last run, unless its undo is going to be', async () => {
  const last = async (table: Table) => (await statusOf({ table }, ARN)).last;
  const free = await dead(120);
  await storeLast(free.table, { run: 'r0', serviceArn: ARN, verdict: 'healthy', summary: 'shop: well.' }, 'before');
  await bury(stopped, free.around);
  expect(await last(free.table)).toEqual({
    run: 'r1',
    verdict: 'aborted',
    at: '2026-01-01T12:02:00.000Z',
    summary: 'shop: the run was stopped; nothing that it changed stands, and shop is free for the next run',
  });
  const undone = await dead(120);
  await change(undone.table, 'r1');
  await bury(stopped, undone.around);
  expect(await last(undone.table)).toBeUndefined();
});

it('is not taken for the last run when another one has had the service since', async () => {
  const { table, around } = await dead(120);
  await takeLock(table, ARN, { run: 'r2', requestedBy: 'sam', since: 'now' }, 'r1');
  await storeLast(table, { run: 'r2', serviceArn: ARN, verdict: 'healthy', summary: 'shop: well.' }, 'now');
  await bury(stopped, around);
  expect((await statusOf({ table }, ARN)).last?.run).toBe('r2');
});

it('does not wait for a run that was never approved', async () => {
  const { around, holder } = await dead(0);
  await bury(stopped, around);
  expect(await holder()).toBeUndefined();
});

it('has taken back what may have been made, under one name however often, and leaves the lock to the undo', async () => {
  const { table, around, started, holder } = await dead(120);
  await change(table, 'r1');
  const first = await bury(stopped, around);
  expect(await bury(stopped, around)).toEqual(first);
  expect(started[0]).toEqual(started[1]);
  expect(JSON.parse(started[0]?.input ?? '')).toMatchObject({ run: 'r1', requestedBy: JANITOR });
  expect(started[0]?.name).toMatch(/^[0-9A-Za-z_-]{1,80}$/);
  expect(await holder()).toBe('r1');
});

it('takes a dead undo up again, for the run that it took back', async () => {
  const { table, around, started } = await dead(120, { changesOf: 'r0' });
  await change(table, 'r0');
  await bury(stopped, around);
  expect(JSON.parse(started[0]?.input ?? '')).toMatchObject({ run: 'r0' });
});

it('waits for the functions of a dead undo too, which nobody had to approve', async () => {
  const { table, around, started } = await dead(10, { changesOf: 'r0' });
  await change(table, 'r0');
  await expect(bury(stopped, around)).rejects.toMatchObject({ name: 'RetryLater' });
  expect(started).toEqual([]);
});

it('gives up after an undo of its own has died: the lock stays, and people are called', async () => {
  const { table, around, started, holder } = await dead(120, { changesOf: 'r0', requestedBy: JANITOR });
  await change(table, 'r0');
  expect((await bury(stopped, around)).because).toMatch(/ACT NOW.*route 0.0.0.0\/0.*reconnect undo r0/);
  expect([await holder(), started]).toEqual(['r1', []]);
});

it('takes nothing back for a run that had let go of its lock', async () => {
  const { table, around, started } = await dead(120);
  await change(table, 'r1');
  await takeLock(table, ARN, { run: 'r2', requestedBy: 'sam', since: 'now' }, 'r1');
  expect((await bury(stopped, around)).because).toContain('it held no lock');
  expect(started).toEqual([]);
  expect((await lockHolder(table, ARN))?.run).toBe('r2');
});

it.each([
  ['', undefined],
  [
    '; its report is written, and says: recovered',
    JSON.parse(JSON.stringify({ ...FIXTURES.recovered, run: 'r1' })) as Report,
  ],
])('names what stands of a run that died after it had let go of its lock%s', async (said, report) => {
  const { table, around, started } = await dead(120);
  await change(table, 'r1');
  await releaseLock(table, ARN, 'r1');
  if (report) await storeReport(table, report);
  expect((await bury(stopped, around)).because).toBe(
    `the run was stopped${said}; it held no lock, and nothing is taken back. This stands: route 0.0.0.0/0 → nat-1. To take it back: reconnect undo r1`,
  );
  expect(started).toEqual([]);
});

it('says who is taking it back, of a run whose lock went to its undo', async () => {
  const { table, around } = await dead(120);
  await change(table, 'r1');
  await storePlace(table, { run: 'u1', serviceArn: ARN, service: 'shop', changesOf: 'r1', requestedBy: 'sam' });
  await takeLock(table, ARN, { run: 'u1', requestedBy: 'sam', since: 'now' }, 'r1');
  expect((await bury(stopped, around)).because).toBe(
    'the run was stopped; what it changed is being taken back by run u1: route 0.0.0.0/0 → nat-1',
  );
});

it('takes no run for dead that runs, has succeeded or is stuck', () => {
  expect(isDead({ status: 'RUNNING' })).toBe(false);
  expect(isDead({ status: 'SUCCEEDED' })).toBe(false);
  expect(isDead({ status: 'FAILED', error: 'Stuck' })).toBe(false);
  expect(isDead({ status: 'FAILED', error: 'States.Runtime' })).toBe(true);
  expect(isDead({ status: 'TIMED_OUT' })).toBe(true);
});

it('tries the undo again when it died before it had the lock, three times, and then asks for help', async () => {
  const { table, around, started, holder } = await dead(120);
  await approved(table);
  await change(table, 'r1');
  const taken = new Set<string>();
  const states = {
    send: async ({ input }: { input: StartExecutionCommandInput & { executionArn?: string } }) => {
      if (input.executionArn) return { name: input.executionArn.split(':').at(-1), status: 'FAILED', error: 'X' };
      const name = String(input.name);
      if (taken.has(name)) throw Object.assign(new Error(), { name: 'ExecutionAlreadyExists' });
      taken.add(name);
      started.push(input);
      return { executionArn: `arn:aws:states:us-east-1:123456789012:execution:undo:${name}` };
    },
  };
  const again = () => bury(stopped, { ...around, states: states as never });
  for (let time = 1; time <= 3; time++) expect((await again()).because).toContain('is being taken back: route');
  const { because } = await again();
  expect(because).toMatch(/ACT NOW: .* route 0.0.0.0\/0 → nat-1. The lock stays; try: reconnect undo r1/);
  expect(started.map(({ input }) => JSON.parse(input ?? '').run)).toEqual(['r1', 'r1', 'r1']);
  expect(await holder()).toBe('r1');
});

it('says how to go on when a run that was to take another one back had not got its lock', async () => {
  const { table, around } = await dead(120, { changesOf: 'r0', requestedBy: JANITOR });
  await change(table, 'r0');
  await releaseLock(table, ARN, 'r1');
  expect((await bury(stopped, around)).because).toContain('try again: reconnect undo r0');
});

const refusedWith = (error: string, because: string, input = '{}') => ({
  ...stopped,
  status: 'FAILED' as const,
  error,
  cause: JSON.stringify({ errorType: error, errorMessage: because }),
  input,
});
const held = refusedWith('LockHeld', `${ARN} is taken: run r2, started by sam, has had it since then`);

it('tells a run that was not let in from one that died', async () => {
  const { table, around } = await dead(120);
  await takeLock(table, ARN, { run: 'r2', requestedBy: 'sam', since: 'then' }, 'r1');
  expect(await bury(held, around)).toMatchObject({
    refused: true,
    because: 'shop is taken: run r2, started by sam, has had it since then',
  });
  expect(await bury(stopped, around)).not.toHaveProperty('refused');
  const own = await dead(120, { requestedBy: JANITOR });
  await releaseLock(own.table, ARN, 'r1');
  expect(await bury(held, own.around)).not.toHaveProperty('refused');
});

it.each(['InvalidRequest', 'ProfileNotFound', 'ServiceNotFound'])(
  'says in its own words why %s began nothing',
  async (error) => {
    const { around } = await dead(120);
    const unknown = { ...refusedWith(error, 'service: there is no such service', '{"service":"shpo"}'), name: 'r9' };
    expect(await bury(unknown, around)).toEqual({
      run: 'r9',
      service: 'shpo',
      status: 'FAILED',
      because: 'service: there is no such service',
      refused: true,
    });
  },
);

it('names the service of a run that was to take back what does not stand any more', async () => {
  const { around } = await dead(120);
  const again = {
    ...refusedWith('InvalidRequest', 'run: nothing that r1 changed stands any more', '{"run":"r1"}'),
    name: 'r9',
  };
  expect(await bury(again, around)).toMatchObject({ service: 'shop', refused: true });
});

it('asks nobody to try again what another run is taking back, or has taken back', async () => {
  const { table, around } = await dead(120, { changesOf: 'r0' });
  await change(table, 'r0');
  await storePlace(table, { run: 'j1', service: 'shop', serviceArn: ARN, changesOf: 'r0', requestedBy: JANITOR });
  await takeLock(table, ARN, { run: 'j1', requestedBy: JANITOR, since: 'then' }, 'r1');
  expect((await bury(held, around)).because).toMatch(/r0 is being taken back by run j1$/);
  const done = await dead(120, { changesOf: 'r0' });
  await releaseLock(done.table, ARN, 'r1');
  expect((await bury(held, done.around)).because).toMatch(/nothing that r0 changed stands any more$/);
});
