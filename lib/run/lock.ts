import { DeleteCommand, GetCommand, PutCommand } from '@aws-sdk/lib-dynamodb';
import { LockHeld } from '../domain/errors.ts';
import { isConditionFailed, serviceKey, type Table } from './table.ts';

export interface Holder {
  readonly run: string;
  readonly requestedBy: string;
  readonly since: string;
}

/**
 * Gives the service to this run until it is released: there is no expiry, because a lock that expires under a slow
 * deployment lets two runs repair at once. Taking it twice for the same run is fine. Throws `LockHeld` that says who.
 */
export async function takeLock(table: Table, serviceArn: string, holder: Holder): Promise<Holder> {
  const key = serviceKey(serviceArn, 'LOCK');
  try {
    await table.client.send(
      new PutCommand({
        TableName: table.name,
        Item: { ...key, ...holder },
        ConditionExpression: 'attribute_not_exists(pk) OR #run = :run',
        ExpressionAttributeNames: { '#run': 'run' },
        ExpressionAttributeValues: { ':run': holder.run },
      }),
    );
    return holder;
  } catch (error) {
    if (!isConditionFailed(error)) throw error;
    const { Item } = await table.client.send(new GetCommand({ TableName: table.name, Key: key, ConsistentRead: true }));
    const who = Item
      ? `run ${Item.run}, started by ${Item.requestedBy}, has had it since ${Item.since}`
      : 'another run had it a moment ago: try again';
    throw new LockHeld(`${serviceArn} is taken: ${who}`, { cause: error });
  }
}

/** Frees the service if this run has it; otherwise nothing happens. */
export async function releaseLock(table: Table, serviceArn: string, run: string): Promise<void> {
  try {
    await table.client.send(
      new DeleteCommand({
        TableName: table.name,
        Key: serviceKey(serviceArn, 'LOCK'),
        ConditionExpression: '#run = :run',
        ExpressionAttributeNames: { '#run': 'run' },
        ExpressionAttributeValues: { ':run': run },
      }),
    );
  } catch (error) {
    if (!isConditionFailed(error)) throw error;
  }
}
