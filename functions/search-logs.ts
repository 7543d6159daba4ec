import * as z from 'zod/mini';
import { logs } from '../lib/aws.ts';
import { collectLines, readSigns } from '../lib/checks/logs.ts';
import { clock } from '../lib/clock.ts';
import { Profile } from '../lib/domain/profile.ts';
import { ServiceRef } from '../lib/domain/service.ts';
import { step } from '../lib/step.ts';

const Input = z.strictObject({ service: ServiceRef, profile: Profile });

/** Reads the application log of the last minutes for known signs. */
export const handler = step(Input, async ({ service, profile }) => {
  const to = clock.now();
  const from = new Date(to.getTime() - profile.logs.windowMinutes * 60_000);
  const logGroup = `/aws/apprunner/${service.name}/${service.id}/application`;
  const { lines, complete } = await collectLines(logs(), logGroup, { from, to });
  return { check: 'logs', findings: readSigns(lines, complete) };
});
