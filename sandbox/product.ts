import { isIP } from 'node:net';
import { forgetClients } from '../lib/aws.ts';
import { useClock } from '../lib/clock.ts';
import { type Names, useNames } from '../lib/names.ts';
import { AwsError } from './http/errors.ts';
import type { RestRequest, RestResponse } from './http/front.ts';
import { hostProduct } from './in-process.ts';
import type { Sandbox } from './index.ts';
import type { LambdaHost, LogLine } from './lambda/host.ts';
import { resolve } from './network/names.ts';
import { LambdaError } from './stepfunctions/index.ts';

export interface Product {
  readonly stateMachineArn: string;
  readonly diagnoseStateMachineArn: string;
  readonly undoStateMachineArn: string;
  /** What the functions wrote to their logs. */
  readonly logs: readonly LogLine[];
  readonly breakFunction: LambdaHost['breakFunction'];
  stop(): void;
}

const MACHINES = ['reconnect', 'diagnose', 'undo'] as const;
const INVOCATIONS = /^\/2015-03-31\/functions\/([^/]+)\/invocations$/;

/**
 * Puts the product into the sandbox account: the state machines as they are deployed, and the real handlers in this
 * process. A process holds one at a time: handlers share clients, clock and `process.env`.
 */
export async function deployProduct(sandbox: Sandbox): Promise<Product> {
  const { region, accountId } = sandbox;
  // The SDK prefers a profile to keys: the operator's own must not lead out of the sandbox.
  delete process.env.AWS_PROFILE;
  Object.assign(process.env, sandbox.env, {
    RECONNECT_TABLE: 'reconnect',
    RECONNECT_TOPIC_ARN: `arn:aws:sns:${region}:${accountId}:reconnect-notifications`,
    RECONNECT_STATE_MACHINE_ARN: `arn:aws:states:${region}:${accountId}:stateMachine:reconnect`,
    TWILIO_ENDPOINT_URL: sandbox.twilioUrl,
    POWERTOOLS_DEV: 'true',
  });
  forgetClients();
  useClock(sandbox.clock);
  useNames(namesOf(sandbox));
  const logs: LogLine[] = [];
  const { lambda, stepFunctions, machineArn } = await hostProduct({
    clock: sandbox.clock,
    region,
    accountId,
    machines: MACHINES,
    log: (line) => logs.push(line),
  });
  sandbox.mountJson(
    'AWSStepFunctions',
    (operation, input) => asAws(() => stepFunctions.handle(operation, input as Record<string, unknown>)),
    {
      service: 'states',
    },
  );
  sandbox.mountRest('/2015-03-31/functions/', (request) => answerInvocation(lambda, request), { service: 'lambda' });
  return {
    stateMachineArn: machineArn('reconnect'),
    diagnoseStateMachineArn: machineArn('diagnose'),
    undoStateMachineArn: machineArn('undo'),
    logs,
    breakFunction: lambda.breakFunction.bind(lambda),
    stop: () => stepFunctions.stop(),
  };
}

/** What names mean outside every VPC, which is where the functions run. */
export function namesOf({ account }: Sandbox): Names {
  const ofFamily = (family: 4 | 6) => async (host: string) => {
    const addresses = resolve(account, host, undefined).filter((address) => isIP(address) === family);
    if (addresses.length === 0) throw Object.assign(new Error(`no address for ${host}`), { code: 'ENOTFOUND' });
    return addresses;
  };
  return { resolve4: ofFamily(4), resolve6: ofFamily(6) };
}

async function asAws<T>(call: () => Promise<T>): Promise<T> {
  try {
    return await call();
  } catch (error) {
    if (error instanceof Error && !(error instanceof AwsError)) throw new AwsError(error.name, error.message);
    throw error;
  }
}

/** Invoke: https://docs.aws.amazon.com/lambda/latest/api/API_Invoke.html */
async function answerInvocation(lambda: LambdaHost, { method, path, body }: RestRequest): Promise<RestResponse> {
  const name = decodeURIComponent(INVOCATIONS.exec(path)?.[1] ?? '');
  if (method !== 'POST' || !name || !lambda.nameOf(name)) {
    throw new AwsError('ResourceNotFoundException', `Function not found: ${name}`, { status: 404 });
  }
  try {
    const result = await lambda.invoke(name, body.length > 0 ? JSON.parse(body.toString()) : {});
    return { status: 200, body: JSON.stringify(result) };
  } catch (error) {
    if (error instanceof SyntaxError)
      throw new AwsError('InvalidRequestContentException', 'Could not parse request body into json');
    if (!(error instanceof LambdaError)) throw error;
    const { errorType, errorMessage, trace } = error;
    return {
      status: 200,
      headers: { 'x-amz-function-error': 'Unhandled' },
      body: JSON.stringify({ errorType, errorMessage, trace }),
    };
  }
}
