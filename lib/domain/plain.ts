import * as z from 'zod/mini';
import { clean } from './text.ts';

/*
 * What people write is shown to others before they decide: in a terminal, a control character could hide one line and
 * write another.
 */

/** A text of one line, as it looks. */
export const plain = z.refine<string>((value) => clean(value) === value && !/[\n\t]/.test(value), {
  error: 'must be one line without control characters',
});

/** Who somebody is, as others read it. */
export const Name = z.string().check(z.minLength(1), z.maxLength(128), plain);
