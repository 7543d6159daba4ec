import type * as z from 'zod/mini';
import en from 'zod/v4/locales/en.js';

const english = en().localeError;

/** What is wrong with a value, in words for whoever typed it; what is not said here zod says. */
export const wording: z.core.$ZodErrorMap = (issue) => {
  if (issue.code === 'invalid_type' && issue.input === undefined) return 'is required';
  if (issue.code === 'too_small' && issue.origin === 'string')
    return issue.minimum === 1 ? 'must not be empty' : `must have at least ${issue.minimum} characters`;
  if (issue.code === 'too_big' && issue.origin === 'string') return `must have at most ${issue.maximum} characters`;
  return english(issue);
};
