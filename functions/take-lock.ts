import * as z from 'zod/mini';
import { clock } from '../lib/clock.ts';
import { ServiceRef } from '../lib/domain/service.ts';
import { runTable } from '../lib/run/client.ts';
import { takeLock } from '../lib/run/lock.ts';
import { storePlace } from '../lib/run/place.ts';
import { step } from '../lib/step.ts';

const Input = z.strictObject({
  run: z.string(),
  service: ServiceRef,
  requestedBy: z.string(),
  /** A run that has ended: its lock is taken over. */
  instead: z.optional(z.string()),
  /** The run whose changes this one takes back. */
  undoes: z.optional(z.string()),
});

/** One run per service at a time, whoever started it. Whose lock it is stands written before it is taken. */
export const handler = step(Input, async ({ run, service, requestedBy, instead, undoes }) => {
  await storePlace(runTable(), {
    run,
    service: service.name,
    serviceArn: service.arn,
    changesOf: undoes ?? run,
    requestedBy,
  });
  const holder = { run, requestedBy, since: clock.now().toISOString() };
  await takeLock(runTable(), service.arn, holder, instead);
  return { ...holder, because: `${service.name} is this run’s alone until it ends` };
});
