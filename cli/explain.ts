import * as z from 'zod/mini';
// Brings the words of the messages.
import { explain } from '../lib/step.ts';

type Issue = z.core.$ZodIssue;

/** Each wrong field with what is allowed there; never with the value that was given. Empty: nothing is wrong. */
export function explainEach(schema: z.core.$ZodType, value: unknown): string[] {
  const result = z.safeParse(schema, value);
  if (result.success) return [];
  return result.error.issues.map(sentence);
}

function sentence(issue: Issue): string {
  const path = issue.path.map(String).join('.') || 'the file';
  if (issue.code === 'invalid_union' && issue.errors.length > 0) {
    const ways = issue.errors.map((issues) => issues.map((one) => said(one)).join(' and '));
    return `${path}: ${[...new Set(ways)].join(', or ')}`;
  }
  return explain({ issues: [{ ...issue, path: issue.path.length > 0 ? issue.path : ['the file'] }] } as never);
}

const said = (issue: Issue): string => explain({ issues: [issue] } as never).replace(/^input: /, '');
