import type { Flow, State, StateType } from './definition.ts';
import { parseCall } from './intrinsics.ts';
import { isObject } from './json.ts';
import { resourceKind } from './resources.ts';

const EVERYWHERE = ['Type', 'Comment', 'QueryLanguage'];
const PATHS = ['InputPath', 'OutputPath'];
const TRANSITION = ['Next', 'End'];
const RESULT = ['Parameters', 'ResultSelector', 'ResultPath', 'Retry', 'Catch'];
const PATIENCE = ['TimeoutSeconds', 'TimeoutSecondsPath', 'HeartbeatSeconds', 'HeartbeatSecondsPath'];
const FIELDS: Record<StateType, string[]> = {
  Task: [...PATHS, ...TRANSITION, ...RESULT, ...PATIENCE, 'Resource'],
  Pass: [...PATHS, ...TRANSITION, 'Parameters', 'Result', 'ResultPath'],
  Wait: [...PATHS, ...TRANSITION, 'Seconds', 'SecondsPath', 'Timestamp', 'TimestampPath'],
  Choice: [...PATHS, 'Choices', 'Default'],
  Succeed: PATHS,
  Fail: ['Error', 'ErrorPath', 'Cause', 'CausePath'],
  Parallel: [...PATHS, ...TRANSITION, ...RESULT, 'Branches'],
  Map: [...PATHS, ...TRANSITION, ...RESULT, 'Iterator', 'ItemProcessor', 'ItemsPath', 'ItemSelector', 'MaxConcurrency'],
};
const TEMPLATES = ['Parameters', 'ResultSelector', 'ItemSelector'];
const FLOW_FIELDS = ['Comment', 'QueryLanguage', 'Version', 'StartAt', 'States', 'TimeoutSeconds', 'ProcessorConfig'];
const LONGEST_STATE_NAME = 80;
const UNCATCHABLE = ['States.Runtime', 'States.DataLimitExceeded'];
/** Wildcards, slices, unions, filters, descents: the engine cannot tell an empty match from a missing value, AWS can. */
const INDEFINITE = /\.\.|[*?^~@(]|\[[^\]]*[:,]/;

class Refusal extends Error {}

/** Refuses, when the definition is loaded, what AWS refuses and the validator lets pass, and what would run here otherwise than on AWS. */
export function refuseUnfaithful(machine: string, flow: Flow): void {
  const names = new Set<string>();
  const inspect = (part: Flow) => {
    for (const [name, state] of Object.entries(part.States)) {
      try {
        inspectFields(part, FLOW_FIELDS);
        if (names.has(name)) throw new Refusal('this name is used twice in the file');
        if (name.length > LONGEST_STATE_NAME) throw new Refusal(`a name has at most ${LONGEST_STATE_NAME} characters`);
        inspectState(state);
      } catch (error) {
        if (error instanceof Refusal) throw new Error(`state machine ${machine}, state "${name}": ${error.message}`);
        throw error;
      }
      names.add(name);
      for (const nested of nestedFlows(state)) inspect(nested);
    }
  };
  inspect(flow);
}

function nestedFlows(state: State): Flow[] {
  return [...(state.Branches ?? []), state.ItemProcessor, state.Iterator].filter((flow) => flow !== undefined);
}

function inspectFields(value: object, known: string[]): void {
  for (const [field, content] of Object.entries(value)) {
    if (!known.includes(field)) throw new Refusal(`${field} is not supported here`);
    if (field === 'QueryLanguage' && content !== 'JSONPath') throw new Refusal('only JSONPath runs here');
    if (field === 'ProcessorConfig' && content.Mode !== 'INLINE') throw new Refusal('only an inline Map runs here');
  }
}

function inspectState(state: State): void {
  inspectFields(state, [...EVERYWHERE, ...FIELDS[state.Type]]);
  for (const [field, value] of Object.entries(state)) {
    if (!['Branches', 'Iterator', 'ItemProcessor', 'Result'].includes(field)) inspectPaths(field, value);
  }
  inspectErrorNames(state);
  inspectResultPaths(state);
  for (const rule of state.Choices ?? []) inspectRule(rule);
  if (state.Type === 'Task') inspectTask(state);
}

/** Payload templates hold paths under `….$` only; elsewhere every `…Path` and the variable of a rule are paths. */
function inspectPaths(field: string, value: unknown, inTemplate = TEMPLATES.includes(field)): void {
  if (Array.isArray(value)) {
    for (const item of value) inspectPaths('', item, inTemplate);
  } else if (isObject(value)) {
    for (const [key, inner] of Object.entries(value)) inspectPaths(key, inner, inTemplate);
  } else if (typeof value !== 'string') {
    return;
  } else if (inTemplate) {
    if (!field.endsWith('.$')) return;
    if (value.startsWith('$')) inspectPath(value);
    else inspectCall(value);
  } else if (field.endsWith('Path') || field === 'Variable') {
    if (!value.startsWith('$')) throw new Refusal(`${field} must be a path: ${value}`);
    inspectPath(value);
  }
}

function inspectPath(path: string): void {
  const withoutQuotes = path.replace(/'[^']*'|"[^"]*"/g, "''");
  if (INDEFINITE.test(withoutQuotes)) throw new Refusal(`only paths to one value run here, not ${path}`);
  if (/\.length$/.test(path))
    throw new Refusal(`${path} counts an array here and fails on AWS: use States.ArrayLength`);
}

function inspectCall(text: string): void {
  try {
    for (const path of parseCall(text).paths) inspectPath(path);
  } catch (error) {
    throw error instanceof Refusal ? error : new Refusal(`${text}: ${error instanceof Error ? error.message : error}`);
  }
}

function inspectErrorNames(state: State): void {
  for (const rules of [state.Retry ?? [], state.Catch ?? []]) {
    rules.forEach(({ ErrorEquals }, index) => {
      if (ErrorEquals.includes('States.ALL') && (ErrorEquals.length > 1 || index < rules.length - 1)) {
        throw new Refusal('States.ALL must stand alone and last');
      }
      const never = ErrorEquals.find((error) => UNCATCHABLE.includes(error));
      if (never) throw new Refusal(`${never} can neither be retried nor caught`);
      if (ErrorEquals.includes('States.TaskFailed') && state.Type !== 'Task') {
        throw new Refusal('what States.TaskFailed matches outside a Task is not documented');
      }
    });
  }
}

function inspectResultPaths(state: State): void {
  for (const path of [state.ResultPath, ...(state.Catch ?? []).map((catcher) => catcher.ResultPath)]) {
    if (typeof path === 'string' && !/^\$(\.[\w-]+)*$/.test(path))
      throw new Refusal(`ResultPath ${path} must name fields only`);
  }
}

function inspectRule(rule: Record<string, unknown>): void {
  const pattern = rule.StringMatches;
  if (typeof pattern === 'string' && /[?\\]/.test(pattern)) throw new Refusal('StringMatches knows only * here');
  for (const nested of [rule.And, rule.Or, rule.Not].flat()) if (isObject(nested)) inspectRule(nested);
}

const PARAMETERS: Record<string, string[]> = {
  invoke: ['FunctionName', 'Payload', 'InvocationType'],
  'invoke.waitForTaskToken': ['FunctionName', 'Payload'],
  'startExecution.sync:2': ['StateMachineArn', 'Input', 'Name'],
};

const INVOCATION_TYPES: unknown[] = ['Event', 'RequestResponse'];

function inspectTask(state: State): void {
  const kind = resourceKind(state.Resource ?? '');
  if (!kind) throw new Refusal(`there is no integration ${state.Resource} here`);
  const known = PARAMETERS[kind];
  const given = isObject(state.Parameters) ? Object.keys(state.Parameters).map((key) => key.replace(/\.\$$/, '')) : [];
  const unknown = known && given.find((key) => !known.includes(key));
  if (unknown) throw new Refusal(`parameter ${unknown} is not supported here`);
  const required = known?.[0];
  if (required && !given.includes(required)) throw new Refusal(`parameter ${required} is missing`);
  const { InvocationType = null } = isObject(state.Parameters) ? state.Parameters : {};
  if (given.includes('InvocationType') && !INVOCATION_TYPES.includes(InvocationType)) {
    throw new Refusal('InvocationType must be Event or RequestResponse');
  }
  const heartbeat = state.HeartbeatSeconds ?? state.HeartbeatSecondsPath;
  if (heartbeat !== undefined && kind !== 'invoke.waitForTaskToken') {
    throw new Refusal('only a task with a token has heartbeats');
  }
  if (state.HeartbeatSeconds && state.TimeoutSeconds && state.HeartbeatSeconds >= state.TimeoutSeconds) {
    throw new Refusal('HeartbeatSeconds must be smaller than TimeoutSeconds');
  }
}
