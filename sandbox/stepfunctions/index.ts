import type { SandboxClock } from '../clock.ts';
import { loadMachine, type MachineSource } from './definition.ts';
import type { ExecutionChange } from './execution.ts';
import { Executions } from './executions.ts';
import { createOperations, unknownOperation } from './operations.ts';
import type { Services } from './tasks.ts';
import { Tokens } from './tokens.ts';

export { LambdaError } from './errors.ts';
export type { ExecutionChange } from './execution.ts';

export interface StepFunctionsOptions {
  /** All time comes from it: waits, back-off, time-outs, heartbeats, dates. */
  clock: SandboxClock;
  region: string;
  accountId: string;
  stateMachines: MachineSource[];
  /** Throws LambdaError for what the function threw; an error named `Lambda.…` for what Lambda itself reports. */
  invokeLambda(functionArn: string, payload: unknown, options: { signal: AbortSignal }): Promise<unknown>;
  /** Hands over an asynchronous invocation, and does not wait for it. Throws as `invokeLambda` does. */
  queueLambda(functionArn: string, payload: unknown): void;
  /** Hears of every execution that starts or ends. */
  onStatus?(execution: ExecutionChange): void;
  /** Spreads retries with full jitter; give a seeded one to replay a run. */
  random?: () => number;
}

export interface StepFunctions {
  /** One API call of AWSStepFunctions (AWS JSON 1.0). Throws an Error named as AWS's exception. */
  handle(operation: string, input: Record<string, unknown>): Promise<unknown>;
  /** Aborts every execution that still runs. */
  stop(): void;
}

/**
 * Step Functions (Standard workflows, JSONPath) in this process, behind its API.
 *
 * The files run as they are. What a state does to its data is `aws-local-stepfunctions`' answer, asked one state at a
 * time: paths, payload templates, result paths and choices. What happens between and around states is done here, because
 * the engine does it in real time or otherwise than AWS: transitions, waits, retries, catches, branches, time-outs,
 * heartbeats, tokens, nested executions, aborts, limits and history. What is neither is refused when the definition is
 * loaded (`refusals.ts`), never run wrongly. For the engine, and only in memory,
 *
 * - a state stands alone, without Retry, Catch, Next and time-outs; a Task is a local function that returns the result;
 * - `$$.x` is read at `$$.Context.x`, since the engine overwrites parts of the context;
 * - an intrinsic function is a value computed here (`intrinsics.ts` says why);
 * - a comparison in a Choice asks for the type first, and `"IsPresent": false` becomes a Not (`translate.ts`).
 */
export function createStepFunctions(options: StepFunctionsOptions): StepFunctions {
  const { clock, region, accountId, invokeLambda, queueLambda, random = Math.random } = options;
  const machines = options.stateMachines.map((source) => loadMachine(source, { region, accountId, now: clock.now() }));
  const executions = new Executions(new Map(machines.map((machine) => [machine.arn, machine])));
  let stopped = false;
  const services: Services = {
    clock,
    region,
    accountId,
    tokens: new Tokens(clock),
    random,
    invokeLambda,
    queueLambda,
    onStatus: (execution) => {
      // Stopping the sandbox is no event in the account.
      if (!stopped) options.onStatus?.(execution);
    },
    startExecution: (input) => executions.start(input, services),
  };
  const operations = createOperations(machines, executions, services);
  return {
    handle: async (operation, input) => {
      const perform = operations.get(operation);
      if (!perform) throw unknownOperation(operation);
      return perform(input);
    },
    stop: () => {
      stopped = true;
      for (const execution of executions.all) execution.stop('the sandbox has stopped');
    },
  };
}
