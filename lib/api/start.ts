import * as z from 'zod/mini';
import { InvalidRequest, NotAuthorized } from '../domain/errors.ts';
import { Request } from '../domain/request.ts';
import { generatedName } from '../run/names.ts';
import type { NamedBy } from '../run/start.ts';
import { parse } from '../step.ts';
import type { ApiEvent } from './answering.ts';
import { RunName } from './shapes.ts';

const LONGEST_KEY = 255;
const LONGEST_CALLER = 128;
const KEY = 'Idempotency-Key';

/** Who signed the request, as IAM says. The end of a long ARN names the session, which is the person. */
export function callerOf({ requestContext }: ApiEvent): string {
  const arn = requestContext.authorizer?.iam?.userArn;
  if (!arn) throw new NotAuthorized('the request is not signed with AWS credentials (Signature Version 4)');
  return arn.slice(-LONGEST_CALLER);
}

export type Body = Readonly<Record<string, unknown>>;

export function readBody({ body = '', isBase64Encoded }: ApiEvent): Body {
  const text = isBase64Encoded ? Buffer.from(body, 'base64').toString('utf8') : body;
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    throw new InvalidRequest('body: must be JSON, such as {"service":"<name>"}');
  }
  if (value !== null && typeof value === 'object' && !Array.isArray(value)) return value as Body;
  throw new InvalidRequest('body: must be a JSON object, such as {"service":"<name>"}');
}

/** The request as it was asked for, in the name of the caller: nobody starts a run in the name of somebody else. */
export function requestOf({ name: _, ...body }: Body, caller: string): Request {
  if (body.requestedBy !== undefined && body.requestedBy !== caller) {
    throw new InvalidRequest(`requestedBy: is whoever signs the request, ${caller}; leave it out`);
  }
  return parse(Request, { ...body, requestedBy: caller });
}

/** The name of the run, where the caller gave one or a key that is to make one run of many tries. */
export function nameOf(
  { headers }: ApiEvent,
  { name }: Body,
  caller: string,
): { readonly name: string; readonly by: NamedBy } | undefined {
  const key = headers['idempotency-key'];
  if (name !== undefined && key !== undefined) {
    throw new InvalidRequest('name: give either a name or the header Idempotency-Key');
  }
  if (name !== undefined) return { name: parse(z.object({ name: RunName }), { name }).name, by: 'name' };
  if (key === undefined) return undefined;
  if (key.length === 0 || key.length > LONGEST_KEY) {
    throw new InvalidRequest(`${KEY}: must be 1 to ${LONGEST_KEY} characters`);
  }
  return { name: generatedName('api', [caller, key]), by: KEY };
}

export function urlOf({ rawPath, headers, requestContext }: ApiEvent, run: string): string {
  const scheme = headers['x-forwarded-proto'] ?? 'https';
  return `${scheme}://${requestContext.domainName}${rawPath.replace(/\/$/, '')}/${run}`;
}
