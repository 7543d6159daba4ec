import { expect, it } from 'vitest';
import { readLedger, writeUndo } from '../../../lib/run/ledger.ts';
import { openTable } from './table.ts';

it('reads every change, however many pages they fill', async () => {
  const table = await openTable();
  const ledger = { table, run: 'r1', clock: { now: () => new Date('2026-01-01T12:00:00Z') } };
  const ids = ['1.1.01', '1.1.02', '1.1.03', '1.2.01', '1.2.02'];
  for (const id of ids) {
    await writeUndo(ledger, {
      id,
      service: 'shop',
      remedy: 'repair-route',
      kind: 'route',
      target: 'rtb-1',
      what: 'route',
      undo: 'take it out',
      // DynamoDB gives out no more than 1 MB at once.
      undoData: 'x'.repeat(300_000),
    });
  }
  expect((await readLedger(table, 'r1')).map(({ id }) => id)).toEqual(ids);
});
