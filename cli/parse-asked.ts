import type * as z from 'zod/mini';
import { explain, parse } from '../lib/step.ts';
import { refuse } from './files.ts';

/** Which option a field of a request comes from; others are called on the command line what they are called there. */
const OPTIONS: Readonly<Record<string, string>> = {
  reason: '--reason',
  requestedBy: '--by',
  'environment.variables': '--environment',
  'environment.secrets': '--environment-secret',
};

/** Parses what stood on the command line. Throws `InvalidRequest` that names each wrong option, and no field. */
export function parseAsked<S extends z.core.$ZodType>(schema: S, value: unknown): z.output<S> {
  try {
    return parse(schema, value);
  } catch (error) {
    const { issues } = (error as { cause: z.core.$ZodError }).cause;
    return refuse(explain({ issues: issues.map((issue) => ({ ...issue, path: optionOf(issue.path) })) }));
  }
}

function optionOf(path: readonly PropertyKey[]): PropertyKey[] {
  for (const length of [1, 2]) {
    const option = OPTIONS[path.slice(0, length).join('.')];
    if (option) return [[option, ...path.slice(length)].map(String).join(' ')];
  }
  return [...path];
}
