import { GetCommand, PutCommand } from '@aws-sdk/lib-dynamodb';
import { serviceKey, type Table } from './table.ts';

const keyOf = (serviceArn: string, operationId: string) => serviceKey(serviceArn, `OPERATION#${operationId}`);

/** Writes down that a run began this operation of App Runner. */
export async function rememberOperation(
  table: Table,
  serviceArn: string,
  operationId: string,
  by: { readonly run: string; readonly at: string },
): Promise<void> {
  await table.client.send(
    new PutCommand({ TableName: table.name, Item: { ...keyOf(serviceArn, operationId), ...by } }),
  );
}

/** The run that began the operation; undefined for somebody else's. */
export async function runBehind(table: Table, serviceArn: string, operationId: string): Promise<string | undefined> {
  const { Item } = await table.client.send(
    new GetCommand({ TableName: table.name, Key: keyOf(serviceArn, operationId), ConsistentRead: true }),
  );
  return Item && String(Item.run);
}
