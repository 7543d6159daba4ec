import * as z from 'zod/mini';

/*
 * What people write is shown to others before they decide: in a terminal, a control character could hide one line and
 * write another.
 */

const HIDDEN = /[\p{Cc}\p{Bidi_Control}\u200b\ufeff]/u;

/** A text of one line, as it looks. */
export const plain = z.refine<string>((value) => !HIDDEN.test(value), {
  error: 'must be one line without control characters',
});
