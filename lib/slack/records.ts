import { createHash } from 'node:crypto';
import { DynamoDBClient, GetItemCommand, PutItemCommand } from '@aws-sdk/client-dynamodb';
import { lazy } from '../aws.ts';
import { runKey, tookEffect } from '../run/table.ts';
import type { Claim } from './signature.ts';
import { WINDOW_SECONDS } from './signature.ts';

/*
 * The table as the door reads it: with the plain client, because the one for documents takes 15 ms more of a cold start
 * (bench/slack-door.ts), and Slack waits 3 s for all of it.
 */

export interface DoorTable {
  readonly client: Pick<DynamoDBClient, 'send'>;
  readonly name: string;
}

/** Rather a quick no than a late yes: Slack has given up by then. */
export const quick = {
  // A second try of the same write would find its own first one, and take the request for a replay.
  maxAttempts: 1,
  requestHandler: { connectionTimeout: 800, requestTimeout: 1200, throwOnRequestTimeout: true },
} as const;

export const doorClient = /* @__PURE__ */ lazy(() => new DynamoDBClient(quick));

/** DynamoDB deletes it some time after its `ttl`; by then the request is stale. */
const KEPT_SECONDS = 2 * WINDOW_SECONDS;

/** True the first time a signature is shown, false ever after: two requests cannot both be the first. */
export async function isFirstUse({ client, name }: DoorTable, { signature, timestamp }: Claim): Promise<boolean> {
  const hash = createHash('sha256').update(signature).digest('hex');
  return tookEffect(
    client.send(
      new PutItemCommand({
        TableName: name,
        Item: { ...keyOf(`SLACK#${hash}`, 'SEEN'), ttl: { N: String(timestamp + KEPT_SECONDS) } },
        ConditionExpression: 'attribute_not_exists(pk)',
      }),
    ),
  );
}

export type Standing = { readonly run: string } | { readonly closed: string };

/** The run whose question of a delivery this is, or in a sentence why nobody answers it any more. */
export async function findDelivery(table: DoorTable, question: string, now: Date): Promise<Standing> {
  const found = await read(table, keyOf(`QUESTION#${question}`, 'RUN'));
  const run = found?.run?.S;
  if (run === undefined || found?.topic?.S !== 'DELIVERY') return { closed: 'This question is not known here.' };
  const { pk, sk } = runKey(run, 'DELIVERY');
  const asked = await read(table, keyOf(pk, sk));
  if (asked?.id?.S !== question) return { closed: 'The run has asked anew: answer its latest question.' };
  const expiresAt = asked.expiresAt?.S ?? '';
  const { answer, by } = asked.answered?.M ?? {};
  if (answer?.S === 'confirmed' || answer?.S === 'denied') {
    return { closed: `Already answered: ${answer.S} by ${by?.S}.` };
  }
  const open = !asked.answered && expiresAt > now.toISOString();
  return open ? { run } : { closed: `Too late: the question was open until ${expiresAt}.` };
}

const keyOf = (pk: string, sk: string) => ({ pk: { S: pk }, sk: { S: sk } });

const read = async ({ client, name }: DoorTable, Key: ReturnType<typeof keyOf>) =>
  (await client.send(new GetItemCommand({ TableName: name, Key, ConsistentRead: true }))).Item;
