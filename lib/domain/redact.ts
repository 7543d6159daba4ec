/*
 * Takes out of a text what nobody else should read: it errs on the side of taking too much. The table in
 * test/unit/domain/redact.test.ts is the list of what is known to stand in logs.
 */

/**
 * ARNs, ids of resources, digests and registries are names, not secrets, though they hold long digits. One capturing
 * group: `split` keeps them at odd places.
 */
const NAME =
  /(\barn:aws[\w-]*:[\w-]+:[\w-]*:\d*:[\w./:-]+|\b(?:acl|eipalloc|eni|i|igw|nat|pl|rtb|sgr?|subnet|vpce?)-[0-9a-f]{8,17}\b|\bsha256:[0-9a-f]{64}\b|\b\d{12}\.dkr\.ecr\.[\w.-]+)/;

/** Fields whose value is a secret, however they are joined to other words: `DB_PASSWORD`, `clientSecret`, `x-api-key`. */
const SECRET_NAME =
  '[\\w-]*(?:pass(?:word|wd|phrase|code)?|pwd|secret|token|api_?-?key|access_?-?key|auth_?-?key|credentials?|cookie|signature|authorization)[\\w-]*';

/** A quote, perhaps escaped as in JSON within JSON. */
const QUOTE = '\\\\*["\']';

const RULES: readonly (readonly [RegExp, string | ((match: string, ...groups: string[]) => string)])[] = [
  // Everything between the scheme and the last @ before the path ends: passwords hold slashes and more @.
  [/\b([a-z][a-z0-9+.-]*:\/\/)[^\s"'<>]*@/gi, '$1[credential]@'],
  [/\b(set-cookie|cookie)(\s*[:=]\s*)[^\n]+/gi, '$1$2[redacted]'],
  [/\b(bearer|basic)\s+[A-Za-z0-9._~+/=-]{6,}/gi, '$1 [credential]'],
  [new RegExp(`(${SECRET_NAME})(${QUOTE})?(\\s*[:=]\\s*)(\\\\*")[^"\\n]*`, 'gi'), '$1$2$3$4[redacted]'],
  [new RegExp(`(${SECRET_NAME})(${QUOTE})?(\\s*[:=]\\s*)(\\\\*')[^'\\n]*`, 'gi'), '$1$2$3$4[redacted]'],
  [new RegExp(`(${SECRET_NAME})(${QUOTE})?(\\s*[:=]\\s*)(?!\\[|\\\\*["'])[^\\s"',;&}]+`, 'gi'), '$1$2$3[redacted]'],
  [/([?&](?:key|sig|sign|code|auth|pw)=)[^\s&"']+/gi, '$1[redacted]'],
  [/\beyJ[A-Za-z0-9_-]{5,}\.[A-Za-z0-9_-]+\.[A-Za-z0-9_-]*/g, '[token]'],
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
    /(?<![\w/.-])(?=[A-Za-z0-9+/]{40}(?![\w/]))(?=[^\s]*\d)(?=[^\s]*[a-z])(?=[^\s]*[A-Z])[A-Za-z0-9+/]{40}/g,
    '[long value]',
  ],
  [/\b[A-Za-z0-9+_]{32,}={0,2}/g, (match) => (/\d/.test(match) && /[A-Za-z]/.test(match) ? '[long value]' : match)],
];

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
 * Phone numbers keep their last four digits. `runs`: names of runs, which may look like any of these; they are kept
 * where the text says that it speaks of a run, and nowhere else.
 */
export function redact(text: string, runs: readonly string[] = []): string {
  return text
    .split(runs.length === 0 ? NAME : new RegExp(`(${ofRuns(runs)}|${NAME.source.slice(1)}`))
    .map((part, index) => (index % 2 === 1 ? part : RULES.reduce((rest, rule) => apply(rest, rule), part)))
    .join('');
}

/** A name of a run holds nothing that means something in a pattern. */
const ofRuns = (runs: readonly string[]): string =>
  `(?<=\\brun (?:called )?)(?:${runs.filter((run) => RUN_NAME.test(run)).join('|') || '(?!)'})(?![\\w-])`;

const RUN_NAME = /^[0-9A-Za-z_-]{1,80}$/;

const apply = (text: string, [find, show]: (typeof RULES)[number]): string =>
  typeof show === 'string' ? text.replace(find, show) : text.replace(find, show);
