import * as z from 'zod/mini';
import { appRunner } from '../lib/aws.ts';
import { clock } from '../lib/clock.ts';
import { Baseline } from '../lib/domain/run.ts';
import { ServiceRef } from '../lib/domain/service.ts';
import { runTable } from '../lib/run/client.ts';
import { readLedger } from '../lib/run/ledger.ts';
import { readFingerprintKey } from '../lib/run/records.ts';
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
  const key = await readFingerprintKey(runTable(), run);
  const now = configurationOf(await describe(appRunner(), service.arn), key);
  const made = (await readLedger(runTable(), run)).filter(({ state }) => state === 'made');
  const effects = made.flatMap(({ effect }) => effect ?? []);
  const items = compareConfiguration(baseline.configuration, now, effects);
  return { ok: items.every(({ ok }) => ok), items, at: clock.now().toISOString() };
});
