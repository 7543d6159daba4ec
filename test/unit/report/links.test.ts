import { describe, expect, it } from 'vitest';
import { pieces } from '../../../lib/report/links.ts';

const hrefs = (text: string) => pieces(text).flatMap(({ href }) => href ?? []);

describe('pieces', () => {
  it.each([
    ['how: https://docs.aws.amazon.com/a_b.html', ['https://docs.aws.amazon.com/a_b.html']],
    ['(https://example.org/a). Then https://example.org/b#c:', ['https://example.org/a', 'https://example.org/b#c:']],
    ['http://example.org javascript:alert(1) //example.org ftp://example.org', []],
    ['https://user:word@example.org https://docs.aws.amazon.com@example.org', []],
    ['https:// https://[', []],
    ['https://example.org/"onclick="x', ['https://example.org/']],
    ['https://example.org/<script>', ['https://example.org/']],
    ['https://example.org/\u202emoc', ['https://example.org/']],
  ])('finds the https addresses in %j', (text, expected) => expect(hrefs(text)).toEqual(expected));

  it('loses nothing of the text', () => {
    const text = 'first https://example.org/a, then (https://example.org/b).';
    expect(
      pieces(text)
        .map((piece) => piece.text)
        .join(''),
    ).toBe(text);
  });
});
