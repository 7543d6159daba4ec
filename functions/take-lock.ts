import * as z from 'zod/mini';
import { clock } from '../lib/clock.ts';
import { ServiceRef } from '../lib/domain/service.ts';
import { runTable } from '../lib/run/client.ts';
import { takeLock } from '../lib/run/lock.ts';
import { storeService } from '../lib/run/records.ts';
import { step } from '../lib/step.ts';

const Input = z.strictObject({
  run: z.string(),
  service: ServiceRef,
  requestedBy: z.string(),
  /** A run that has ended: its lock is taken over. */
  instead: z.optional(z.string()),
});

/** One run per service at a time, whoever started it. */
export const handler = step(Input, async ({ run, service, requestedBy, instead }) => {
  await storeService(runTable(), run, service.name, service.arn);
  return takeLock(runTable(), service.arn, { run, requestedBy, since: clock.now().toISOString() }, instead);
});
