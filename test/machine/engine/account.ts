import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { text } from 'node:stream/consumers';
import {
  DescribeExecutionCommand,
  type DescribeExecutionCommandOutput,
  GetExecutionHistoryCommand,
  type HistoryEvent,
  SFNClient,
  StartExecutionCommand,
} from '@aws-sdk/client-sfn';
import { onTestFinished } from 'vitest';
import { SandboxClock } from '../../../sandbox/clock.ts';
import { createStepFunctions, LambdaError, type StepFunctions } from '../../../sandbox/stepfunctions/index.ts';

export const REGION = 'eu-central-1';
export const ACCOUNT = '123456789012';

export const machineArn = (name = 'machine') => `arn:aws:states:${REGION}:${ACCOUNT}:stateMachine:${name}`;
export const functionArn = (name: string) => `arn:aws:lambda:${REGION}:${ACCOUNT}:function:${name}`;

type Handler = (payload: never, options: { signal: AbortSignal }) => unknown;

export interface Account {
  clock: SandboxClock;
  client: SFNClient;
  stepFunctions: StepFunctions;
  /** Asynchronous invocations that were handed over. */
  queued: { arn: string; payload: unknown }[];
  /** What was heard of executions, in order. */
  changes: { name: string; status: string }[];
  start(input?: unknown, machine?: string): Promise<string>;
  ended(executionArn: string): Promise<DescribeExecutionCommandOutput>;
  run(input?: unknown, machine?: string): Promise<DescribeExecutionCommandOutput>;
  history(executionArn: string): Promise<HistoryEvent[]>;
}

/** Step Functions with these machines and functions behind HTTP on a free port, and the real client in front of it. */
export async function account(options: {
  machines: Record<string, unknown>;
  functions?: Record<string, Handler>;
  speed?: number;
}): Promise<Account> {
  const clock = new SandboxClock({ speed: options.speed ?? 6000 });
  const queued: Account['queued'] = [];
  const changes: Account['changes'] = [];
  const stepFunctions = createStepFunctions({
    clock,
    region: REGION,
    accountId: ACCOUNT,
    stateMachines: Object.entries(options.machines).map(([name, definition]) => ({
      name,
      definition: typeof definition === 'string' ? definition : JSON.stringify(definition),
      substitutions: {},
    })),
    invokeLambda: async (arn, payload, { signal }) => {
      const handler = options.functions?.[arn.split(':')[6] ?? ''];
      if (!handler) throw new LambdaError({ errorType: 'NoSuchFunction', errorMessage: arn });
      return handler(payload as never, { signal });
    },
    queueLambda: (arn, payload) => {
      if (!options.functions?.[arn.split(':')[6] ?? '']) {
        throw new LambdaError({ errorType: 'Lambda.ResourceNotFoundException', errorMessage: arn });
      }
      queued.push({ arn, payload });
    },
    onStatus: ({ name, status }) => changes.push({ name, status }),
    random: () => 0.5,
  });
  const endpoint = await serve(stepFunctions);
  const credentials = { accessKeyId: 'x', secretAccessKey: 'x' };
  const client = new SFNClient({ endpoint, region: REGION, credentials, maxAttempts: 1 });
  onTestFinished(() => {
    stepFunctions.stop();
    clock.stop();
    client.destroy();
  });
  const start: Account['start'] = async (input = {}, machine = 'machine') => {
    const request = { stateMachineArn: machineArn(machine), input: JSON.stringify(input) };
    return (await client.send(new StartExecutionCommand(request))).executionArn ?? '';
  };
  const ended: Account['ended'] = async (executionArn) => {
    for (;;) {
      const described = await client.send(new DescribeExecutionCommand({ executionArn }));
      if (described.status !== 'RUNNING') return described;
      await new Promise((resolve) => setTimeout(resolve, 2));
    }
  };
  return {
    clock,
    client,
    stepFunctions,
    queued,
    changes,
    start,
    ended,
    run: async (input, machine) => ended(await start(input, machine)),
    history: async (executionArn) => {
      const { events } = await client.send(new GetExecutionHistoryCommand({ executionArn, maxResults: 1000 }));
      return events ?? [];
    },
  };
}

async function serve(stepFunctions: StepFunctions): Promise<string> {
  const server = createServer(async (request, response) => {
    const operation = String(request.headers['x-amz-target']).replace('AWSStepFunctions.', '');
    const reply = (status: number, body: unknown) => {
      response.writeHead(status, { 'content-type': 'application/x-amz-json-1.0' }).end(JSON.stringify(body));
    };
    try {
      reply(200, await stepFunctions.handle(operation, JSON.parse(await text(request))));
    } catch (error) {
      const { name, message } = error as Error;
      reply(400, { __type: name, message });
    }
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  onTestFinished(() => {
    server.closeAllConnections();
    server.close();
  });
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}

export const types = (events: HistoryEvent[]) => events.map(({ type }) => type);

/** A machine of one task that calls the function `work`. */
export const oneTask = (state: object = {}) => ({
  StartAt: 'Work',
  States: { Work: { Type: 'Task', Resource: functionArn('work'), End: true, ...state } },
});

export const waitForToken = {
  Type: 'Task',
  Resource: 'arn:aws:states:::lambda:invoke.waitForTaskToken',
  Parameters: { FunctionName: 'ask', Payload: { 'token.$': '$$.Task.Token' } },
  End: true,
};

/** The tokens a machine hands out, in order. */
export function tokenBox() {
  const all: string[] = [];
  let arrived = Promise.withResolvers<string>();
  return {
    all,
    ask: ({ token }: { token: string }) => {
      all.push(token);
      arrived.resolve(token);
    },
    next: async () => {
      const token = await arrived.promise;
      arrived = Promise.withResolvers<string>();
      return token;
    },
  };
}
