import { StateError } from './errors.ts';

export type Json = null | boolean | number | string | Json[] | { [key: string]: Json };
export type JsonObject = { [key: string]: Json };

/** In UTF-8, for the input and the output of states, tasks and executions: https://docs.aws.amazon.com/step-functions/latest/dg/service-quotas.html */
export const LARGEST_PAYLOAD = 262_144;

export function isObject(value: unknown): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** What is left of a value once it has travelled as JSON. */
export function throughJson(value: unknown): Json {
  return JSON.parse(JSON.stringify(value) ?? 'null');
}

export function byteLength(text: string): number {
  return Buffer.byteLength(text, 'utf8');
}

export function refuseTooLarge(value: Json, what: string): void {
  if (byteLength(JSON.stringify(value)) <= LARGEST_PAYLOAD) return;
  throw new StateError(
    {
      error: 'States.DataLimitExceeded',
      cause: `${what} has a size exceeding the maximum number of bytes service limit.`,
    },
    'final',
  );
}
