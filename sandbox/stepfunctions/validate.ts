import { ApiError } from './errors.ts';
import { byteLength, type Json, LARGEST_PAYLOAD } from './json.ts';

/** The checks every operation makes on its input, with AWS's exceptions: https://docs.aws.amazon.com/step-functions/latest/apireference/API_Operations.html */
export type Input = Record<string, unknown>;

export function optionalText(input: Input, member: string, longest: number): string | undefined {
  const value = input[member];
  if (value === undefined || value === null) return undefined;
  if (typeof value !== 'string') throw invalid(`Value at '${member}' must be a string`);
  if (byteLength(value) > longest)
    throw invalid(constraint(member, `Member must have length less than or equal to ${longest}`));
  return value;
}

export function requiredText(input: Input, member: string, longest = LARGEST_PAYLOAD): string {
  const value = optionalText(input, member, longest);
  if (value === undefined) throw invalid(constraint(member, 'Member must not be null'));
  return value;
}

export function requiredArn(input: Input, member: string, resource: 'stateMachine' | 'execution'): string {
  const arn = requiredText(input, member);
  if (/^arn:aws[\w-]*:states:[\w-]+:\d{12}:/.test(arn) && arn.split(':')[5] === resource) return arn;
  throw new ApiError('InvalidArn', `Invalid Arn: '${arn}'`);
}

/** White space, brackets, wildcards, special and control characters: https://docs.aws.amazon.com/step-functions/latest/apireference/API_StartExecution.html */
const FORBIDDEN_IN_NAMES = /[\s<>{}[\]?*"#%\\^|~`$&,;:/\p{Cc}\p{Cs}\p{Cn}]/u;
const LONGEST_NAME = 80;

export function executionName(input: Input): string | undefined {
  const { name } = input;
  if (name === undefined || name === null) return undefined;
  if (typeof name === 'string' && name !== '' && name.length <= LONGEST_NAME && !FORBIDDEN_IN_NAMES.test(name))
    return name;
  throw new ApiError('InvalidName', `Invalid Name: '${name}'`);
}

export function parseAs(exception: 'InvalidExecutionInput' | 'InvalidOutput', text: string): Json {
  try {
    return JSON.parse(text) as Json;
  } catch (error) {
    throw new ApiError(exception, `Invalid JSON: ${error instanceof Error ? error.message : error}`);
  }
}

const MOST_RESULTS = 1000;
const USUAL_RESULTS = 100;

/** One page of the items to `keep`. The token is a place in the whole list, which only ever grows at its end. */
export function page<T>(
  items: T[],
  input: Input,
  order: 'oldest first' | 'newest first',
  keep: (item: T) => boolean = () => true,
): { page: T[]; nextToken?: string } {
  const size = input.maxResults || USUAL_RESULTS;
  if (typeof size !== 'number' || !Number.isInteger(size) || size < 0 || size > MOST_RESULTS) {
    throw invalid(constraint('maxResults', `Member must be between 0 and ${MOST_RESULTS}`));
  }
  const step = order === 'oldest first' ? 1 : -1;
  const result: T[] = [];
  for (let place = startOf(items, input, step); place in items; place += step) {
    const item = items[place] as T;
    if (!keep(item)) continue;
    if (result.length === size) return { page: result, nextToken: Buffer.from(`place ${place}`).toString('base64') };
    result.push(item);
  }
  return { page: result };
}

function startOf(items: unknown[], input: Input, step: number): number {
  if (input.nextToken === undefined || input.nextToken === null) return step > 0 ? 0 : items.length - 1;
  const place = /^place (\d+)$/.exec(Buffer.from(String(input.nextToken), 'base64').toString())?.[1];
  if (place === undefined) throw new ApiError('InvalidToken', `Invalid Token: '${input.nextToken}'`);
  return Number(place);
}

function constraint(member: string, rule: string): string {
  return `1 validation error detected: Value at '${member}' failed to satisfy constraint: ${rule}`;
}

function invalid(message: string): ApiError {
  return new ApiError('ValidationException', message);
}
