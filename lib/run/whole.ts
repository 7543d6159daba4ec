import { gunzipSync, gzipSync } from 'node:zlib';
import { GetCommand, PutCommand } from '@aws-sdk/lib-dynamodb';
import type { RunDocument } from '../domain/run.ts';
import { runKey, type Table } from './table.ts';

/*
 * What is too large for the document of a run: there it is in short, with `cut`, and here whole. Packed, because an item
 * holds 400 KB and text of this kind shrinks to a tenth.
 */

type Part = 'BASELINE' | 'DIAGNOSIS' | 'PLAN';

interface Short {
  readonly at: string;
  readonly cut?: readonly string[] | undefined;
}

const key = (run: string, part: Part, at: string) => runKey(run, `WHOLE#${part}#${at}`);

/** Keeps the whole of something that is carried in short. */
export async function keepWhole(table: Table, run: string, part: Part, whole: { readonly at: string }): Promise<void> {
  const packed = gzipSync(JSON.stringify(whole));
  await table.client.send(new PutCommand({ TableName: table.name, Item: { ...key(run, part, whole.at), packed } }));
}

/** The whole of what is carried in short, and what is not in short as it is. */
export async function wholeOf<T extends Short>(table: Table, run: string, part: Part, short: T): Promise<T> {
  if (!short.cut?.length) return short;
  const { Item } = await table.client.send(
    new GetCommand({ TableName: table.name, Key: key(run, part, short.at), ConsistentRead: true }),
  );
  if (!Item) throw new Error(`the whole ${part.toLowerCase()} of run ${run} is not in the table`);
  return JSON.parse(gunzipSync(Item.packed as Uint8Array).toString()) as T;
}

/** The document with what was in the table put back: for the report, which is told in full. */
export async function wholeDocument(table: Table, document: RunDocument): Promise<RunDocument> {
  const { run, diagnosis, first, plan } = document;
  const [now, then, planned] = await Promise.all([
    diagnosis && wholeOf(table, run, 'DIAGNOSIS', diagnosis),
    first && wholeOf(table, run, 'DIAGNOSIS', first),
    plan && wholeOf(table, run, 'PLAN', plan),
  ]);
  return {
    ...document,
    ...(now && { diagnosis: now }),
    ...(then && { first: then }),
    ...(planned && { plan: planned }),
  };
}
