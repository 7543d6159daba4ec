import * as z from 'zod/mini';
import { appRunner, ssm } from '../lib/aws.ts';
import { clock } from '../lib/clock.ts';
import { runTable } from '../lib/run/client.ts';
import { survey } from '../lib/run/survey.ts';
import { step } from '../lib/step.ts';

const Input = z.strictObject({
  /** Name or ARN; all that have a profile when left out. */
  service: z.optional(z.string().check(z.minLength(1), z.maxLength(1011))),
});

/** The door for "how are the services?": who has each, what is asked, how the last run ended. */
export const handler = step(Input, async ({ service }) => ({
  services: await survey({ table: runTable(), appRunner: appRunner(), ssm: ssm() }, clock.now(), service),
}));
