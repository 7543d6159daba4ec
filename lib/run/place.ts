import { GetCommand } from '@aws-sdk/lib-dynamodb';
import { putOnce } from './once.ts';
import { runKey, type Table } from './table.ts';

/** Which service a run is for, and whose changes it makes or takes back. */
export interface RunPlace {
  readonly run: string;
  /** Its name. */
  readonly service: string;
  readonly serviceArn: string;
  /** The run itself, or the finished one that it takes back. */
  readonly changesOf: string;
  readonly requestedBy: string;
}

const PLACE = 'PLACE';

/** Kept from before the lock is taken, for whoever finds the run dead. A retry changes nothing. */
export const storePlace = (table: Table, place: RunPlace) => putOnce(table, place.run, PLACE, { ...place });

/** Undefined for a run that never came to its lock. */
export async function readPlace(table: Table, run: string): Promise<RunPlace | undefined> {
  const { Item } = await table.client.send(
    new GetCommand({ TableName: table.name, Key: runKey(run, PLACE), ConsistentRead: true }),
  );
  if (!Item) return undefined;
  const { service, serviceArn, changesOf, requestedBy } = Item as RunPlace;
  return { run, service, serviceArn, changesOf, requestedBy };
}
