import { expect, it } from 'vitest';
import type { Report } from '../../../lib/domain/report.ts';
import { storeDeath } from '../../../lib/run/death.ts';
import { keeperOf } from '../../../lib/run/keeper.ts';
import { takeLock } from '../../../lib/run/lock.ts';
import { storeReport } from '../../../lib/run/records.ts';
import { openTable } from './table.ts';

const ARN = 'arn:aws:apprunner:us-east-1:123456789012:service/shop/0a';
const died = (run: string, changesOf: string) =>
  ({
    run,
    service: 'shop',
    serviceArn: ARN,
    changesOf,
    requestedBy: 'sam',
    status: 'ABORTED',
    because: '',
    at: '',
  }) as const;

/** A service that this run has. */
async function held(run: string) {
  const table = await openTable();
  await takeLock(table, ARN, { run, requestedBy: 'sam', since: 'now' });
  return table;
}

it('lets nobody take over the lock of a run that goes on', async () => {
  expect(await keeperOf(await held('living'), ARN, 'r1')).toBeUndefined();
});

it('lets a run that is taken back give its lock to the one that does so', async () => {
  expect(await keeperOf(await held('r1'), ARN, 'r1')).toBe('r1');
});

it.each([
  ['of this run', 'r1', 'earlier'],
  ['of another run', 'r2', undefined],
])('lets an earlier try to take back the changes %s give it, or not', async (_, undoes, keeper) => {
  const reported = await held('earlier');
  await storeReport(reported, { run: 'earlier', undoes } as Report);
  expect(await keeperOf(reported, ARN, 'r1')).toBe(keeper);
});

it.each([
  ['of this run', 'r1', 'earlier'],
  ['of another run', 'r2', undefined],
])('lets a try %s that died give it, or not', async (_, changesOf, keeper) => {
  const dead = await held('earlier');
  await storeDeath(dead, died('earlier', changesOf));
  expect(await keeperOf(dead, ARN, 'r1')).toBe(keeper);
});
