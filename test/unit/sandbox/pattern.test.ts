import { describe, expect, it } from 'vitest';
import { matcherOf } from '../../../sandbox/logs/pattern.ts';

const LINES = ['[OTP] sent', '[OTP] Invalid credentials', 'Connection timed out', 'OTP timed out, not sent'];
const found = (pattern: string | undefined) => LINES.filter(matcherOf(pattern)).map((line) => LINES.indexOf(line));

describe('a filter pattern', () => {
  it.each<[string | undefined, number[]]>([
    [undefined, [0, 1, 2, 3]],
    ['', [0, 1, 2, 3]],
    ['OTP', [0, 1, 3]],
    ['otp', []],
    ['OTP sent', [0, 3]],
    ['"timed out"', [2, 3]],
    ['"[OTP] sent"', [0]],
    ['?credentials ?timed', [1, 2, 3]],
    ['OTP -sent', [1]],
    ['OTP -"timed out"', [0, 1]],
    ['OTP ?credentials', [0, 1, 3]],
  ])('%s', (pattern, expected) => expect(found(pattern)).toEqual(expected));

  it.each(['[OTP]', 'timed-out', '"unclosed', '{ $.level = "error" }', '%err.*%', 'OTP:'])('refuses %s', (pattern) =>
    expect(() => matcherOf(pattern)).toThrow(expect.objectContaining({ code: 'InvalidParameterException' })),
  );
});
