import { GetCommand, PutCommand } from '@aws-sdk/lib-dynamodb';
import { runKey, type Table, tookEffect } from './table.ts';

/** Writes a record of the run unless it is there; says whether it was written. */
export async function putOnce(
  table: Table,
  run: string,
  what: string,
  values: Record<string, unknown>,
): Promise<boolean> {
  return tookEffect(
    table.client.send(
      new PutCommand({
        TableName: table.name,
        Item: { ...runKey(run, what), ...values },
        ConditionExpression: 'attribute_not_exists(pk)',
      }),
    ),
  );
}

/** True the first time this is asked for within a run, false ever after: for what must not happen twice. */
export const firstTime = (table: Table, run: string, what: string, at: string): Promise<boolean> =>
  putOnce(table, run, `ONCE#${what}`, { at });

/** When this was first asked for within the run. */
export async function firstAt(table: Table, run: string, what: string, now: string): Promise<string> {
  if (await firstTime(table, run, what, now)) return now;
  const { Item } = await table.client.send(
    new GetCommand({ TableName: table.name, Key: runKey(run, `ONCE#${what}`), ConsistentRead: true }),
  );
  return String(Item?.at ?? now);
}
