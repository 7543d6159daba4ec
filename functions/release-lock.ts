import * as z from 'zod/mini';
import { ServiceRef } from '../lib/domain/service.ts';
import { runTable } from '../lib/run/client.ts';
import { releaseLock } from '../lib/run/lock.ts';
import { step } from '../lib/step.ts';

const Input = z.strictObject({ run: z.string(), service: ServiceRef });

/** Lets the next run have the service. A lock that another run holds stays. */
export const handler = step(Input, async ({ run, service }) => {
  await releaseLock(runTable(), service.arn, run);
  return { released: true, because: `${service.name} is free for the next run` };
});
