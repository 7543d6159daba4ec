/*
 * Takes out of a text what nobody else should read: it errs on the side of taking too much. The table in
 * test/unit/domain/redact.test.ts is the list of what is known to stand in logs.
 *
 * Whoever writes into a log decides what is read here: no rule may take longer than in proportion to the text. So what
 * repeats begins where it cannot have begun before (a lookbehind), or ends in what always matches, or is bounded.
 */

/**
 * ARNs, ids of resources, digests and registries are names, not secrets, though they hold long digits. One capturing
 * group: `split` keeps them at odd places.
 */
const NAME =
  /(\barn:aws[\w-]*:[\w-]+:[\w-]*:\d*:[\w./:-]+|\b(?:acl|eipalloc|eni|i|igw|nat|pl|rtb|sgr?|subnet|vpce?)-[0-9a-f]{8,17}\b|\bsha256:[0-9a-f]{64}\b|\b\d{12}\.dkr\.ecr\.[\w.-]+)/;

/** Fields whose value is a secret, however they are joined to other words: `DB_PASSWORD`, `clientSecret`, `x-api-key`. */
const SECRET_NAME =
  '(?<![\\w-])(?=[\\w-]*(?:pass(?:word|wd|phrase|code)?|pwd|secret|token|api_?-?key|access_?-?key|auth_?-?key|credentials?|cookie|signature|authorization))[\\w-]+';

/** A quote, perhaps escaped as in JSON within JSON. */
const QUOTE = '\\\\*["\']';

const RULES: readonly (readonly [RegExp, string | ((match: string, ...groups: string[]) => string)])[] = [
  [/[^\s"'<>]+/g, withoutCredential],
  [/\b(set-cookie|cookie)(\s*[:=]\s*)[^\n]+/gi, '$1$2[redacted]'],
  [/\b(bearer|basic)\s+[A-Za-z0-9._~+/=-]{6,}/gi, '$1 [credential]'],
  [new RegExp(`(${SECRET_NAME})(${QUOTE})?(\\s*[:=]\\s*)(\\\\*")[^"\\n]*`, 'gi'), '$1$2$3$4[redacted]'],
  [new RegExp(`(${SECRET_NAME})(${QUOTE})?(\\s*[:=]\\s*)(\\\\*')[^'\\n]*`, 'gi'), '$1$2$3$4[redacted]'],
  [new RegExp(`(${SECRET_NAME})(${QUOTE})?(\\s*[:=]\\s*)(?!\\[|\\\\*["'])[^\\s"',;&}]+`, 'gi'), '$1$2$3[redacted]'],
  [/([?&](?:key|sig|sign|code|auth|pw)=)[^\s&"']+/gi, '$1[redacted]'],
  [/(?<![A-Za-z0-9])eyJ[\w-]{5,}(?:\.[\w-]*)*/g, '[token]'],
  [
    /\b(?:SG\.[\w-]{10,}\.[\w-]{10,}|xox[abeprs]-[\w-]{8,}|[srp]k_(?:live|test)_\w{8,}|gh[opsu]_\w{20,}|AIza[\w-]{20,})/g,
    '[token]',
  ],
  [/\b(?:AKIA|ASIA)[A-Z0-9]{16}\b/g, '[access key]'],
  [/\b(AC|SK|VA)[0-9a-f]{32}\b/gi, '$1…'],
  // Providers number their errors with five digits; codes for people have four or six to eight.
  [/^.*(?:code|otp|verif|passcode|\bpin\b|\bsms\b).*$/gim, withoutCodes],
  [/(?:%2B|\+)?(?<![\w.-])\d[\d ().-]{5,17}\d(?![\w-]|\.\d)|(?:%2B|\+)\d{7,15}|(?<=_)\d{10,15}\b/gi, lastFourDigits],
  // 40 characters with slashes is the shape of an AWS secret key: a path would have other signs.
  [
    /(?<![\w/.-])(?=[A-Za-z0-9+/]{40}(?![\w/]))(?=\S{0,39}\d)(?=\S{0,39}[a-z])(?=\S{0,39}[A-Z])[A-Za-z0-9+/]{40}/g,
    '[long value]',
  ],
  [/\b[A-Za-z0-9+_]{32,}={0,2}/g, (match) => (/\d/.test(match) && /[A-Za-z]/.test(match) ? '[long value]' : match)],
];

/** Everything between the scheme and the last @ before the path ends: passwords hold slashes and more @. */
function withoutCredential(word: string): string {
  const scheme = word.indexOf('://');
  const at = word.lastIndexOf('@');
  const isUrl = at > scheme && /[a-z0-9+.-]/i.test(word.charAt(scheme - 1));
  return isUrl ? `${word.slice(0, scheme + 3)}[credential]${word.slice(at)}` : word;
}

/** Dates, times, addresses, versions and ports keep their digits. */
function withoutCodes(line: string): string {
  return line.replace(/(?<![\d./-]|\d:)(?<!\d{4}-)(?:\d{4}|\d{6,8})(?![\d:/-]|\.\d)/g, '[code]');
}

/** Timestamps and addresses also are rows of digits: only what counts like a phone number is cut. */
function lastFourDigits(match: string): string {
  const digits = match.replace(/%2B/i, '').replace(/\D/g, '');
  const international = /^(?:%2B|\+)/i.test(match);
  if (digits.length < (international ? 7 : 10) || digits.length > 15) return match;
  if (/^\d{4}-\d{2}-\d{2}/.test(match) || /^\d{1,3}(\.\d{1,3}){3}$/.test(match)) return match;
  return `…${digits.slice(-4)}`;
}

/**
 * Takes secrets, credentials, one-time codes and phone numbers out of a text, for evidence that is quoted anywhere.
 * Phone numbers keep their last four digits.
 */
export function redact(text: string): string {
  return text
    .split(NAME)
    .map((part, index) => (index % 2 === 1 ? part : RULES.reduce((rest, rule) => apply(rest, rule), part)))
    .join('');
}

/** The part of a longer text that is read before it is cut: redaction may leave less of it. */
const READ = 4;

/** The beginning of a text of any length, redacted, for a line that is quoted. */
export function redactStart(text: string, length: number): string {
  if (text.length <= READ * length) return redact(text).trim().slice(0, length);
  // What the cut goes through may be the head of a secret: a word up to its end, a number with all its groups.
  const whole = text
    .slice(0, READ * length)
    .replace(/(?<![^\s"'<>])[^\s"'<>]+$/, '')
    .replace(/(?<![\d\s().+-])[\d\s().+-]+$/, '');
  return `${redact(whole).trim()} …`.slice(0, length).trim();
}

const apply = (text: string, [find, show]: (typeof RULES)[number]): string =>
  typeof show === 'string' ? text.replace(find, show) : text.replace(find, show);
