import { GetCommand, PutCommand } from '@aws-sdk/lib-dynamodb';
import type { Table } from '../run/table.ts';
import type { Look, Seen } from './news.ts';

const keyOf = (service: string, what: 'LOOK' | 'LAST') => ({ pk: `SWEEP#${service}`, sk: what });

async function read(table: Table, service: string, what: 'LOOK' | 'LAST') {
  const { Item } = await table.client.send(
    new GetCommand({ TableName: table.name, Key: keyOf(service, what), ConsistentRead: true }),
  );
  return Item;
}

/** Keeps what a sweep saw of a service until it is compared: too much for an execution that sweeps hundreds. */
export async function storeLook(table: Table, service: string, sweep: string, look: Look): Promise<void> {
  await table.client.send(new PutCommand({ TableName: table.name, Item: { ...keyOf(service, 'LOOK'), sweep, look } }));
}

/** Undefined when this sweep has not looked at the service. */
export async function readLook(table: Table, service: string, sweep: string): Promise<Look | undefined> {
  const item = await read(table, service, 'LOOK');
  return item?.sweep === sweep ? (item.look as Look) : undefined;
}

export async function storeLastSweep(
  table: Table,
  service: string,
  at: string,
  broken: readonly Seen[],
): Promise<void> {
  await table.client.send(new PutCommand({ TableName: table.name, Item: { ...keyOf(service, 'LAST'), at, broken } }));
}

/** What was broken at the last sweep; nothing before the first. */
export const readLastSweep = async (table: Table, service: string): Promise<readonly Seen[]> =>
  ((await read(table, service, 'LAST'))?.broken ?? []) as readonly Seen[];
