import { PutCommand, QueryCommand, UpdateCommand } from '@aws-sdk/lib-dynamodb';
import type { Change } from '../domain/change.ts';
import { isConditionFailed, runKey, type Table } from './table.ts';

/** A change with what its undo needs. `undoData` stays in the table. */
export interface Entry extends Change {
  readonly undoData: unknown;
  /** What the platform calls the work it does for this change. */
  readonly operationId?: string;
  /** And for its undo. */
  readonly undoOperationId?: string;
}

const sortKey = (number: number) => `CHANGE#${String(number).padStart(4, '0')}`;

/** Writes the undo down before the change is made. A retry finds the first record, not new, and leaves it as it is. */
export async function writeUndo(table: Table, run: string, entry: Entry): Promise<{ entry: Entry; isNew: boolean }> {
  try {
    await table.client.send(
      new PutCommand({
        TableName: table.name,
        Item: { ...runKey(run, sortKey(entry.number)), ...entry },
        ConditionExpression: 'attribute_not_exists(pk)',
      }),
    );
    return { entry, isNew: true };
  } catch (error) {
    if (!isConditionFailed(error)) throw error;
    const written = (await readLedger(table, run)).find(({ number }) => number === entry.number);
    if (!written) throw error;
    return { entry: written, isNew: false };
  }
}

async function mark(table: Table, run: string, number: number, values: Record<string, unknown>): Promise<void> {
  const names = Object.keys(values);
  await table.client.send(
    new UpdateCommand({
      TableName: table.name,
      Key: runKey(run, sortKey(number)),
      UpdateExpression: `SET ${names.map((name) => `#${name} = :${name}`).join(', ')}`,
      ConditionExpression: 'attribute_exists(pk)',
      ExpressionAttributeNames: Object.fromEntries(names.map((name) => [`#${name}`, name])),
      ExpressionAttributeValues: Object.fromEntries(names.map((name) => [`:${name}`, values[name]])),
    }),
  );
}

export const markMade = (table: Table, run: string, number: number, operationId: string): Promise<void> =>
  mark(table, run, number, { state: 'made', operationId });

/** The change turned out never to have been made. */
export const markNotMade = (table: Table, run: string, number: number): Promise<void> =>
  mark(table, run, number, { state: 'not-made' });

export const markUndoing = (table: Table, run: string, number: number, undoOperationId: string): Promise<void> =>
  mark(table, run, number, { undoOperationId });

export const markUndone = (table: Table, run: string, number: number, undoneAt: string): Promise<void> =>
  mark(table, run, number, { state: 'undone', undoneAt });

/** All changes of the run, oldest first. */
export async function readLedger(table: Table, run: string): Promise<Entry[]> {
  const entries: Entry[] = [];
  let ExclusiveStartKey: Record<string, unknown> | undefined;
  do {
    const page = await table.client.send(
      new QueryCommand({
        TableName: table.name,
        KeyConditionExpression: 'pk = :pk AND begins_with(sk, :change)',
        ExpressionAttributeValues: { ':pk': runKey(run, '').pk, ':change': 'CHANGE#' },
        ConsistentRead: true,
        ExclusiveStartKey,
      }),
    );
    entries.push(...((page.Items ?? []) as Entry[]));
    ExclusiveStartKey = page.LastEvaluatedKey;
  } while (ExclusiveStartKey);
  return entries;
}

/** What may be shown of an entry. */
export const asChange = ({ number, remedy, target, what, undo, state, at, undoneAt }: Entry): Change => ({
  number,
  remedy,
  target,
  what,
  undo,
  state,
  at,
  ...(undoneAt && { undoneAt }),
});
