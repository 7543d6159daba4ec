import { PutCommand, QueryCommand, UpdateCommand } from '@aws-sdk/lib-dynamodb';
import type { Clock } from '../clock.ts';
import type { Change } from '../domain/change.ts';
import type { Egress } from '../domain/service.ts';
import { isConditionFailed, runKey, type Table } from './table.ts';

/** The book of one run: every change stands in it with its way back before it is made. */
export interface Ledger {
  readonly table: Table;
  readonly run: string;
  readonly clock: Pick<Clock, 'now'>;
}

/** What the configuration of the service is to be different in after the change; nothing else may be. */
export interface Effect {
  readonly egress?: Egress;
  /** Names of variables and secrets that were set. */
  readonly environment?: readonly string[];
}

/** A change with what its undo needs. `undoData` stays in the table. */
export interface Entry extends Omit<Change, 'number'> {
  /** Unique in the run, in the order of the changes: `<round>.<step>.<nn>`. */
  readonly id: string;
  readonly service: string;
  readonly undoData: unknown;
  /** When it was tried last, where the first try was not the last. */
  readonly triedAt?: string;
  readonly effect?: Effect;
  /** What AWS calls the thing that was made. */
  readonly resource?: string;
  /** What App Runner calls the work it does for this change. */
  readonly operationId?: string;
  /** And for its undo. */
  readonly undoOperationId?: string;
}

export type NewEntry = Pick<Entry, 'id' | 'service' | 'remedy' | 'kind' | 'target' | 'what' | 'undo' | 'undoData'> &
  Partial<Pick<Entry, 'effect'>>;

const sortKey = (id: string) => `CHANGE#${id}`;

/** Writes the undo down before the change is made. A retry finds the first record, not new, and leaves it as it is. */
export async function writeUndo(
  { table, run, clock }: Ledger,
  change: NewEntry,
): Promise<{ entry: Entry; isNew: boolean }> {
  const entry: Entry = { ...change, state: 'pending', at: clock.now().toISOString() };
  try {
    await table.client.send(
      new PutCommand({
        TableName: table.name,
        Item: { ...runKey(run, sortKey(entry.id)), ...entry },
        ConditionExpression: 'attribute_not_exists(pk)',
      }),
    );
    return { entry, isNew: true };
  } catch (error) {
    if (!isConditionFailed(error)) throw error;
    const written = (await readLedger(table, run)).find(({ id }) => id === entry.id);
    if (!written) throw error;
    return { entry: written, isNew: false };
  }
}

async function mark({ table, run }: Ledger, id: string, values: Record<string, unknown>): Promise<void> {
  const names = Object.keys(values);
  await table.client.send(
    new UpdateCommand({
      TableName: table.name,
      Key: runKey(run, sortKey(id)),
      UpdateExpression: `SET ${names.map((name) => `#${name} = :${name}`).join(', ')}`,
      ConditionExpression: 'attribute_exists(pk)',
      ExpressionAttributeNames: Object.fromEntries(names.map((name) => [`#${name}`, name])),
      ExpressionAttributeValues: Object.fromEntries(names.map((name) => [`:${name}`, values[name]])),
    }),
  );
}

/** `made`: what the undo has to know of it: the id AWS gave it, or the operation of App Runner. */
export const markMade = (
  ledger: Ledger,
  id: string,
  made: { readonly resource?: string; readonly operationId?: string } = {},
): Promise<void> =>
  mark(ledger, id, { state: 'made', ...made, ...(made.resource !== undefined && { target: made.resource }) });

/** It is tried again, after a try that may have made it. */
export const markTried = (ledger: Ledger, id: string): Promise<void> =>
  mark(ledger, id, { triedAt: ledger.clock.now().toISOString() });

/** It is tried again after it was not made. */
export const markPending = (ledger: Ledger, id: string): Promise<void> => mark(ledger, id, { state: 'pending' });

/** The change turned out never to have been made. */
export const markNotMade = (ledger: Ledger, id: string): Promise<void> => mark(ledger, id, { state: 'not-made' });

export const markUndoing = (ledger: Ledger, id: string, undoOperationId: string): Promise<void> =>
  mark(ledger, id, { undoOperationId });

export const markUndone = (ledger: Ledger, id: string): Promise<void> =>
  mark(ledger, id, { state: 'undone', undoneAt: ledger.clock.now().toISOString() });

/** It stays, because something else uses it by now: `because` names what. */
export const markLeft = (ledger: Ledger, id: string, because: string): Promise<void> =>
  mark(ledger, id, { state: 'left', left: because });

/** What could be taken back: a deployment changed nothing that an undo would put back. */
export const isStanding = ({ state, kind }: Pick<Entry, 'state' | 'kind'>): boolean =>
  kind !== 'deployment' && ['pending', 'made', 'left'].includes(state);

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
export const asChange = (
  { remedy, kind, target, what, undo, state, at, undoneAt, left }: Entry,
  index: number,
): Change => ({
  number: index + 1,
  remedy,
  kind,
  target,
  what,
  undo,
  state,
  at,
  ...(undoneAt && { undoneAt }),
  ...(state === 'left' && left && { left }),
});
