import * as z from 'zod/mini';
import { appRunner, ec2 } from '../lib/aws.ts';
import { clock } from '../lib/clock.ts';
import type { Baseline } from '../lib/domain/run.ts';
import { ServiceRef } from '../lib/domain/service.ts';
import { collectFootprint } from '../lib/egress/footprint.ts';
import { runTable } from '../lib/run/client.ts';
import { makeFingerprintKey, storeFootprint } from '../lib/run/records.ts';
import { keepWhole } from '../lib/run/whole.ts';
import { step } from '../lib/step.ts';
import { configurationOf, describe } from '../lib/target/apprunner.ts';
import { fitBaseline } from '../lib/target/fit.ts';

const Input = z.strictObject({ run: z.string(), service: ServiceRef });

/** Remembers what the service and its network were set to, so that "back as it was" can be proved. */
export const handler = step(Input, async ({ run, service }): Promise<Baseline> => {
  const table = runTable();
  const [key, described] = await Promise.all([makeFingerprintKey(table, run), describe(appRunner(), service.arn)]);
  const footprint = await collectFootprint(appRunner(), ec2, described);
  if (footprint) await storeFootprint(table, run, footprint);
  const baseline = { configuration: configurationOf(described, key), at: clock.now().toISOString() };
  const short = fitBaseline(baseline);
  if (short.cut) await keepWhole(table, run, 'BASELINE', baseline);
  return short;
});
