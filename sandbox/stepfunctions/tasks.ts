import type { SandboxClock } from '../clock.ts';
import { ApiError, LambdaError, StateError } from './errors.ts';
import type { ExecutionChange } from './execution.ts';
import { type Line, type TaskEvents, taskEvents } from './history.ts';
import { type Json, type JsonObject, refuseTooLarge, throughJson } from './json.ts';
import { type ResourceKind, resourceKind } from './resources.ts';
import type { Tokens } from './tokens.ts';

export interface ChildExecution {
  readonly arn: string;
  readonly closed: Promise<void>;
  /** DescribeExecution as the startExecution integration shows it. */
  describe(): JsonObject;
  stop(cause: string): void;
}

export interface Services {
  clock: SandboxClock;
  region: string;
  accountId: string;
  tokens: Tokens;
  random: () => number;
  invokeLambda(functionArn: string, payload: unknown, options: { signal: AbortSignal }): Promise<unknown>;
  queueLambda(functionArn: string, payload: unknown): void;
  onStatus(execution: ExecutionChange): void;
  startExecution(input: Record<string, unknown>): ChildExecution;
}

export interface Attempt {
  resource: string;
  payload: Json;
  timeoutSeconds: number | undefined;
  heartbeatSeconds: number | undefined;
  token: string | undefined;
  line: Line;
  services: Services;
}

type Work = (attempt: Attempt, signal: AbortSignal, events: TaskEvents) => Promise<unknown>;

const WORK: Record<ResourceKind, Work> = {
  function: ({ services, resource, payload }, signal) => invoke(services, resource, payload, signal),
  invoke: invokeIntegration,
  'invoke.waitForTaskToken': waitForToken,
  'startExecution.sync:2': runChild,
};

/** One attempt of a Task: what it does, how long it may take, and what of it is recorded. */
export async function performTask(attempt: Attempt): Promise<Json> {
  const { resource, payload, line, services, timeoutSeconds, heartbeatSeconds } = attempt;
  const kind = resourceKind(resource);
  if (!kind) throw StateError.runtime(`there is no integration ${resource} here`);
  refuseTooLarge(payload, `The input of the task '${resource}'`);
  const events = taskEvents(line, resource, services.region);
  events.scheduled(payload, { timeoutInSeconds: timeoutSeconds, heartbeatInSeconds: heartbeatSeconds });
  events.started();
  try {
    const result = throughJson(
      await within(attempt, (signal) => WORK[kind]({ ...attempt, payload: structuredClone(payload) }, signal, events)),
    );
    refuseTooLarge(result, `The state/task '${resource}' returned a result that`);
    events.succeeded(result);
    return result;
  } catch (error) {
    if (line.signal.aborted) throw error;
    const failed = StateError.from(error);
    const timedOut = /^States\.(Heartbeat)?Timeout$/.test(failed.failure.error ?? '');
    events[timedOut ? 'timedOut' : 'failed'](failed.failure);
    throw failed;
  }
}

/** Runs `work` for as long as the task may take; what it still does afterwards is ignored, and its signal has aborted. */
async function within<T>(attempt: Attempt, work: (signal: AbortSignal) => Promise<T>): Promise<T> {
  const { line, services, timeoutSeconds } = attempt;
  const controller = new AbortController();
  const { promise: aborted, reject } = Promise.withResolvers<never>();
  const abort = (reason: unknown) => {
    controller.abort(reason);
    reject(reason);
  };
  const onLineAbort = () => abort(line.signal.reason);
  if (line.signal.aborted) onLineAbort();
  line.signal.addEventListener('abort', onLineAbort, { once: true });
  const stopTimer =
    timeoutSeconds === undefined
      ? () => {}
      : services.clock.after(timeoutSeconds * 1000, () => abort(new StateError({ error: 'States.Timeout' })));
  try {
    return await Promise.race([aborted, work(controller.signal)]);
  } finally {
    stopTimer();
    line.signal.removeEventListener('abort', onLineAbort);
  }
}

async function invoke(services: Services, functionArn: string, payload: Json, signal: AbortSignal): Promise<unknown> {
  signal.throwIfAborted();
  try {
    return await services.clock.working(async () => {
      const { promise: aborted, reject } = Promise.withResolvers<never>();
      signal.addEventListener('abort', () => reject(signal.reason), { once: true });
      return Promise.race([aborted, services.invokeLambda(functionArn, payload, { signal })]);
    });
  } catch (error) {
    throw lambdaFailure(error);
  }
}

function lambdaFailure(error: unknown): StateError {
  if (error instanceof LambdaError) {
    const { errorType, errorMessage, trace } = error;
    return new StateError({ error: errorType, cause: JSON.stringify({ errorType, errorMessage, trace }) });
  }
  const { name, message } = error instanceof Error ? error : new Error(String(error));
  return new StateError({ error: name.startsWith('Lambda.') ? name : 'Lambda.Unknown', cause: message });
}

async function invokeIntegration({ services, payload }: Attempt, signal: AbortSignal): Promise<Json> {
  const { FunctionName, Payload = {}, InvocationType } = payload as JsonObject;
  const arn = functionArn(services, String(FunctionName));
  if (InvocationType === 'Event') return enqueue(services, arn, Payload);
  const result = await invoke(services, arn, Payload, signal);
  return { ExecutedVersion: '$LATEST', Payload: throughJson(result), StatusCode: 200 };
}

/** Lambda answers an Event with 202 and an empty body: https://docs.aws.amazon.com/lambda/latest/api/API_Invoke.html */
function enqueue({ queueLambda }: Services, arn: string, payload: Json): Json {
  try {
    queueLambda(arn, payload);
  } catch (error) {
    throw lambdaFailure(error);
  }
  return { Payload: '', StatusCode: 202 };
}

function functionArn({ region, accountId }: Services, name: string): string {
  return name.startsWith('arn:') ? name : `arn:aws:lambda:${region}:${accountId}:function:${name}`;
}

/** The function may answer while it still runs, and goes on running then. */
async function waitForToken(attempt: Attempt, signal: AbortSignal, events: TaskEvents): Promise<Json> {
  const { answer, close } = attempt.services.tokens.open(attempt.token ?? '', attempt.heartbeatSeconds);
  signal.addEventListener('abort', close, { once: true });
  let answered = false;
  const invoked = async () => {
    const response = await invokeIntegration(attempt, signal);
    if (!answered) events.submitted(response);
    return answer;
  };
  try {
    return await Promise.race([answer, invoked()]);
  } finally {
    answered = true;
    close();
  }
}

async function runChild({ services, payload }: Attempt, signal: AbortSignal, events: TaskEvents): Promise<Json> {
  const { StateMachineArn, Name, Input = {} } = payload as JsonObject;
  const input = typeof Input === 'string' ? Input : JSON.stringify(Input);
  const child = startChild(services, { stateMachineArn: StateMachineArn, name: Name, input });
  const stop = () => child.stop('The parent execution no longer waits for this one.');
  signal.addEventListener('abort', stop, { once: true });
  events.submitted({ ExecutionArn: child.arn, StartDate: child.describe().StartDate ?? null });
  await child.closed;
  signal.removeEventListener('abort', stop);
  const description = child.describe();
  if (description.Status !== 'SUCCEEDED') {
    throw new StateError({ error: 'States.TaskFailed', cause: JSON.stringify(description) });
  }
  return { ...description, Input: parsed(description.Input), Output: parsed(description.Output) };
}

function startChild(services: Services, input: Record<string, unknown>): ChildExecution {
  try {
    return services.startExecution(input);
  } catch (error) {
    if (!(error instanceof ApiError)) throw error;
    const name = error.name.endsWith('Exception') ? error.name : `${error.name}Exception`;
    throw new StateError({ error: `StepFunctions.${name}`, cause: error.message });
  }
}

function parsed(text: Json | undefined): Json {
  return typeof text === 'string' ? (JSON.parse(text) as Json) : null;
}
