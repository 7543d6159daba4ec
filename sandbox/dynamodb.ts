import type { Server } from 'node:http';
import { createRequire } from 'node:module';
import { type Listening, listen } from './http/server.ts';

// dynalite is CommonJS without types.
const dynalite: (options: { createTableMs: number; deleteTableMs: number; updateTableMs: number }) => Server =
  createRequire(import.meta.url)('dynalite');

export interface DynamoDb extends Listening {
  readonly server: Server;
}

/** DynamoDB in memory, with the one table of the product. Knows neither transactions nor expiry of items. */
export async function startDynamoDb(region: string): Promise<DynamoDb> {
  const server = dynalite({ createTableMs: 0, deleteTableMs: 0, updateTableMs: 0 });
  const listening = await listen(server);
  await createTable(listening.url, region);
  return { ...listening, server };
}

async function createTable(url: string, region: string): Promise<void> {
  const response = await fetch(url, {
    method: 'POST',
    headers: {
      'content-type': 'application/x-amz-json-1.0',
      'x-amz-target': 'DynamoDB_20120810.CreateTable',
      'x-amz-date': '20260101T000000Z',
      authorization: `AWS4-HMAC-SHA256 Credential=sandbox/20260101/${region}/dynamodb/aws4_request, SignedHeaders=host, Signature=0`,
    },
    body: JSON.stringify({
      TableName: 'reconnect',
      BillingMode: 'PAY_PER_REQUEST',
      AttributeDefinitions: [
        { AttributeName: 'pk', AttributeType: 'S' },
        { AttributeName: 'sk', AttributeType: 'S' },
      ],
      KeySchema: [
        { AttributeName: 'pk', KeyType: 'HASH' },
        { AttributeName: 'sk', KeyType: 'RANGE' },
      ],
    }),
  });
  if (!response.ok) throw new Error(`dynalite refused the table: ${await response.text()}`);
}
