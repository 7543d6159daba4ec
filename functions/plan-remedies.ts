import * as z from 'zod/mini';
import { appRunner, ec2, rds } from '../lib/aws.ts';
import { clock } from '../lib/clock.ts';
import { Diagnosis } from '../lib/domain/diagnosis.ts';
import { Profile } from '../lib/domain/profile.ts';
import { ServiceRef } from '../lib/domain/service.ts';
import { gatherBasis } from '../lib/remedies/gather.ts';
import { makePlan } from '../lib/remedies/planner.ts';
import { runTable } from '../lib/run/client.ts';
import { step } from '../lib/step.ts';

const Input = z.strictObject({ run: z.string(), service: ServiceRef, profile: Profile, diagnosis: Diagnosis });

/** Weighs the remedies side by side and chooses; changes nothing. */
export const handler = step(Input, async ({ run, service, profile, diagnosis }) => {
  const basis = await gatherBasis({ appRunner: appRunner(), ec2, rds, table: runTable() }, run, service, profile);
  return makePlan(diagnosis, basis, clock.now().toISOString());
});
