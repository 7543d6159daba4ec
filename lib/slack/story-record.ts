import { GetCommand, UpdateCommand, type UpdateCommandInput } from '@aws-sdk/lib-dynamodb';
import { runKey, type Table, tookEffect } from '../run/table.ts';
import type { NamedPart, Story } from './story.ts';

/** The message of a run as it is kept: its story, and where it stands in Slack. */
export interface StoryRecord extends Story {
  /** Counts the parts that were told: who has shown an older one looks again. */
  readonly version: number;
  readonly channel?: string;
  readonly ts?: string;
  /** Somebody is posting the first message since then. */
  readonly claimedAt?: string;
}

export interface StoryTable {
  readonly table: Table;
  readonly run: string;
}

/** Adds a part, unless a later one of its kind is there. */
export const addPart = (at: StoryTable, service: string, { name, part }: NamedPart): Promise<boolean> =>
  tried(at, {
    UpdateExpression: 'SET #part = :part, #run = :run, service = :service ADD version :one',
    ConditionExpression: 'attribute_not_exists(#part) OR #part.#order <= :order',
    ExpressionAttributeNames: { '#part': name, '#order': 'order', '#run': 'run' },
    ExpressionAttributeValues: { ':part': part, ':order': part.order, ':run': at.run, ':service': service, ':one': 1 },
  });

/** A claim that nobody finished: its function was cut off. */
const ABANDONED_AFTER_MS = 30_000;

/** True for the one who posts the first message. */
export async function claimFirst(at: StoryTable, now: Date): Promise<boolean> {
  const abandoned = new Date(now.getTime() - ABANDONED_AFTER_MS).toISOString();
  return tried(at, {
    UpdateExpression: 'SET claimedAt = :now',
    ConditionExpression: 'attribute_not_exists(ts) AND (attribute_not_exists(claimedAt) OR claimedAt < :abandoned)',
    ExpressionAttributeValues: { ':now': now.toISOString(), ':abandoned': abandoned },
  });
}

export const notePosted = (at: StoryTable, channel: string, ts: string): Promise<boolean> =>
  tried(at, {
    UpdateExpression: 'SET channel = :channel, ts = :ts REMOVE claimedAt',
    ExpressionAttributeValues: { ':channel': channel, ':ts': ts },
  });

export const dropClaim = (at: StoryTable): Promise<boolean> => tried(at, { UpdateExpression: 'REMOVE claimedAt' });

/** Somebody deleted the message: the next one to come posts it anew. */
export const forgetPosted = (at: StoryTable, ts: string): Promise<boolean> =>
  tried(at, {
    UpdateExpression: 'REMOVE ts, channel, claimedAt',
    ConditionExpression: 'ts = :ts',
    ExpressionAttributeValues: { ':ts': ts },
  });

export async function readStory({ table, run }: StoryTable): Promise<StoryRecord> {
  const { Item } = await table.client.send(
    new GetCommand({ TableName: table.name, Key: runKey(run, 'SLACK'), ConsistentRead: true }),
  );
  return (Item ?? { run, service: '', version: 0 }) as StoryRecord;
}

type Change = Omit<UpdateCommandInput, 'TableName' | 'Key'>;

/** False when its condition does not hold. */
async function tried({ table, run }: StoryTable, change: Change): Promise<boolean> {
  return tookEffect(
    table.client.send(new UpdateCommand({ TableName: table.name, Key: runKey(run, 'SLACK'), ...change })),
  );
}
