/** What a text may contain that nobody else should read, and what is shown in its place. */
const RULES: readonly [RegExp, (match: string) => string][] = [
  [/\b(authorization|x-api-key|api[-_ ]?key)(["']?\s*[:=]\s*["']?)(?:(?:basic|bearer)\s+)?[^\s"',;]+/gi, keepKey],
  [
    /\b(password|passwd|pwd|secret|token|auth_token|access_token|refresh_token)(["']?\s*[:=]\s*["']?)[^\s"',;&]+/gi,
    keepKey,
  ],
  [/\b(?:bearer|basic)\s+[A-Za-z0-9._~+/=-]{8,}/gi, () => '[credential]'],
  [/\beyJ[A-Za-z0-9_-]{5,}\.[A-Za-z0-9_-]+\.[A-Za-z0-9_-]*/g, () => '[token]'],
  [
    /\b([a-z][a-z0-9+.-]*:\/\/)[^\s/@:]+:[^\s/@]+@/gi,
    (match) => `${match.slice(0, match.indexOf('://') + 3)}[credential]@`,
  ],
  [/\b(?:AKIA|ASIA)[A-Z0-9]{16}\b/g, () => '[access key]'],
  [/\b(?:AC|SK|VA)[0-9a-f]{32}\b/gi, (match) => `${match.slice(0, 2)}…`],
  // Providers number their errors with five digits; codes for people have four or six to eight.
  [
    /\b(?:code|otp|pin|passcode)\b[^\n]{0,80}/gi,
    (match) => match.replace(/(?<![\d.:-])(?:\d{4}|\d{6,8})(?![\d.:-])/g, '[code]'),
  ],
  [/(?<![\w.-])\+?\d[\d ().-]{5,17}\d(?![\w-]|\.\d)/g, lastFourDigits],
  [/\b[A-Za-z0-9+_]{32,}={0,2}/g, (match) => (/\d/.test(match) && /[A-Za-z]/.test(match) ? '[long value]' : match)],
];

/** ARNs are names, not secrets, though they hold long digits. One capturing group: `split` keeps them at odd places. */
const ARN = /(\barn:aws[\w-]*:[\w-]+:[\w-]*:\d*:[\w./:-]+)/;

function keepKey(match: string): string {
  const separator = match.search(/["']?\s*[:=]/);
  return `${match.slice(0, separator)}: [redacted]`;
}

/** Timestamps and addresses also are rows of digits: only what counts like a phone number is cut. */
function lastFourDigits(match: string): string {
  const digits = match.replace(/\D/g, '');
  const international = match.startsWith('+');
  if (digits.length < (international ? 7 : 10) || digits.length > 15) return match;
  if (/^\d{4}-\d{2}-\d{2}/.test(match) || /^\d{1,3}(\.\d{1,3}){3}$/.test(match)) return match;
  return `…${digits.slice(-4)}`;
}

/**
 * Takes secrets, credentials, one-time codes and phone numbers out of a text, for evidence that is quoted anywhere.
 * Phone numbers keep their last four digits. It errs on the side of taking too much.
 */
export function redact(text: string): string {
  return text
    .split(ARN)
    .map((part, index) =>
      index % 2 === 1 ? part : RULES.reduce((rest, [find, show]) => rest.replace(find, show), part),
    )
    .join('');
}
