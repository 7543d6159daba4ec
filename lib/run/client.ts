import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { DynamoDBDocumentClient } from '@aws-sdk/lib-dynamodb';
import { lazy, patient } from '../aws.ts';
import { setting } from '../settings.ts';
import type { Table } from './table.ts';

// Apart from the other clients: this package is not shaken out of bundles that do not need it.
const client = /* @__PURE__ */ lazy(() =>
  DynamoDBDocumentClient.from(new DynamoDBClient(patient), { marshallOptions: { removeUndefinedValues: true } }),
);

/** The table of this deployment. */
export const runTable = (): Table => ({ client: client(), name: setting('RECONNECT_TABLE') });
