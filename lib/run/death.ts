import { GetCommand } from '@aws-sdk/lib-dynamodb';
import { generatedName } from './names.ts';
import { putOnce } from './once.ts';
import type { RunPlace } from './place.ts';
import { runKey, type Table } from './table.ts';

/** What is known of a run whose execution ended without its tail: it wrote no report. */
export interface Death extends RunPlace {
  readonly status: string;
  /** How it ended and what is done about that. */
  readonly because: string;
  readonly at: string;
}

const DEAD = 'DEAD';

export const JANITOR = 'janitor';

const TRIES = 3;

/** The runs under which the janitor takes a dead one back: each after the first only where the one before it died, too. */
export function undoesOf(run: string): readonly string[] {
  const name = generatedName(JANITOR, run);
  return Array.from({ length: TRIES }, (_, index) => (index === 0 ? name : `${name}-${index + 1}`));
}

/** Writes it down once, and returns what stands written: who hears of the same death again says the same. */
export async function storeDeath(table: Table, death: Death): Promise<Death> {
  const isNew = await putOnce(table, death.run, DEAD, { ...death });
  return isNew ? death : ((await readDeath(table, death.run)) ?? death);
}

/** Undefined for a run that is not known to be dead. */
export async function readDeath(table: Table, run: string): Promise<Death | undefined> {
  const { Item } = await table.client.send(
    new GetCommand({ TableName: table.name, Key: runKey(run, DEAD), ConsistentRead: true }),
  );
  if (!Item) return undefined;
  const { service, serviceArn, changesOf, requestedBy, status, because, at } = Item as Death;
  return { run, service, serviceArn, changesOf, requestedBy, status, because, at };
}
