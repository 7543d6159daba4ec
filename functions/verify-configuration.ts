import * as z from 'zod/mini';
import { appRunner } from '../lib/aws.ts';
import { clock } from '../lib/clock.ts';
import { RetryLater } from '../lib/domain/errors.ts';
import { Baseline } from '../lib/domain/run.ts';
import { ServiceRef } from '../lib/domain/service.ts';
import { runTable } from '../lib/run/client.ts';
import { readLedger } from '../lib/run/ledger.ts';
import { readFingerprintKey } from '../lib/run/records.ts';
import { wholeOf } from '../lib/run/whole.ts';
import { step } from '../lib/step.ts';
import { configurationOf, describe } from '../lib/target/apprunner.ts';
import { compareConfiguration } from '../lib/target/compare.ts';

const Input = z.strictObject({
  run: z.string(),
  service: ServiceRef,
  baseline: Baseline,
});

/** Reads the configuration back: what was to change has changed, and nothing else has. */
export const handler = step(Input, async ({ run, service, baseline }) => {
  const before = await wholeOf(runTable(), run, 'BASELINE', baseline);
  const key = await readFingerprintKey(runTable(), run);
  const described = await describe(appRunner(), service.arn);
  // A deployment of somebody else, or AWS's maintenance: it says nothing about the repair.
  if (described.Status === 'OPERATION_IN_PROGRESS') throw new RetryLater(`${service.name} is busy`);
  const now = configurationOf(described, key);
  const made = (await readLedger(runTable(), run)).filter(({ state }) => state === 'made');
  const effects = made.flatMap(({ effect }) => effect ?? []);
  const items = compareConfiguration(before.configuration, now, effects);
  return { ok: items.every(({ ok }) => ok), items, at: clock.now().toISOString() };
});
