import * as z from 'zod/mini';
import { appRunner, ec2, rds } from '../lib/aws.ts';
import { Profile } from '../lib/domain/profile.ts';
import { ServiceRef } from '../lib/domain/service.ts';
import { traceEgress } from '../lib/egress/trace.ts';
import { step } from '../lib/step.ts';
import { describe } from '../lib/target/apprunner.ts';

const Input = z.strictObject({ service: ServiceRef, profile: Profile });

/** Follows the way to every dependency, hop by hop, in the configuration that stands now. */
export const handler = step(Input, async ({ service, profile }) => {
  const described = await describe(appRunner(), service.arn);
  const { findings } = await traceEgress({ appRunner: appRunner(), ec2, rds }, described, profile.dependencies);
  return { check: 'egress', findings };
});
