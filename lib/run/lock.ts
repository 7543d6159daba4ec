import { DeleteCommand, GetCommand, PutCommand } from '@aws-sdk/lib-dynamodb';
import { LockHeld } from '../domain/errors.ts';
import { isConditionFailed, serviceKey, type Table, tookEffect } from './table.ts';

export interface Holder {
  readonly run: string;
  readonly requestedBy: string;
  readonly since: string;
}

/**
 * Gives the service to this run until it is released: there is no expiry, because a lock that expires under a slow
 * deployment lets two runs repair at once. Taking it twice for the same run is fine. Throws `LockHeld` that says who.
 * `instead`: a run that has ended and kept it; whoever takes that run back takes its lock over.
 */
export async function takeLock(table: Table, serviceArn: string, holder: Holder, instead?: string): Promise<Holder> {
  const key = serviceKey(serviceArn, 'LOCK');
  try {
    await table.client.send(
      new PutCommand({
        TableName: table.name,
        Item: { ...key, ...holder },
        ConditionExpression: 'attribute_not_exists(pk) OR #run IN (:run, :instead)',
        ExpressionAttributeNames: { '#run': 'run' },
        ExpressionAttributeValues: { ':run': holder.run, ':instead': instead ?? holder.run },
      }),
    );
    return holder;
  } catch (error) {
    if (!isConditionFailed(error)) throw error;
    const other = await lockHolder(table, serviceArn);
    const who = other
      ? `run ${other.run}, started by ${other.requestedBy}, has had it since ${other.since}`
      : 'another run had it a moment ago: try again';
    throw new LockHeld(`${serviceArn} is taken: ${who}`, { cause: error, runs: other ? [other.run] : [] });
  }
}

/** The run that a message of `LockHeld` names, for whoever has nothing but the message. */
export const holderIn = (message: string): string[] =>
  /^arn:\S+ is taken: run ([0-9A-Za-z_-]{1,80}), started by /.exec(message)?.slice(1) ?? [];

/** Who has the service now. */
export async function lockHolder(table: Table, serviceArn: string): Promise<Holder | undefined> {
  const { Item } = await table.client.send(
    new GetCommand({ TableName: table.name, Key: serviceKey(serviceArn, 'LOCK'), ConsistentRead: true }),
  );
  return Item as Holder | undefined;
}

/** Frees the service if this run has it; otherwise nothing happens. */
export async function releaseLock(table: Table, serviceArn: string, run: string): Promise<void> {
  await tookEffect(
    table.client.send(
      new DeleteCommand({
        TableName: table.name,
        Key: serviceKey(serviceArn, 'LOCK'),
        ConditionExpression: '#run = :run',
        ExpressionAttributeNames: { '#run': 'run' },
        ExpressionAttributeValues: { ':run': run },
      }),
    ),
  );
}
