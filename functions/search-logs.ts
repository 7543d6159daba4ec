import * as z from 'zod/mini';
import { logs } from '../lib/aws.ts';
import { fitFindings } from '../lib/checks/fit.ts';
import { collectLines, collectLinesIfThere, readSigns } from '../lib/checks/logs.ts';
import { clock } from '../lib/clock.ts';
import { Profile } from '../lib/domain/profile.ts';
import { BRANCH } from '../lib/domain/room.ts';
import { ServiceRef } from '../lib/domain/service.ts';
import { step } from '../lib/step.ts';

const Input = z.strictObject({ service: ServiceRef, profile: Profile });

/** Reads the application log and the deployment log of the last minutes for known signs. */
export const handler = step(Input, async ({ service, profile: { logs: wanted } }) => {
  const to = wanted.until ? new Date(wanted.until) : clock.now();
  const window = { from: new Date(to.getTime() - wanted.windowMinutes * 60_000), to };
  const group = (kind: string) => `/aws/apprunner/${service.name}/${service.id}/${kind}`;
  const application = await collectLines(logs(), group('application'), window);
  const deployment = await collectLinesIfThere(logs(), group('service'), window);
  const lines = [...application.lines, ...deployment.lines];
  return {
    check: 'logs',
    findings: fitFindings(readSigns(lines, application.complete && deployment.complete), BRANCH.logs),
  };
});
