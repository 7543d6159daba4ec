import { randomBytes } from 'node:crypto';
import { DeleteCommand, GetCommand, PutCommand, QueryCommand, UpdateCommand } from '@aws-sdk/lib-dynamodb';
import type { Notification, Report } from '../domain/report.ts';
import type { ReplyTo } from '../domain/request.ts';
import type { LastRun } from '../domain/run-view.ts';
import { putOnce } from './once.ts';
import { runKey, serviceKey, type Table, tookEffect } from './table.ts';

const FINGERPRINT = 'FINGERPRINT';

/** Makes the key of the run's configuration fingerprints. A retry gets the key that is there. */
export async function makeFingerprintKey(table: Table, run: string): Promise<string> {
  const key = randomBytes(32).toString('hex');
  const isNew = await putOnce(table, run, FINGERPRINT, { key });
  return isNew ? key : readFingerprintKey(table, run);
}

export async function readFingerprintKey(table: Table, run: string): Promise<string> {
  const { Item } = await table.client.send(
    new GetCommand({ TableName: table.name, Key: runKey(run, FINGERPRINT), ConsistentRead: true }),
  );
  if (!Item) throw new Error(`run ${run} has no baseline`);
  return String(Item.key);
}

export async function storeReport(table: Table, report: Report): Promise<void> {
  await table.client.send(new PutCommand({ TableName: table.name, Item: { ...runKey(report.run, 'REPORT'), report } }));
}

export async function readReport(table: Table, run: string): Promise<Report | undefined> {
  const { Item } = await table.client.send(new GetCommand({ TableName: table.name, Key: runKey(run, 'REPORT') }));
  return Item?.report as Report | undefined;
}

const FOOTPRINT = 'FOOTPRINT';

/** Keeps how the network was before the run. A retry changes nothing: the first look counts. */
export const storeFootprint = (table: Table, run: string, footprint: Readonly<Record<string, string>>) =>
  putOnce(table, run, FOOTPRINT, { footprint });

/** Undefined where it could not be seen before the run. */
export async function readFootprint(table: Table, run: string): Promise<Readonly<Record<string, string>> | undefined> {
  const { Item } = await table.client.send(
    new GetCommand({ TableName: table.name, Key: runKey(run, FOOTPRINT), ConsistentRead: true }),
  );
  return Item?.footprint as Readonly<Record<string, string>> | undefined;
}

const REPLY = 'REPLY';

/** Keeps where the message about the run goes, if whoever started it said so. */
export async function storeReplyTo(table: Table, run: string, replyTo: ReplyTo | undefined): Promise<void> {
  if (replyTo) await putOnce(table, run, REPLY, { ...replyTo });
}

export async function readReplyTo(table: Table, run: string): Promise<ReplyTo> {
  const { Item } = await table.client.send(new GetCommand({ TableName: table.name, Key: runKey(run, REPLY) }));
  return Item?.slackChannel === undefined ? {} : { slackChannel: String(Item.slackChannel) };
}

const TOLD = 'TOLD#';

/** What became of the last try to tell this through this channel. `announcement` tells one announcement from the others. */
export async function storeTold(table: Table, run: string, announcement: string, told: Notification): Promise<void> {
  const key = runKey(run, `${TOLD}${announcement}#${told.channel}`);
  await table.client.send(new PutCommand({ TableName: table.name, Item: { ...key, ...told } }));
}

/** Longer than it takes to tell it, shorter than the minute after which Lambda tries again what has died on the way. */
const CLAIM_SECONDS = 55;

const claimKey = (run: string, announcement: string, channel: string) =>
  runKey(run, `TELLING#${announcement}#${channel}`);

/** Lambda may run the same asynchronous invocation twice at once: true for the one that tells it through this channel. */
export async function claimTelling(
  table: Table,
  run: string,
  { announcement, channel, now }: { readonly announcement: string; readonly channel: string; readonly now: Date },
): Promise<boolean> {
  const until = new Date(now.getTime() + CLAIM_SECONDS * 1000).toISOString();
  return tookEffect(
    table.client.send(
      new PutCommand({
        TableName: table.name,
        Item: { ...claimKey(run, announcement, channel), until },
        ConditionExpression: 'attribute_not_exists(pk) OR #until <= :now',
        ExpressionAttributeNames: { '#until': 'until' },
        ExpressionAttributeValues: { ':now': now.toISOString() },
      }),
    ),
  );
}

/** It did not work out: whoever comes next may try at once. */
export async function dropTelling(table: Table, run: string, announcement: string, channel: string): Promise<void> {
  await table.client.send(new DeleteCommand({ TableName: table.name, Key: claimKey(run, announcement, channel) }));
}

const asNotification = ({ what, channel, ok, because, at }: Record<string, unknown>) =>
  ({ what, channel, ok, because, at }) as Notification;

/** Every try to tell people of the run, oldest first. */
export async function readTold(table: Table, run: string, announcement = ''): Promise<Notification[]> {
  const told: Notification[] = [];
  let ExclusiveStartKey: Record<string, unknown> | undefined;
  do {
    const page = await table.client.send(
      new QueryCommand({
        TableName: table.name,
        KeyConditionExpression: 'pk = :pk AND begins_with(sk, :told)',
        ExpressionAttributeValues: { ':pk': runKey(run, '').pk, ':told': `${TOLD}${announcement}` },
        ConsistentRead: true,
        ExclusiveStartKey,
      }),
    );
    told.push(...(page.Items ?? []).map(asNotification));
    ExclusiveStartKey = page.LastEvaluatedKey;
  } while (ExclusiveStartKey);
  return told.sort((a, b) => (a.at < b.at ? -1 : 1));
}

/** The end of a run is told after its report was written: what became of that is added to the report. */
export async function amendReport(table: Table, run: string, notifications: readonly Notification[]): Promise<void> {
  await tookEffect(
    table.client.send(
      new UpdateCommand({
        TableName: table.name,
        Key: runKey(run, 'REPORT'),
        UpdateExpression: 'SET report.notifications = :all',
        ConditionExpression: 'attribute_exists(report)',
        ExpressionAttributeValues: { ':all': notifications },
      }),
    ),
  );
}

type Ending = Pick<Report, 'run' | 'serviceArn' | 'summary'> & Pick<LastRun, 'verdict'>;

/** Keeps how the last run of a service ended. */
export async function storeLast(
  table: Table,
  { run, serviceArn, verdict, summary }: Ending,
  at: string,
): Promise<void> {
  const Item = { ...serviceKey(serviceArn, 'LAST'), run, verdict, at, summary };
  await table.client.send(new PutCommand({ TableName: table.name, Item }));
}
