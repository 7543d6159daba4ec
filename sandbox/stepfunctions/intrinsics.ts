import { createHash, randomUUID } from 'node:crypto';
import { isDeepStrictEqual } from 'node:util';
import { StateError } from './errors.ts';
import { isObject, type Json } from './json.ts';

/**
 * Intrinsic functions (https://docs.aws.amazon.com/step-functions/latest/dg/intrinsic-functions.html). The engine has
 * its own, which strip every backslash from a string they return, change the input they merge and read beyond the end
 * of an array; so they are computed here and the engine is handed the values.
 */
type Argument = { literal: Json } | { path: string } | { call: Call };

interface Call {
  name: string;
  arguments: Argument[];
}

export interface ParsedCall {
  text: string;
  call: Call;
  /** Every path the call reads. */
  paths: string[];
}

const HASHES: Record<string, string> = {
  MD5: 'md5',
  'SHA-1': 'sha1',
  'SHA-256': 'sha256',
  'SHA-384': 'sha384',
  'SHA-512': 'sha512',
};
const LONGEST_RANGE = 1000;

const FUNCTIONS: Record<string, (...values: Json[]) => Json> = {
  'States.Format': (template, ...values) => format(string(template), values),
  'States.StringToJson': (text) => JSON.parse(string(text)) as Json,
  'States.JsonToString': (value) => JSON.stringify(value),
  'States.Array': (...values) => values,
  'States.ArrayContains': (items, wanted) => array(items).some((item) => isDeepStrictEqual(item, wanted)),
  'States.ArrayGetItem': (items, index) => itemOf(array(items), integer(index)),
  'States.ArrayLength': (items) => array(items).length,
  'States.ArrayRange': (first, last, step) => range(integer(first), integer(last), integer(step)),
  'States.ArrayUnique': (items) =>
    array(items).filter((item, index, all) => all.findIndex((other) => isDeepStrictEqual(item, other)) === index),
  'States.JsonMerge': (one, two, deep) => merge(one, two, deep),
  'States.MathAdd': (one, two) => Math.round(number(one)) + Math.round(number(two)),
  'States.UUID': () => randomUUID(),
  'States.Base64Encode': (text) => Buffer.from(string(text)).toString('base64'),
  'States.Base64Decode': (text) => Buffer.from(string(text), 'base64').toString(),
  'States.Hash': (text, algorithm) => hash(string(text), string(algorithm)),
};

/** Reads one call, nested calls included; throws on what it does not know. */
export function parseCall(text: string): ParsedCall {
  const paths: string[] = [];
  let rest = text.trim();
  const take = (pattern: RegExp): string | undefined => {
    const found = pattern.exec(rest)?.[0];
    if (found !== undefined) rest = rest.slice(found.length).trimStart();
    return found?.trim();
  };
  const readCall = (): Call => {
    const name = take(/^States\.\w+/);
    if (!name || !(name in FUNCTIONS)) throw new Error(`${name ?? 'this'} is not an intrinsic function supported here`);
    if (!take(/^\(/)) throw new Error(`${name} has no arguments`);
    const values: Argument[] = [];
    while (!take(/^\)/)) {
      if (values.length > 0 && !take(/^,/)) throw new Error('a comma is missing');
      values.push(readArgument());
    }
    return { name, arguments: values };
  };
  const readArgument = (): Argument => {
    if (rest.startsWith('States.')) return { call: readCall() };
    const quoted = take(/^'(?:\\.|[^'\\])*'/);
    if (quoted !== undefined) return { literal: unquote(quoted) };
    const path = take(/^\$(?:\[[^\]]*\]|[^\s,()[\]])*/);
    if (path !== undefined) {
      paths.push(path);
      return { path };
    }
    const scalar = take(/^(?:true|false|null|-?\d+(?:\.\d+)?)(?=\s*[,)])/);
    if (scalar !== undefined) return { literal: JSON.parse(scalar) as Json };
    throw new Error(`cannot read the argument at ${rest}`);
  };
  const call = readCall();
  if (rest !== '') throw new Error(`unexpected ${rest}`);
  return { text, call, paths };
}

export async function compute(parsed: ParsedCall, read: (path: string) => Promise<Json>): Promise<Json> {
  const evaluate = async (call: Call): Promise<Json> => {
    const values: Json[] = [];
    for (const argument of call.arguments) {
      if ('literal' in argument) values.push(argument.literal);
      else values.push('path' in argument ? await read(argument.path) : await evaluate(argument.call));
    }
    const implementation = FUNCTIONS[call.name];
    if (!implementation) throw new Error(`${call.name} is not supported here`);
    return implementation(...values);
  };
  try {
    return structuredClone(await evaluate(parsed.call));
  } catch (error) {
    if (error instanceof StateError) throw error;
    const reason = error instanceof Error ? error.message : String(error);
    throw StateError.runtime(`The function '${parsed.text}' had the following error: ${reason}`);
  }
}

function unquote(quoted: string): string {
  if (/\\[{}]/.test(quoted)) throw new Error('escaped braces are not supported here');
  return quoted.slice(1, -1).replace(/\\(.)/g, '$1');
}

function format(template: string, values: Json[]): string {
  const pieces = template.split('{}');
  if (pieces.length - 1 !== values.length) throw new Error('the number of arguments is not that of the placeholders');
  return pieces.reduce((text, piece, index) => {
    const value = values[index - 1];
    if (typeof value === 'object' && value !== null)
      throw new Error('only strings, numbers, booleans and null can be formatted');
    return `${text}${value}${piece}`;
  });
}

function itemOf(items: Json[], index: number): Json {
  const item = items[index];
  if (item === undefined) throw new Error(`there is no item ${index} in an array of ${items.length}`);
  return item;
}

function range(first: number, last: number, step: number): number[] {
  const length = Math.max(0, Math.floor((last - first) / step) + 1);
  if (!(length <= LONGEST_RANGE)) throw new Error(`a range has at most ${LONGEST_RANGE} items`);
  return Array.from({ length }, (_, index) => first + index * step);
}

function merge(one: Json | undefined, two: Json | undefined, deep: Json | undefined): Json {
  if (!isObject(one) || !isObject(two)) throw new Error('only objects can be merged');
  if (deep !== false) throw new Error('the third argument must be false');
  return { ...one, ...two };
}

function hash(text: string, algorithm: string): string {
  const name = HASHES[algorithm];
  if (!name) throw new Error(`unknown algorithm ${algorithm}`);
  return createHash(name).update(text).digest('hex');
}

function string(value: Json | undefined): string {
  if (typeof value !== 'string') throw new Error('a string is expected');
  return value;
}

function number(value: Json | undefined): number {
  if (typeof value !== 'number') throw new Error('a number is expected');
  return value;
}

function integer(value: Json | undefined): number {
  if (!Number.isInteger(value)) throw new Error('an integer is expected');
  return value as number;
}

function array(value: Json | undefined): Json[] {
  if (!Array.isArray(value)) throw new Error('an array is expected');
  return value;
}
