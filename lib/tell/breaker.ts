import { DeleteCommand, GetCommand, UpdateCommand } from '@aws-sdk/lib-dynamodb';
import { type Table, tookEffect } from '../run/table.ts';

/*
 * A circuit breaker for each channel, in the table, because functions share nothing else: after three failures in a row
 * the channel is left alone for a while, then one announcement tries it.
 */

const FAILURES = 3;
const PAUSE_SECONDS = 180;

export interface Circuit {
  /** In a row. */
  readonly failures: number;
  /** Left alone until then. */
  readonly openUntil?: string;
}

export interface Breaker {
  readonly table: Table;
  readonly channel: string;
}

/** Pure: what one more failure makes of it. `pauseSeconds`: how long the channel itself asked to be left alone. */
export function afterFailure(failures: number, now: Date, pauseSeconds = 0): Circuit {
  const pause = Math.max(failures >= FAILURES ? PAUSE_SECONDS : 0, pauseSeconds);
  return { failures, ...(pause > 0 && { openUntil: later(now, pause) }) };
}

const later = (now: Date, seconds: number) => new Date(now.getTime() + seconds * 1000).toISOString();

const keyOf = (channel: string) => ({ pk: `CHANNEL#${channel}`, sk: 'BREAKER' });

/** Until when the channel is left alone; undefined: it may be tried. After a pause one caller is let through, and only one. */
export async function closedUntil({ table, channel }: Breaker, now: Date): Promise<string | undefined> {
  const { Item } = await table.client.send(
    new GetCommand({ TableName: table.name, Key: keyOf(channel), ConsistentRead: true }),
  );
  const openUntil = (Item as Circuit | undefined)?.openUntil;
  if (openUntil === undefined) return undefined;
  if (openUntil > now.toISOString()) return openUntil;
  const next = later(now, PAUSE_SECONDS);
  return (await takeTheTrial({ table, channel }, openUntil, next)) ? undefined : next;
}

async function takeTheTrial({ table, channel }: Breaker, openUntil: string, next: string): Promise<boolean> {
  return tookEffect(
    table.client.send(
      new UpdateCommand({
        TableName: table.name,
        Key: keyOf(channel),
        UpdateExpression: 'SET openUntil = :next, trialUntil = :next',
        ConditionExpression: 'openUntil = :seen',
        ExpressionAttributeValues: { ':next': next, ':seen': openUntil },
      }),
    ),
  );
}

/** Who was let through did not try the channel after all: the next one may. */
export async function giveTrialBack({ table, channel }: Breaker, now: Date): Promise<void> {
  await tookEffect(
    table.client.send(
      new UpdateCommand({
        TableName: table.name,
        Key: keyOf(channel),
        UpdateExpression: 'SET openUntil = :now',
        ConditionExpression: 'openUntil = trialUntil',
        ExpressionAttributeValues: { ':now': now.toISOString() },
      }),
    ),
  );
}

export async function noteSuccess({ table, channel }: Breaker): Promise<void> {
  await table.client.send(new DeleteCommand({ TableName: table.name, Key: keyOf(channel) }));
}

export async function noteFailure({ table, channel }: Breaker, now: Date, pauseSeconds?: number): Promise<void> {
  const counted = await table.client.send(
    new UpdateCommand({
      TableName: table.name,
      Key: keyOf(channel),
      UpdateExpression: 'ADD failures :one',
      ExpressionAttributeValues: { ':one': 1 },
      ReturnValues: 'ALL_NEW',
    }),
  );
  const { openUntil } = afterFailure(Number(counted.Attributes?.failures), now, pauseSeconds);
  if (openUntil === undefined) return;
  await table.client.send(
    new UpdateCommand({
      TableName: table.name,
      Key: keyOf(channel),
      UpdateExpression: 'SET openUntil = :until',
      ExpressionAttributeValues: { ':until': openUntil },
    }),
  );
}
