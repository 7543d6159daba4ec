import * as z from 'zod/mini';
import { appRunner, logs, secretsManager, ssm } from '../lib/aws.ts';
import { checkDeployment, lastDeployment } from '../lib/checks/deployment.ts';
import { fitFindings } from '../lib/checks/fit.ts';
import { readReasons } from '../lib/checks/logs.ts';
import { lookUpReferences } from '../lib/checks/references.ts';
import { clock } from '../lib/clock.ts';
import { Profile } from '../lib/domain/profile.ts';
import { BRANCH } from '../lib/domain/room.ts';
import { ServiceRef } from '../lib/domain/service.ts';
import { step } from '../lib/step.ts';
import { describe, environmentOf, recentOperations, sourceOf } from '../lib/target/apprunner.ts';

const Input = z.strictObject({ service: ServiceRef, profile: Profile });

/** Asks whether what runs is what should run. */
export const handler = step(Input, async ({ service, profile }) => {
  const [described, operations] = await Promise.all([
    describe(appRunner(), service.arn),
    recentOperations(appRunner(), service.arn),
  ]);
  const last = lastDeployment(operations);
  const failed = last && ['failed', 'rolled-back'].includes(last.state);
  const reasons = failed && last.startedAt ? await readReasons(logs(), service, last.startedAt, clock.now()) : [];
  const references = await lookUpReferences({ ssm, secretsManager }, environmentOf(described));
  const facts = { operations, source: sourceOf(described), references, reasons, now: clock.now() };
  return { check: 'deployment', findings: fitFindings(checkDeployment(profile.deployment, facts), BRANCH.deployment) };
});
