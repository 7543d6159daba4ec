import * as z from 'zod/mini';
import { appRunner } from '../lib/aws.ts';
import { clock } from '../lib/clock.ts';
import { ServiceRef } from '../lib/domain/service.ts';
import { runTable } from '../lib/run/client.ts';
import { makeFingerprintKey } from '../lib/run/records.ts';
import { step } from '../lib/step.ts';
import { configurationOf, describe } from '../lib/target/apprunner.ts';

const Input = z.strictObject({ run: z.string(), service: ServiceRef });

/** Remembers what the service was set to, so that "only egress changed" and "back as it was" can be proved. */
export const handler = step(Input, async ({ run, service }) => {
  const key = await makeFingerprintKey(runTable(), run);
  const configuration = configurationOf(await describe(appRunner(), service.arn), key);
  return { configuration, at: clock.now().toISOString() };
});
