import { contentHash } from '../domain/canonical.ts';

/** Neither digits nor vowels: no rule of redaction takes such a name for a code, a number or a word that speaks of one. */
const LETTERS = 'bcdfghjklmnpqrst';
/** 96 bits, and too short for a key. */
const LENGTH = 24;

/** The same name for the same thing, however often it is asked for. */
export function generatedName(kind: string, of: unknown): string {
  const digits = contentHash(of).slice(0, LENGTH);
  return `${kind}-${digits.replace(/./g, (digit) => LETTERS[Number.parseInt(digit, 16)] ?? '')}`;
}
