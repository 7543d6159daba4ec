import { ExecutionError, StateMachine } from 'aws-local-stepfunctions';
import type { State } from './definition.ts';
import { StateError } from './errors.ts';
import { compute } from './intrinsics.ts';
import { isObject, type Json, type JsonObject } from './json.ts';
import { enginePath, translateRule, translateTemplate } from './translate.ts';

/**
 * What the data of a state becomes. The engine is run on one state at a time, given a copy of the input so that nothing
 * it changes outlives the call.
 */
export type Context = JsonObject;

type EngineDefinition = ConstructorParameters<typeof StateMachine>[0];

async function evaluate(
  state: JsonObject,
  input: Json,
  context: Context,
  more: { computed?: JsonObject; result?: Json; others?: JsonObject } = {},
): Promise<{ output: Json; last: string }> {
  const definition = { StartAt: 'state', States: { state, ...more.others } } as unknown as EngineDefinition;
  const run = new StateMachine(definition, { validationOptions: { noValidate: true } }).run(structuredClone(input), {
    context: { Context: context, Computed: more.computed ?? {}, Whole: input },
    overrides: { taskResourceLocalHandlers: { state: () => structuredClone(more.result ?? null) } },
  });
  try {
    const output = structuredClone((await run.result) as Json);
    return { output, last: more.others ? await lastEntered(run.eventLogs) : 'state' };
  } catch (error) {
    const reason = error instanceof ExecutionError ? error.cause : error;
    if (!(reason instanceof Error)) throw StateError.runtime(String(reason));
    if (reason.name === 'States.NoChoiceMatched' || reason.name === 'States.ResultPathMatchFailure') {
      throw new StateError({ error: reason.name, cause: reason.message });
    }
    throw StateError.runtime(reason.message);
  }
}

async function lastEntered(events: AsyncIterable<{ type: string; state?: { name: string } }>): Promise<string> {
  let last = '';
  for await (const event of events) if (event.type === 'StateEntered') last = event.state?.name ?? last;
  return last;
}

/** The value a path points to. */
export async function select(path: string | null, input: Json, context: Context): Promise<Json> {
  const state = { Type: 'Pass', InputPath: path === null ? null : enginePath(path), End: true };
  return (await evaluate(state, input, context)).output;
}

/** A payload template filled from `input`. */
export async function fill(template: Json, input: Json, context: Context): Promise<Json> {
  const translated = translateTemplate(template);
  const computed: JsonObject = {};
  for (const [key, call] of translated.calls) {
    computed[key] = await compute(call, (path) => select(path, input, context));
  }
  const state = { Type: 'Pass', Parameters: translated.template, End: true };
  return (await evaluate(state, input, context, { computed })).output;
}

/** InputPath, then Parameters. */
export async function effectiveInput(state: State, input: Json, context: Context): Promise<Json> {
  const selected = state.InputPath === undefined ? input : await select(state.InputPath, input, context);
  // The Parameters of a Map are the old name of its ItemSelector.
  if (state.Parameters === undefined || state.Type === 'Map') return selected;
  return fill(state.Parameters, selected, context);
}

type Shaping = Pick<State, 'ResultSelector' | 'ResultPath' | 'OutputPath'>;

/** ResultSelector, then ResultPath into the raw input, then OutputPath. */
export async function output(shaping: Shaping, input: Json, result: Json, context: Context): Promise<Json> {
  const selected = shaping.ResultSelector ? await fill(shaping.ResultSelector, result, context) : result;
  const combined = await combine(shaping.ResultPath, input, selected, context);
  return shaping.OutputPath === undefined ? combined : select(shaping.OutputPath, combined, context);
}

async function combine(path: string | null | undefined, input: Json, result: Json, context: Context): Promise<Json> {
  if (path === undefined || path === '$') return result;
  if (path !== null) refuseOverwrite(path, input);
  const state = { Type: 'Task', ResultPath: path, End: true };
  return (await evaluate(state, input, context, { result })).output;
}

/** Where the engine would replace a string or a list on the way by an object, AWS fails the state. */
function refuseOverwrite(path: string, input: Json): void {
  let place: Json | undefined = input;
  for (const field of path.split('.').slice(1)) {
    if (place === undefined) return;
    if (!isObject(place)) {
      const cause = `Unable to apply ReferencePath ${path} to input ${JSON.stringify(input)}`;
      throw new StateError({ error: 'States.ResultPathMatchFailure', cause });
    }
    place = place[field];
  }
}

/** Which state a Choice leads to. */
export async function choose(state: State, input: Json, context: Context): Promise<{ output: Json; next: string }> {
  const choices = state.Choices ?? [];
  const engineState: JsonObject = {
    Type: 'Choice',
    Choices: choices.map((rule, index) => ({ ...translateRule(rule), Next: `rule ${index}` })),
  };
  const others: JsonObject = { default: { Type: 'Succeed' } };
  for (const index of choices.keys()) others[`rule ${index}`] = { Type: 'Succeed' };
  if (state.Default) engineState.Default = 'default';
  const selected = state.InputPath === undefined ? input : await select(state.InputPath, input, context);
  const { last } = await evaluate(engineState, selected, context, { others });
  const next = last === 'default' ? state.Default : choices[Number(last.slice('rule '.length))]?.Next;
  return {
    output: state.OutputPath === undefined ? selected : await select(state.OutputPath, selected, context),
    next: String(next),
  };
}
