import * as z from 'zod/mini';
import { lambda } from '../lib/aws.ts';
import { Failure, messageOf } from '../lib/domain/failure.ts';
import { redact } from '../lib/domain/redact.ts';
import { runTable } from '../lib/run/client.ts';
import { step } from '../lib/step.ts';
import { compare, unseen } from '../lib/sweep/news.ts';
import { readLastSweep, readLook, storeLastSweep } from '../lib/sweep/records.ts';
import { announceSurely } from '../lib/tell/announce.ts';

const Input = z.strictObject({
  sweep: z.string(),
  at: z.string(),
  looks: z.array(z.looseObject({ service: z.string(), failed: z.optional(Failure) })),
});

/** One message may say so much; the services after that are told at the next sweep. */
const MOST_NEWS = 100;

/** Tells people what was not there at the last sweep; nothing new, no word. Remembers only what was told. */
export const handler = step(Input, async ({ sweep, at, looks }) => {
  const table = runTable();
  const compared = await Promise.all(
    looks.map(async ({ service, failed }) => {
      const look = failed ? undefined : await readLook(table, service, sweep);
      const why = failed ? redact(messageOf(failed)) : 'what was seen is gone';
      return { service, ...compare(await readLastSweep(table, service), look ?? unseen(why)) };
    }),
  );
  const told = compared.filter((_, at) => countNews(compared.slice(0, at)) < MOST_NEWS);
  const findings = told.flatMap(({ service, news }) =>
    news.map(({ subject, because }) => ({ service, subject, because })),
  );
  if (findings.length > 0) await announceSurely(lambda, { kind: 'swept', findings, at });
  await Promise.all(told.map(({ service, remember }) => storeLastSweep(table, service, at, remember)));
  const broken = compared.reduce((sum, { remember }) => sum + remember.length, 0);
  const news = findings.map(({ service, subject, because }) => `${service}, ${subject}: ${because}`);
  const because = `${looks.length} services were looked at: ${broken} things are broken or could not be looked at, ${news.length} of them new`;
  return { because, news, at };
});

const countNews = (looks: readonly { readonly news: readonly unknown[] }[]): number =>
  looks.reduce((sum, { news }) => sum + news.length, 0);
