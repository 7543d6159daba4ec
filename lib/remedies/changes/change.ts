import { type Entry, type Ledger, markMade, markPending, type NewEntry, writeUndo } from '../../run/ledger.ts';

/** What was made, for the undo and for the next change that builds on it. */
export interface Made {
  readonly resource?: string;
  readonly operationId?: string;
}

export interface Making {
  /** Looks for what an earlier try made whose answer was lost. Asked only when the undo was written down before. */
  readonly find: (entry: Entry) => Promise<Made | undefined>;
  /** Makes it. Called at most once for each try. */
  readonly make: (entry: Entry) => Promise<Made>;
}

/**
 * One change: its undo is written down, then it is made, then it is marked as made. Called again for the same id, it
 * makes nothing twice: what is marked as made is told as it was, and what was begun is looked for first.
 */
export async function change(ledger: Ledger, planned: NewEntry, { find, make }: Making): Promise<Entry> {
  const { entry, isNew } = await writeUndo(ledger, planned);
  if (entry.state === 'made') return entry;
  if (entry.state === 'not-made') await markPending(ledger, entry.id);
  const made = (isNew ? undefined : await find(entry)) ?? (await make(entry));
  await markMade(ledger, entry.id, made);
  return { ...entry, ...made, state: 'made' };
}

/** `going`: look again. `settled`: the ledger says how it ended: undone, never made, or left and why. */
export type Undone = 'going' | 'settled';
