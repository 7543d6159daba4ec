import * as z from 'zod/mini';
import { appRunner, ssm } from '../lib/aws.ts';
import { clock } from '../lib/clock.ts';
import { InvalidRequest, ServiceNotFound } from '../lib/domain/errors.ts';
import { DiagnosisRequest, Request } from '../lib/domain/request.ts';
import { profileFor } from '../lib/profiles.ts';
import { patienceOf } from '../lib/run/approval.ts';
import { runTable } from '../lib/run/client.ts';
import { storeReplyTo } from '../lib/run/records.ts';
import { parse, step } from '../lib/step.ts';
import { findService, refOf } from '../lib/target/apprunner.ts';

const Input = z.strictObject({ run: z.string(), machine: z.enum(['reconnect', 'diagnose']), request: z.unknown() });

/** Checks the request, finds the service and its profile, and lays out the run document. */
export const handler = step(Input, async ({ run: execution, machine, request: raw }) => {
  const { run, request, probed } = read(machine, execution, raw);
  const service = await findRequested(request.service);
  const name = service.ServiceName ?? '';
  const profile = await profileFor(ssm(), { name, ownUrl: refOf(service).url }, request);
  if (profile.service !== name) {
    throw new InvalidRequest(`profile.service: the profile is for ${profile.service}, the request for ${name}`);
  }
  const ref = refOf(service, profile.url);
  const isPrivate = service.NetworkConfiguration?.IngressConfiguration?.IsPubliclyAccessible === false;
  if (profile.probes.length > 0 && !profile.url && (isPrivate || !ref.url)) {
    throw new InvalidRequest('profile.url: needed for probes, because the service has no public door');
  }
  if (machine === 'reconnect') await storeReplyTo(runTable(), run, request.replyTo);
  return {
    run,
    startedAt: clock.now().toISOString(),
    request: {
      mode: request.mode,
      requestedBy: request.requestedBy ?? 'unknown',
      ...(request.reason && { reason: request.reason }),
      environment: request.environment ?? { variables: {}, secrets: {} },
    },
    service: ref,
    profile,
    patience: patienceOf(profile),
    ...(probed && { probed }),
    proof: {},
  };
});

function read(machine: 'reconnect' | 'diagnose', execution: string, raw: unknown) {
  if (machine === 'reconnect') return { run: execution, request: parse(Request, raw), probed: undefined };
  const request = parse(DiagnosisRequest, raw);
  return { run: request.partOf ?? execution, request, probed: request.probed ?? [] };
}

/** In a request, a service that does not exist is a wrong field. */
async function findRequested(nameOrArn: string) {
  try {
    return await findService(appRunner(), nameOrArn);
  } catch (error) {
    if (error instanceof ServiceNotFound) throw new InvalidRequest(error.message, { cause: error });
    throw error;
  }
}
