/**
 * `G-482913`, `482 913`, `123-456`, `12 34 56`, and four to eight digits in a row. Dates, times, addresses, versions and
 * ports keep theirs, as do the last four digits of a phone number.
 */
const CODE = new RegExp(
  [
    /(?<![A-Za-z0-9-])[A-Z]-\d{4,8}(?![\d-])/,
    /(?<![\d./…-]|\d:)(?:\d{3}[- ]\d{3}|\d{4}[- ]\d{4}|\d\d \d\d \d\d)(?![\w:/-]|\.\d)/,
    /(?<![\d./…]|\w-|\d[:+])\d{4,5}(?![\d:/]|-\w|\.\d)/,
    /(?<![\d./…]|\d[:-])\d{6,8}(?![\d:/]|-\d|\.\d)/,
  ]
    .map(({ source }) => source)
    .join('|'),
  'g',
);

/** What stands before the number of an error, a status or a port. */
const NUMBERED =
  /(?:error|errno|\bstatus|\bexit|\bports?|--rule-number|\b(?:tcp|udp)|\b(?:From|To)=|sqlstate)(?:[ _-]?(?:code|number|no))?\W{0,4}(?:\d{4} \()?$|\.[a-z]{2,8}:$/i;
const AFTER_STATUS = /(?:\bHTTP(?:\/[\d.]{1,3})?|\bstatus(?: ?code)?)\W{0,3}$/i;

/** Twilio numbers its errors so. https://www.twilio.com/docs/api/errors */
const OF_TWILIO = /^(?:1[0-6]|2[01]|3[0-4]|45|5[1-4]|6[0-4])\d{3}$/;
const BEFORE_TWILIO =
  /(?:(?:^|[^\w\s]|\b(?:twilio|response|result|with|got|failed|returned|http|\d{3}))\s{0,2}code|twilio)\W{0,4}$/i;

/** Cuts one-time codes out of a line that is known to speak of them. */
export const withoutCodes = (line: string): string =>
  line.replace(CODE, (match, offset: number) => {
    const before = line.slice(Math.max(0, offset - 40), offset);
    return isNoCode(match, before, line.slice(offset + match.length)) ? match : '[code]';
  });

function isNoCode(match: string, before: string, after: string): boolean {
  if (/^\d{3}[- ]/.test(match)) return AFTER_STATUS.test(before);
  if (!/^\d{4,5}$/.test(match)) return false;
  if (/^ ?(?:ms|bytes)\b/.test(after)) return true;
  const isMeantForSomebody = /\b(?:your|fallback)\b/i.test(before + after.slice(0, 40));
  if (isMeantForSomebody) return OF_TWILIO.test(match) && NUMBERED.test(before);
  return NUMBERED.test(before) || (OF_TWILIO.test(match) && BEFORE_TWILIO.test(before));
}
