import { redact, redactStart } from '../domain/redact.ts';
import { line } from '../domain/text.ts';

/*
 * Text as Slack takes it. What comes from outside is redacted, then escaped, then cut: in another order a secret would
 * be cut in two and no longer be known, or an entity would.
 */

/** https://docs.slack.dev/messaging/formatting-message-text#escaping */
export const escaped = (text: string): string =>
  text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;');

/** At most so long, with a sign where it was cut: never within an entity, a mention or a surrogate pair. */
export function cut(text: string, max: number): string {
  if (text.length <= max) return text;
  const kept = text.slice(0, max - 1);
  return `${kept.replace(/(?:&[a-z]{0,4}|<[^>]*|[\ud800-\udbff])$/, '')}…`;
}

/** From outside, so that it may be kept and shown: redacted, on one line, cut. */
export const told = (text: string, max: number): string => cut(redactStart(line(text), 2 * max), max);

/** For `mrkdwn`: what was redacted before. */
export const safe = (text: string, max: number): string => cut(escaped(text), max) || '–';

/** For `plain_text`, which knows neither entities nor mentions: what was redacted before. */
export const plain = (text: string, max: number): string =>
  cut(text.replaceAll('<', '‹').replaceAll('>', '›'), max) || '–';

const USER = /^[UW][A-Z0-9]{2,20}$/;

/** A mention, where the name is the id of a user of Slack. */
export const person = (name: string): string => (USER.test(name) ? `<@${name}>` : safe(name, 130));

/** In the time zone of whoever reads. https://docs.slack.dev/messaging/formatting-message-text#date-formatting */
export function moment(at: string): string {
  const seconds = Math.floor(Date.parse(at) / 1000);
  if (!Number.isFinite(seconds)) return safe(at, 40);
  return `<!date^${seconds}^{date_short_pretty} {time}|${new Date(seconds * 1000).toISOString()}>`;
}

/** Ids of users in a sentence of ours, escaped, become names. */
export const withUsers = (sentence: string): string =>
  sentence.replace(/\b[UW](?=[A-Z0-9]*\d)[A-Z0-9]{6,20}\b/g, '<@$&>');

/** And ids of groups: only where nobody but the reader sees it, because a group is called by its name. */
export const withNames = (sentence: string): string =>
  withUsers(escaped(redact(sentence))).replace(/\bS(?=[A-Z0-9]*\d)[A-Z0-9]{6,20}\b/g, '<!subteam^$&>');

export const link = (url: string, text: string): string =>
  `<${escaped(url).replaceAll('|', '%7C').replaceAll(' ', '%20')}|${text}>`;

/** A hash is no secret, though it looks like one. */
export const digits = (hash: string) => hash.replace(/[^0-9a-f]/gi, '').slice(0, 64);
