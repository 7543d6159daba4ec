import { randomBytes } from 'node:crypto';
import { GetCommand, PutCommand } from '@aws-sdk/lib-dynamodb';
import type { Report } from '../domain/report.ts';
import { putOnce } from './once.ts';
import { runKey, type Table } from './table.ts';

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

const SERVICE = 'SERVICE';

/** Which service a run has, for whoever finds the run without its report. */
export const storeService = (table: Table, run: string, service: string, serviceArn: string) =>
  putOnce(table, run, SERVICE, { service, serviceArn });

export async function readService(
  table: Table,
  run: string,
): Promise<{ service: string; serviceArn: string } | undefined> {
  const { Item } = await table.client.send(
    new GetCommand({ TableName: table.name, Key: runKey(run, SERVICE), ConsistentRead: true }),
  );
  return Item && { service: String(Item.service), serviceArn: String(Item.serviceArn) };
}
