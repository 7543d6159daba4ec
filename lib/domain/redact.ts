import { withoutCodes } from './codes.ts';
import { withoutPhones } from './phones.ts';

/*
 * Takes out of a text what nobody else should read: it errs on the side of taking too much. The table in
 * test/unit/domain/redact.test.ts is the list of what is known to stand in logs.
 *
 * Whoever writes into a log decides what is read here: no rule may take longer than in proportion to the text. So what
 * repeats begins where it cannot have begun before (a lookbehind), or ends in what always matches, or is bounded.
 */

/**
 * ARNs, ids of resources and operations, digests, images and commands of our own are names, not secrets, though they hold
 * long digits. What a command or a step sets a variable to was checked where it came in.
 * One capturing group: `split` keeps them at odd places.
 */
const NAME =
  /(\barn:aws[\w-]*:[\w-]+:[\w-]*:\d*:[\w./:-]+|\b(?:acl|eigw|eipalloc|eipassoc|eni|i|igw|lgw|nat|pcx|pl|rtb|sgr?|subnet|tgw(?:-attach)?|vgw|vpce?)-[0-9a-f]{8,17}\b|\baws stepfunctions start-execution --region \S+ --state-machine-arn \S+ --input '[^'\n]*'|(?<=\bset the variable [A-Za-z_]\w{0,254} to )"[^"\n]*"|(?<=\b[Oo]peration )[0-9a-f]{32}\b|(?<=@)[0-9a-f]{40}\b|(?<=\bplan )[0-9a-f]{64}\b|(?<=\breconnect (?:undo|watch|approve|decline|confirm) )[\w-]{1,80}|(?<=\/aws\/apprunner\/[\w-]{4,40}\/)[0-9a-f]{32}\b|\bsha256:[0-9a-f]{64}\b|\b\d{12}\.dkr\.ecr\.[\w.-]+(?:\/[\w./-]+(?::[\w.-]+)?)?)/;

/** Fields whose value is a secret, however they are joined to other words: `DB_PASSWORD`, `clientSecret`, `x-api-key`. */
const SECRET_NAME =
  '(?<![\\w-])(?=[\\w-]*(?:pass(?:word|wd|phrase|code)?|pwd|secret(?!smanager)|token|api_?-?key|access_?-?key|auth_?-?key|credentials?|cookie|signature|authorization))[\\w-]+';

/** The same where the value only follows, as people write it: fewer names, as many of them also stand in sentences. */
const SPOKEN_NAME =
  '(?<![\\w-])(?:[\\w-]*(?:passw(?:or)?d|passphrase|pwd|token|[_-]secret|(?:api|access|auth)[ _-]?key)|secret(?=\\s+(?:is|was)\\b))(?![\\w-])';

/** A value after such a name: with letters and with a digit or a sign in it, else it is a word of the sentence. */
const SPOKEN_VALUE = `(?!HTTP/|\\d+m?s\\b)(?=[^\\s"',;&}]{0,80}[A-Za-z])(?=[^\\s"',;&}]{0,80}(?:\\d|[!@#$%^*]\\w))[^\\s"',;&}]{4,}`;

/** A quote, perhaps escaped as in JSON within JSON. */
const QUOTE = '\\\\*["\']';

/** How a message about a field goes on, ours for one: `environment.secrets: must be …`. */
const SAID =
  '(?:(?:is|must|has|have|may|names?|holds|looks|carries|needed|unknown|unrecognized|invalid|missing|required|expired|too)(?![^\\s,;]))';

const RULES: readonly (readonly [RegExp, string | ((match: string, ...groups: string[]) => string)])[] = [
  [/-----BEGIN [A-Z ]{0,30}PRIVATE KEY-----[\s\S]*?(?:-----END [A-Z ]{0,30}-----|$)/g, '[private key]'],
  [/[^\s"'<>]+/g, withoutCredential],
  [/\b(set-cookie|cookie)(\s*[:=]\s*)[^\n]+/gi, '$1$2[redacted]'],
  [/\b(bearer|basic)\s+[A-Za-z0-9._~+/=-]{6,}/gi, '$1 [credential]'],
  [new RegExp(`(${SECRET_NAME})(${QUOTE})?(\\s*[:=]\\s*)(\\\\*")[^"\\n]+`, 'gi'), '$1$2$3$4[redacted]'],
  [new RegExp(`(${SECRET_NAME})(${QUOTE})?(\\s*[:=]\\s*)(\\\\*')[^'\\n]+`, 'gi'), '$1$2$3$4[redacted]'],
  [
    new RegExp(`(${SECRET_NAME})(${QUOTE})?(\\s*[:=]\\s*)(?!\\[|\\{|\\\\*["']|(?<=: )${SAID})[^\\s"',;&}]+`, 'gi'),
    '$1$2$3[redacted]',
  ],
  [
    new RegExp(
      `(${SPOKEN_NAME})((?:\\s+|: (?=(?:is|was)\\b))(?:(?:is|was)\\b\\s{0,4}:?\\s{0,4})?${QUOTE}?)${SPOKEN_VALUE}`,
      'gi',
    ),
    '$1$2[redacted]',
  ],
  [/([?&](?:key|sig|sign|code|auth|pw)=)[^\s&"']+/gi, '$1[redacted]'],
  [/\b(hooks\.slack(?:-gov)?\.com\/\w{1,20}\/)[^\s"'<>)]+/gi, '$1[webhook]'],
  // The client of Python writes host and path apart.
  [/(\/(?:services|workflows|triggers)\/)[TE][A-Z0-9]{5,}\/[^\s"'<>)]+/g, '$1[webhook]'],
  [/(\/(?:api\/webhooks|webhookb2)\/)(?=[\da-f-]{15})[^\s"'<>)]+/g, '$1[webhook]'],
  [/(?<![A-Za-z0-9])eyJ[\w-]{5,}(?:\.[\w-]*)*/g, '[token]'],
  [
    /(?<![A-Za-z0-9])(?:SG\.[\w.-]{20,}|xox[abeprs]-[\w-]{8,}|xapp-[\w-]{8,}|x(?:keysib|smtpsib)-[\w-]{4,}|glpat-[\w-]{8,}|[srp]k_(?:live|test)_\w{8,}|whsec_\w{8,}|gh[opsru]_\w{20,}|github_pat_\w{20,}|npm_\w{20,}|dop_v1_\w{8,}|AIza[\w-]{20,})/g,
    '[token]',
  ],
  [/(?<![\w-])sk-(?=[\w-]*\d)[\w-]{8,}/g, '[token]'],
  [/\b(?:AKIA|ASIA)[A-Z0-9]{16}\b/g, '[access key]'],
  [/\b(AC|SK|VA)[0-9a-f]{32}\b/gi, '$1…'],
];

const LONG_VALUES: typeof RULES = [
  // 40 characters with slashes is the shape of an AWS secret key: a path would have other signs.
  [
    /(?<![\w/.-])(?=[A-Za-z0-9+/]{40}(?![\w/]))(?=\S{0,39}\d)(?=\S{0,39}[a-z])(?=\S{0,39}[A-Z])[A-Za-z0-9+/]{40}/g,
    '[long value]',
  ],
  [/\b[A-Za-z0-9+_]{32,}={0,2}/g, (match) => (/\d/.test(match) && /[A-Za-z]/.test(match) ? '[long value]' : match)],
];

/** A line that is about codes, or about a message to a phone. */
const ABOUT_CODES = /code|otp|verif|\bpin\b|\bsms\b|(?:%2B|\+)[1-9](?:[ ().-]{0,2}\d){6}/i;

/** Everything between the scheme and the last @ before the path ends: passwords hold slashes and more @. */
function withoutCredential(word: string): string {
  const scheme = word.indexOf('://');
  const at = word.lastIndexOf('@');
  const isUrl = at > scheme && /[a-z0-9+.-]/i.test(word.charAt(scheme - 1));
  return isUrl ? `${word.slice(0, scheme + 3)}[credential]${word.slice(at)}` : word;
}

/**
 * Takes secrets, credentials, one-time codes and phone numbers out of a text, for evidence that is quoted anywhere.
 * Phone numbers keep their last four digits. `runs`: names of runs, which may look like any of these; they are kept
 * where the text says that it speaks of a run, and nowhere else.
 */
export function redact(text: string, runs: readonly string[] = []): string {
  const names = runs.length === 0 ? NAME : new RegExp(`(${ofRuns(runs)}|${NAME.source.slice(1)}`);
  const outsideNames = (part: string, change: (rest: string) => string): string =>
    part
      .split(names)
      .map((rest, index) => (index % 2 === 1 ? rest : change(rest)))
      .join('');
  const named = outsideNames(text, (part) => RULES.reduce(apply, part));
  const numbered = named.replace(/[^\n]+/g, (line) => {
    const cut = ABOUT_CODES.test(line) ? (part: string) => withoutCodes(withoutPhones(part)) : withoutPhones;
    return outsideNames(line, cut);
  });
  return outsideNames(numbered, (part) => LONG_VALUES.reduce(apply, part));
}

/** A name of a run holds nothing that means something in a pattern. */
const ofRuns = (runs: readonly string[]): string =>
  `(?<=\\brun (?:called )?)(?:${runs.filter((run) => RUN_NAME.test(run)).join('|') || '(?!)'})(?![\\w-])`;

const RUN_NAME = /^[0-9A-Za-z_-]{1,80}$/;

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
