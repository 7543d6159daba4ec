import * as z from 'zod/mini';

/*
 * What people write is shown to others before they decide: in a terminal, a control character could hide one line and
 * write another.
 */

const HIDDEN = /[\p{Cc}\p{Bidi_Control}\u200b\ufeff]/u;

/** The same, made one line. */
export const oneLine = (text: string): string => text.replace(/[\p{Cc}\p{Bidi_Control}\u200b\ufeff\s]+/gu, ' ').trim();

/** A text of one line, as it looks. */
export const plain = z.refine<string>((value) => !HIDDEN.test(value), {
  error: 'must be one line without control characters',
});

/** Who somebody is, as others read it. */
export const Name = z.string().check(z.minLength(1), z.maxLength(128), plain);
