import { readFile } from 'node:fs/promises';
import type { SandboxClock } from './clock.ts';
import { captureConsole, functionNames, LambdaHost, type LogLine } from './lambda/host.ts';
import { createStepFunctions, type StepFunctions } from './stepfunctions/index.ts';

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
}): Promise<Hosted> {
  const { clock, region, accountId, machines, log } = options;
  captureConsole();
  const functionArn = (name: string) => `arn:aws:lambda:${region}:${accountId}:function:reconnect-${name}`;
  const machineArn = (name: string) => `arn:aws:states:${region}:${accountId}:stateMachine:${name}`;
  const lambda = new LambdaHost({ arn: functionArn, log });
  await lambda.load();
  const substitutions = {
    ...Object.fromEntries(functionNames().map((name) => [placeholder(name), functionArn(name)])),
    DiagnoseStateMachine: machineArn('diagnose'),
  };
  const stateMachines = await Promise.all(
    machines.map(async (name) => ({
      name,
      definition: await readFile(new URL(`../statemachines/${name}.asl.json`, import.meta.url), 'utf8'),
      substitutions,
    })),
  );
  const invokeLambda = (arn: string, payload: unknown) => lambda.invoke(arn, payload);
  const stepFunctions = createStepFunctions({ clock, region, accountId, stateMachines, invokeLambda });
  return { lambda, stepFunctions, machineArn };
}
