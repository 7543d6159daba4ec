import { AwsError } from './errors.ts';
import { readForm } from './form.ts';
import type { Model } from './model.ts';
import { type Problem, readInput } from './read.ts';
import { writeJson, writeXml } from './write.ts';

/** One AWS service: its model, the operations, and the codes under which it refuses a request. */
export interface Api {
  readonly model: Model;
  readonly operations: Readonly<Record<string, (input: never) => unknown>>;
  readonly codes: Readonly<Record<Problem['kind'], string>>;
}

export async function performJson(api: Api, operation: string, body: string): Promise<unknown> {
  const definition = api.model.operations[operation];
  if (!definition) throw new AwsError('UnknownOperationException', `The operation ${operation} is not known`);
  const result = await perform(api, operation, parseJson(body), false);
  return definition.output ? writeJson(api.model, definition.output, result ?? {}) : {};
}

export function parseJson(body: string): Record<string, unknown> {
  try {
    const value: unknown = JSON.parse(body || '{}');
    if (typeof value === 'object' && value !== null && !Array.isArray(value)) return value as Record<string, unknown>;
  } catch {
    // Falls through to the refusal.
  }
  throw new AwsError('SerializationException', 'Could not parse the request body as a JSON object');
}

/** The inner XML of the answer. */
export async function performForm(api: Api, operation: string, form: URLSearchParams): Promise<string> {
  const definition = api.model.operations[operation];
  const { apiVersion, protocol } = api.model.metadata;
  if (!definition || form.get('Version') !== apiVersion) {
    throw new AwsError(
      'InvalidAction',
      protocol === 'ec2'
        ? `The action ${operation} is not valid for this web service.`
        : `Could not find operation ${operation} for version ${form.get('Version')}`,
    );
  }
  const value = definition.input ? readForm(api.model, definition.input, form) : {};
  const result = await perform(api, operation, value, true);
  return definition.output ? writeXml(api.model, definition.output, result ?? {}) : '';
}

async function perform(api: Api, operation: string, value: unknown, text: boolean): Promise<unknown> {
  const { model, operations, codes } = api;
  const carryOut = operations[operation];
  if (!carryOut) throw new Error(`${model.metadata.endpointPrefix}: ${operation} is modelled but not implemented`);
  const shape = model.operations[operation]?.input;
  const { input, problems } = shape ? readInput(model, shape, value, { text }) : { input: {}, problems: [] };
  // AWS finds wrong types while it parses, before it looks at any rule.
  const first = problems.find(({ kind }) => kind === 'type') ?? problems[0];
  if (first) throw new AwsError(codes[first.kind], describe(model, first, problems));
  return carryOut(input as never);
}

function describe({ metadata }: Model, first: Problem, problems: Problem[]): string {
  if (first.kind === 'type') return `Value at '${first.path}' is not ${first.rule}`;
  if (metadata.protocol === 'ec2') {
    const name = first.path.charAt(0).toUpperCase() + first.path.slice(1);
    if (first.kind === 'missing') return `The request must contain the parameter ${name}`;
    return `Value ( ${first.value} ) for parameter ${first.path} is invalid. ${first.rule}`;
  }
  const sentences = problems.map(({ path, value, rule }) => {
    const shown = value === undefined ? '' : value === 'null' ? 'null ' : `'${value}' `;
    return `Value ${shown}at '${path}' failed to satisfy constraint: ${rule}`;
  });
  return `${problems.length} validation error${problems.length > 1 ? 's' : ''} detected: ${sentences.join('; ')}`;
}
