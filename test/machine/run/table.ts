import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { DynamoDBDocumentClient } from '@aws-sdk/lib-dynamodb';
import { afterEach } from 'vitest';
import type { Table } from '../../../lib/run/table.ts';
import { type DynamoDb, startDynamoDb } from '../../../sandbox/dynamodb.ts';

let open: DynamoDb | undefined;
afterEach(async () => {
  await open?.close();
  open = undefined;
});

/** The table of the product and nothing else; gone after the test. */
export async function openTable(): Promise<Table> {
  const region = 'us-east-1';
  open = await startDynamoDb(region);
  const credentials = { accessKeyId: 'k', secretAccessKey: 's' };
  const client = DynamoDBDocumentClient.from(new DynamoDBClient({ region, endpoint: open.url, credentials }));
  return { client, name: 'reconnect' };
}
