import * as z from 'zod/mini';
import { appRunner, ssm } from '../lib/aws.ts';
import { clock } from '../lib/clock.ts';
import { InvalidRequest, ServiceNotFound } from '../lib/domain/errors.ts';
import { Request } from '../lib/domain/request.ts';
import { readProfile } from '../lib/profiles.ts';
import { parse, step } from '../lib/step.ts';
import { findService, refOf } from '../lib/target/apprunner.ts';

const Input = z.strictObject({ run: z.string(), request: z.unknown() });

/** Checks the request, finds the service and its profile, and lays out the run document. */
export const handler = step(Input, async ({ run, request: raw }) => {
  const request = parse(Request, raw);
  const service = await findRequested(request.service);
  const name = service.ServiceName ?? '';
  const profile = request.profile ?? (await readProfile(ssm(), name));
  if (profile.service !== name) {
    throw new InvalidRequest(`profile.service: the profile is for ${profile.service}, the request for ${name}`);
  }
  const ref = refOf(service, profile.url);
  if (!ref.url && profile.probes.length > 0) {
    throw new InvalidRequest('profile.url: needed for probes, because the service has no public URL');
  }
  return {
    run: request.partOf ?? run,
    startedAt: clock.now().toISOString(),
    request: {
      mode: request.mode,
      requestedBy: request.requestedBy ?? 'unknown',
      ...(request.reason && { reason: request.reason }),
    },
    service: ref,
    profile,
    patience: {
      approval: profile.approval.timeoutMinutes * 60,
      delivery: (profile.delivery?.timeoutMinutes ?? 10) * 60,
    },
    proof: {},
  };
});

/** In a request, a service that does not exist is a wrong field. */
async function findRequested(nameOrArn: string) {
  try {
    return await findService(appRunner(), nameOrArn);
  } catch (error) {
    if (error instanceof ServiceNotFound) throw new InvalidRequest(error.message, { cause: error });
    throw error;
  }
}
