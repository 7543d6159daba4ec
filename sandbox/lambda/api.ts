import { AwsError } from '../http/errors.ts';
import type { RestRequest, RestResponse } from '../http/front.ts';
import { LambdaError } from '../stepfunctions/index.ts';
import type { LambdaHost } from './host.ts';
import { THROTTLED } from './queue.ts';

const INVOCATIONS = /^\/2015-03-31\/functions\/([^/]+)\/invocations$/;

/** https://docs.aws.amazon.com/lambda/latest/api/API_Invoke.html */
const MOST_BYTES = { RequestResponse: 6_291_456, Event: 1_048_576, DryRun: 6_291_456 };

const isKind = (text: string): text is keyof typeof MOST_BYTES => Object.hasOwn(MOST_BYTES, text);

/** Invoke: https://docs.aws.amazon.com/lambda/latest/api/API_Invoke.html */
export async function answerInvocation(lambda: LambdaHost, request: RestRequest): Promise<RestResponse> {
  const { method, path, headers, body } = request;
  const name = decodeURIComponent(INVOCATIONS.exec(path)?.[1] ?? '');
  if (method !== 'POST' || !name || !lambda.nameOf(name)) {
    throw new AwsError('ResourceNotFoundException', `Function not found: ${name}`, { status: 404 });
  }
  const kind = String(headers['x-amz-invocation-type'] ?? 'RequestResponse');
  if (!isKind(kind)) throw new AwsError('InvalidParameterValueException', `Unknown invocation type: ${kind}`);
  if (body.length > MOST_BYTES[kind]) {
    const message = `${body.length} byte payload is too large for the ${kind} invocation type (limit ${MOST_BYTES[kind]} bytes)`;
    throw new AwsError('RequestTooLargeException', message, { status: 413 });
  }
  const payload = parsed(body);
  if (kind === 'DryRun') return { status: 204 };
  if (kind === 'RequestResponse') return waitFor(lambda, name, payload);
  lambda.enqueue(name, payload);
  return { status: 202 };
}

function parsed(body: Buffer): unknown {
  try {
    return body.length > 0 ? JSON.parse(body.toString()) : {};
  } catch {
    throw new AwsError('InvalidRequestContentException', 'Could not parse request body into json');
  }
}

async function waitFor(lambda: LambdaHost, name: string, payload: unknown): Promise<RestResponse> {
  try {
    return { status: 200, body: JSON.stringify(await lambda.invoke(name, payload)) };
  } catch (error) {
    if (!(error instanceof LambdaError)) throw error;
    const { errorType, errorMessage, trace } = error;
    if (errorType === THROTTLED) {
      const members = { Reason: 'ReservedFunctionConcurrentInvocationLimitExceeded' };
      throw new AwsError('TooManyRequestsException', errorMessage, { status: 429, members });
    }
    return {
      status: 200,
      headers: { 'x-amz-function-error': 'Unhandled' },
      body: JSON.stringify({ errorType, errorMessage, trace }),
    };
  }
}
