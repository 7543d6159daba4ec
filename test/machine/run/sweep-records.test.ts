import { expect, it } from 'vitest';
import { readLook, storeLook } from '../../../lib/sweep/records.ts';
import { openTable } from './table.ts';

it('takes no look of an earlier sweep for one of this', async () => {
  const table = await openTable();
  const look = { broken: [], unknown: ['egress:twilio'] };
  await storeLook(table, 'shop', 'sweep-1', look);
  expect(await readLook(table, 'shop', 'sweep-1')).toEqual(look);
  expect(await readLook(table, 'shop', 'sweep-2')).toBeUndefined();
});
