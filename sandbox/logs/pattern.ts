import { AwsError } from '../http/errors.ts';

interface Term {
  readonly kind: 'required' | 'optional' | 'excluded';
  readonly text: string;
}

const TERM = /([?-]?)(?:"((?:[^"\\]|\\.)*)"|([^\s"]+))(?=\s|$)\s*/y;

/**
 * Terms, `"phrases"`, `?optional`, `-excluded`; upper and lower case differ. Optional terms are ignored next to others.
 * https://docs.aws.amazon.com/AmazonCloudWatch/latest/logs/FilterAndPatternSyntax.html
 * JSON, space-delimited and regular-expression patterns are refused: nobody here needs them yet.
 */
export function matcherOf(pattern: string | undefined): (message: string) => boolean {
  const terms = termsOf(pattern?.trim() ?? '');
  const of = (kind: Term['kind']) => terms.filter((term) => term.kind === kind).map(({ text }) => text);
  const [required, optional, excluded] = [of('required'), of('optional'), of('excluded')];
  const onlyOptional = optional.length > 0 && required.length + excluded.length === 0;
  return (message) =>
    required.every((text) => message.includes(text)) &&
    !excluded.some((text) => message.includes(text)) &&
    (!onlyOptional || optional.some((text) => message.includes(text)));
}

function termsOf(pattern: string): Term[] {
  if (/^[{[%]/.test(pattern)) throw invalid('the sandbox reads terms and phrases only');
  const terms: Term[] = [];
  TERM.lastIndex = 0;
  while (TERM.lastIndex < pattern.length) {
    const [found, sign, phrase, word] = TERM.exec(pattern) ?? [];
    if (!found) throw invalid('quotation marks do not match');
    if (word !== undefined && !/^\w+$/.test(word)) {
      throw invalid(`terms with other than letters, digits and _ must be in double quotation marks: ${word}`);
    }
    const kind = sign === '?' ? 'optional' : sign === '-' ? 'excluded' : 'required';
    terms.push({ kind, text: word ?? (phrase ?? '').replace(/\\(.)/g, '$1') });
  }
  return terms;
}

const invalid = (why: string) => new AwsError('InvalidParameterException', `Invalid filter pattern: ${why}`);
