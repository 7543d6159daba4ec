import { readFile } from 'node:fs/promises';
import type { SandboxClock } from './clock.ts';
import { captureConsole, functionNames, type Handler, LambdaHost, type LogLine } from './lambda/host.ts';
import { createStepFunctions, type ExecutionChange, type StepFunctions } from './stepfunctions/index.ts';

export interface Hosted {
  readonly lambda: LambdaHost;
  readonly stepFunctions: StepFunctions;
  machineArn(name: string): string;
}

/** `take-lock` is `${TakeLock}` in the state machines. */
const placeholder = (name: string) => name.replace(/(?:^|-)([a-z])/g, (_, letter: string) => letter.toUpperCase());

/**
 * State machines as they are deployed, run by the embedded engine with the real handlers in this process. Which account
 * the handlers talk to is decided by whoever calls this: they read `process.env`, as they do in Lambda.
 */
export async function hostProduct(options: {
  clock: SandboxClock;
  region: string;
  accountId: string;
  machines: readonly string[];
  log: (line: LogLine) => void;
  /** In the place of functions of these names, or beside them. */
  functions?: Readonly<Record<string, Handler>>;
  onStatus?: (execution: ExecutionChange) => void;
}): Promise<Hosted> {
  const { clock, region, accountId, machines, log, functions = {}, onStatus } = options;
  captureConsole();
  const functionArn = (name: string) => `arn:aws:lambda:${region}:${accountId}:function:reconnect-${name}`;
  const machineArn = (name: string) => `arn:aws:states:${region}:${accountId}:stateMachine:${name}`;
  const lambda = new LambdaHost({ clock, arn: functionArn, log });
  await lambda.load();
  for (const [name, handler] of Object.entries(functions)) lambda.replace(name, handler);
  const names = [...functionNames(), ...Object.keys(functions)];
  const substitutions = {
    ...Object.fromEntries(names.map((name) => [placeholder(name), functionArn(name)])),
    ...Object.fromEntries(machines.map((name) => [`${placeholder(name)}StateMachine`, machineArn(name)])),
  };
  const stateMachines = await Promise.all(
    machines.map(async (name) => ({
      name,
      definition: await readFile(new URL(`../statemachines/${name}.asl.json`, import.meta.url), 'utf8'),
      substitutions,
    })),
  );
  const invokeLambda = (arn: string, payload: unknown) => lambda.invoke(arn, payload);
  const queueLambda = (arn: string, payload: unknown) => lambda.enqueue(arn, payload);
  const stepFunctions = createStepFunctions({
    clock,
    region,
    accountId,
    stateMachines,
    invokeLambda,
    queueLambda,
    onStatus,
  });
  return { lambda, stepFunctions, machineArn };
}
