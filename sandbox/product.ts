import { isIP } from 'node:net';
import { forgetClients } from '../lib/aws.ts';
import { useClock } from '../lib/clock.ts';
import { type Names, useNames } from '../lib/names.ts';
import { MACHINES, ROUTES, rules, settings } from './deployment.ts';
import { executionEvent } from './eventbridge/account-events.ts';
import { AwsError } from './http/errors.ts';
import { hostProduct } from './in-process.ts';
import type { Sandbox } from './index.ts';
import { answerInvocation } from './lambda/api.ts';
import type { Handler, LambdaHost, LogLine } from './lambda/host.ts';
import { resolve } from './network/names.ts';

export interface Product {
  readonly stateMachineArn: string;
  readonly diagnoseStateMachineArn: string;
  readonly undoStateMachineArn: string;
  /** What the functions wrote to their logs. */
  readonly logs: readonly LogLine[];
  readonly breakFunction: LambdaHost['breakFunction'];
  /** The functions: what was given up, how many may run at once, stand-ins. */
  readonly lambda: LambdaHost;
  /** Resolves when neither an event nor an asynchronous invocation is left, retries included. */
  idle(): Promise<void>;
  stop(): void;
}

export interface ProductOptions {
  /** Whether Slack is configured. Default: yes. */
  readonly slack?: boolean;
  /** Handlers in the place of functions of these names (as their files are called), or beside them. */
  readonly functions?: Readonly<Record<string, Handler>>;
}

/**
 * Puts the product into the sandbox account: the state machines as they are deployed, and the real handlers in this
 * process. A process holds one at a time: handlers share clients, clock and `process.env`.
 */
export async function deployProduct(sandbox: Sandbox, options: ProductOptions = {}): Promise<Product> {
  const { region, accountId, events } = sandbox;
  const { slack = true, functions } = options;
  // The SDK prefers a profile to keys: the operator's own must not lead out of the sandbox.
  delete process.env.AWS_PROFILE;
  Object.assign(process.env, sandbox.env, {
    ...settings(sandbox, { slack }),
    TWILIO_ENDPOINT_URL: sandbox.twilioUrl,
    SLACK_ENDPOINT_URL: sandbox.slack.url,
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
    functions,
    onStatus: (execution) => events.send(executionEvent(execution)),
  });
  events.deploy(rules(sandbox), (name, event) => lambda.enqueue(name, event));
  sandbox.api.deploy(ROUTES, (name, event) => lambda.invoke(name, event));
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
    lambda,
    idle: async () => {
      while (!events.isIdle || !lambda.isIdle) {
        await events.idle();
        await lambda.idle();
      }
    },
    stop: () => {
      stepFunctions.stop();
      events.deploy([], () => {});
      lambda.stop();
    },
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
