import { runBranches, runItems } from './branches.ts';
import { type Context, choose, effectiveInput, output, select } from './dataflow.ts';
import type { Flow, State } from './definition.ts';
import { StateError } from './errors.ts';
import { inputDetails, type Line, outputDetails } from './history.ts';
import { type Json, refuseTooLarge } from './json.ts';
import { resourceKind } from './resources.ts';
import { findCatcher, Retries } from './retry.ts';
import { performTask, type Services } from './tasks.ts';

/** One state being visited. */
export interface Visit {
  name: string;
  state: State;
  input: Json;
  context: Context;
  line: Line;
  services: Services;
}

interface Step {
  output: Json;
  next: string | undefined;
}

/** Runs the states of a machine or of a branch, from its first to its last. */
export async function runStates(
  flow: Flow,
  input: Json,
  context: Context,
  line: Line,
  services: Services,
): Promise<Json> {
  let name: string | undefined = flow.StartAt;
  let value = input;
  while (name !== undefined) {
    const state: State | undefined = flow.States[name];
    if (!state) throw StateError.runtime(`there is no state ${name}`);
    const step: Step = await visitState(name, state, value, context, line, services);
    value = step.output;
    name = step.next;
  }
  return value;
}

async function visitState(
  name: string,
  state: State,
  input: Json,
  shared: Context,
  line: Line,
  services: Services,
): Promise<Step> {
  line.signal.throwIfAborted();
  const entered = line.record(`${state.Type}StateEntered`, {
    stateEnteredEventDetails: { name, ...inputDetails(input) },
  });
  const State = { Name: name, EnteredTime: services.clock.now().toISOString(), RetryCount: 0 };
  const visit = { name, state, input, context: { ...shared, State }, line, services };
  try {
    const step = await BEHAVIOUR[state.Type](visit);
    line.signal.throwIfAborted();
    refuseTooLarge(step.output, `The state '${name}' returned a result that`);
    line.record(`${state.Type}StateExited`, { stateExitedEventDetails: { name, ...outputDetails(step.output) } });
    return step;
  } catch (error) {
    if (!line.signal.aborted) throw located(StateError.from(error), name, entered);
    if (['Task', 'Wait', 'Parallel', 'Map'].includes(state.Type)) line.record(`${state.Type}StateAborted`);
    throw line.signal.reason;
  }
}

function located(failed: StateError, name: string, entered: number): StateError {
  const { error, cause = '' } = failed.failure;
  const words = `An error occurred while executing the state`;
  if (error !== 'States.Runtime' || cause.startsWith(words)) return failed;
  return StateError.runtime(`${words} '${name}' (entered at the event id #${entered}). ${cause}`);
}

const BEHAVIOUR: Record<State['Type'], (visit: Visit) => Promise<Step>> = {
  Pass: async (visit) => {
    const { state, input, context } = visit;
    return working(visit, async () => {
      const effective = await effectiveInput(state, input, context);
      return then(visit, await output(state, input, state.Result === undefined ? effective : state.Result, context));
    });
  },
  Succeed: async (visit) => ({ output: await passThrough(visit), next: undefined }),
  Choice: (visit) => working(visit, () => choose(visit.state, visit.input, visit.context)),
  Wait: async (visit) => {
    const passed = await passThrough(visit);
    await visit.services.clock.sleep(await waitMs(visit), visit.line.signal);
    return then(visit, passed);
  },
  Fail: async ({ state, input, context }) => {
    const text = async (path: string | undefined) => (path ? await select(path, input, context) : undefined);
    const error = state.Error ?? (await text(state.ErrorPath));
    const cause = state.Cause ?? (await text(state.CausePath));
    if ([error, cause].some((value) => value !== undefined && typeof value !== 'string')) {
      throw StateError.runtime('ErrorPath and CausePath must point to strings');
    }
    throw new StateError({ error: error as string | undefined, cause: cause as string | undefined });
  },
  Task: (visit) => persistently(visit, attemptTask),
  Parallel: (visit) => persistently(visit, runBranches),
  Map: (visit) => persistently(visit, runItems),
};

function then({ state }: Visit, value: Json): Step {
  return { output: value, next: state.Next };
}

/** Sandbox time does not race ahead while the engine computes. */
function working<T>({ services }: Visit, work: () => Promise<T>): Promise<T> {
  return services.clock.working(work);
}

async function passThrough(visit: Visit): Promise<Json> {
  const { state, input, context } = visit;
  return working(visit, async () => output(state, input, await effectiveInput(state, input, context), context));
}

async function waitMs({ state, input, context, services }: Visit): Promise<number> {
  if (state.Timestamp ?? state.TimestampPath) {
    const moment = state.Timestamp ?? (await select(state.TimestampPath ?? '$', input, context));
    const time = Date.parse(String(moment));
    if (Number.isNaN(time)) throw StateError.runtime(`${JSON.stringify(moment)} is not a timestamp`);
    return time - services.clock.now().getTime();
  }
  const seconds = state.Seconds ?? (await select(state.SecondsPath ?? '$', input, context));
  if (!Number.isInteger(seconds) || (seconds as number) < 0) {
    throw StateError.runtime(`${JSON.stringify(seconds)} is not a number of seconds`);
  }
  return (seconds as number) * 1000;
}

/** Retry, then Catch. Each attempt sees its own context and fills its parameters anew, as AWS does. */
async function persistently(visit: Visit, attempt: (visit: Visit, payload: Json) => Promise<Json>): Promise<Step> {
  const { state, input, line, services } = visit;
  const retries = new Retries(state.Retry, services.random);
  for (let count = 0; ; count++) {
    const context = attemptContext(visit, count);
    try {
      const payload = await working(visit, () => effectiveInput(state, input, context));
      const result = await attempt({ ...visit, context }, payload);
      return then(visit, await working(visit, () => output(state, input, result, context)));
    } catch (error) {
      line.signal.throwIfAborted();
      const failed = StateError.from(error);
      const delayMs = retries.nextDelayMs(failed);
      if (delayMs === undefined) return caught(visit, failed);
      await services.clock.sleep(delayMs, line.signal);
    }
  }
}

function attemptContext({ state, context, services }: Visit, count: number): Context {
  const waits = state.Type === 'Task' && resourceKind(state.Resource ?? '') === 'invoke.waitForTaskToken';
  const State = { ...(context.State as Context), RetryCount: count };
  return { ...context, State, ...(waits ? { Task: { Token: services.tokens.issue() } } : {}) };
}

async function caught(visit: Visit, failed: StateError): Promise<Step> {
  const catcher = findCatcher(visit.state.Catch, failed);
  if (!catcher) throw failed;
  const { error = '', cause = '' } = failed.failure;
  const result = { Error: error, Cause: cause };
  const shaping = { ResultPath: catcher.ResultPath };
  return {
    output: await working(visit, () => output(shaping, visit.input, result, visit.context)),
    next: catcher.Next,
  };
}

async function attemptTask(visit: Visit, payload: Json): Promise<Json> {
  const { state, context, line, services } = visit;
  const token = context.Task ? String((context.Task as Context).Token) : undefined;
  return performTask({
    resource: state.Resource ?? '',
    payload,
    timeoutSeconds: state.TimeoutSeconds ?? (await secondsAt(visit, state.TimeoutSecondsPath)),
    heartbeatSeconds: state.HeartbeatSeconds ?? (await secondsAt(visit, state.HeartbeatSecondsPath)),
    token,
    line,
    services,
  });
}

async function secondsAt({ input, context }: Visit, path: string | undefined): Promise<number | undefined> {
  if (path === undefined) return undefined;
  const seconds = await select(path, input, context);
  if (Number.isInteger(seconds) && (seconds as number) > 0) return seconds as number;
  throw StateError.runtime(`${path} must point to a positive number of seconds, not to ${JSON.stringify(seconds)}`);
}
