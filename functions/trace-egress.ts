import * as z from 'zod/mini';
import { appRunner, ec2, rds } from '../lib/aws.ts';
import { fitFindings } from '../lib/checks/fit.ts';
import type { Finding } from '../lib/domain/finding.ts';
import { Profile } from '../lib/domain/profile.ts';
import { BRANCH, PICTURE } from '../lib/domain/room.ts';
import { ServiceRef } from '../lib/domain/service.ts';
import { fitPaths } from '../lib/egress/fit.ts';
import { traceEgress } from '../lib/egress/trace.ts';
import { step } from '../lib/step.ts';
import { describe } from '../lib/target/apprunner.ts';

const Input = z.strictObject({
  service: ServiceRef,
  profile: Profile,
  /** For the picture after a repair: the ways alone, because the document of the run is nearly full. */
  picture: z._default(z.boolean(), false),
});

/** Follows the way to every dependency, hop by hop, in the configuration that stands now. */
export const handler = step(Input, async ({ service, profile, picture }) => {
  const described = await describe(appRunner(), service.arn);
  const { findings } = await traceEgress({ appRunner: appRunner(), ec2, rds }, described, profile.dependencies);
  const seen = picture
    ? fitFindings(fitPaths(findings, SMALL).map(withoutWords), PICTURE)
    : fitFindings(findings, BRANCH.egress);
  return { check: 'egress', findings: seen };
});

const SMALL = 10_000;
const withoutWords = (finding: Finding): Finding => ({ ...finding, because: '', evidence: [] });
