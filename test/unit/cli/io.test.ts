import { styleText } from 'node:util';
import { expect, it } from 'vitest';
import { harmless } from '../../../cli/io.ts';

it('keeps its own styles, lines and columns', () => {
  const styles = ['bold', 'dim', 'red', 'green', 'yellow', 'cyan', 'gray'] as const;
  const text = styles.map((style) => styleText(style, 'plan\n\tstep', { validateStream: false })).join('');
  expect(text).toContain('\u001b[');
  expect(harmless(text)).toBe(text);
});

it.each([
  ['clears the screen', '\u001b[2J\u001b[H'],
  ['conceals what follows', '\u001b[8m'],
  ['goes back to the beginning of the line', '\r'],
  ['sets the title', '\u001b]0;x\u0007'],
  ['is one character of C1', '\u009b2J'],
  ['turns the direction', '\u202e'],
])('lets nothing through that %s', (_, sequence) => {
  expect(harmless(`a${sequence}b`)).not.toMatch(/(?![\n\t])[\p{Cc}\p{Bidi_Control}]/u);
});
