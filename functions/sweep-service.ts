import * as z from 'zod/mini';
import { appRunner, ec2, ecr, logs, rds, secretsManager, ssm } from '../lib/aws.ts';
import { clock } from '../lib/clock.ts';
import { readProfile } from '../lib/profiles.ts';
import { runTable } from '../lib/run/client.ts';
import { step } from '../lib/step.ts';
import { lookAhead } from '../lib/sweep/look.ts';
import { asLook } from '../lib/sweep/news.ts';
import { storeLook } from '../lib/sweep/records.ts';
import { findService } from '../lib/target/apprunner.ts';

const Input = z.strictObject({ service: z.string(), sweep: z.string() });

/** Looks at one service for what would fail, and keeps what it saw for the comparison. */
export const handler = step(Input, async ({ service: name, sweep }) => {
  const [service, profile] = await Promise.all([findService(appRunner(), name), readProfile(ssm(), name)]);
  const sources = { appRunner: appRunner(), ec2, rds, ecr, logs, ssm, secretsManager };
  const look = asLook(await lookAhead(sources, service, profile, clock.now()));
  await storeLook(runTable(), name, sweep, look);
  const { broken, unknown } = look;
  return { service: name, because: `${broken.length} broken, ${unknown.length} could not be looked at` };
});
