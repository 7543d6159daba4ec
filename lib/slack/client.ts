import { clock } from '../clock.ts';
import { RetryLater } from '../domain/errors.ts';

/** Slack wants fewer calls: this one may come again after so many seconds. */
export class RateLimited extends RetryLater {
  readonly retryAfterSeconds: number;
  constructor(message: string, retryAfterSeconds: number) {
    super(message);
    this.retryAfterSeconds = retryAfterSeconds;
  }
}

/** Slack says no, and would say so again: `code` is its word for why, for example `not_in_channel`. */
export class SlackRefused extends Error {
  readonly code: string;
  /** It is about this one place or text; Slack would take another. */
  readonly isOfThisOnly: boolean;
  constructor(what: string, code: string) {
    super(`${what}: Slack says ${code}`);
    this.name = 'SlackRefused';
    this.code = code;
    this.isOfThisOnly = !OF_EVERY_CALL.test(code);
  }
}

/** What is wrong with the token or the app, and so with every call. https://docs.slack.dev/reference/methods/chat.postMessage#errors */
const OF_EVERY_CALL =
  /^(?:invalid_auth|not_authed|account_inactive|token_expired|token_revoked|missing_scope|not_allowed_token_type|no_permission|org_login_required|ekm_access_denied|accesslimited|http_\d+)$/;

export interface Slack {
  /** Calls a method of the Web API. Throws `RateLimited`, `RetryLater` or `SlackRefused`. */
  call(method: string, parameters: Readonly<Record<string, unknown>>): Promise<Record<string, unknown>>;
}

const PATIENCE_MS = 3000;

/** https://slack.com, or what stands in for it. */
const base = (): string => process.env.SLACK_ENDPOINT_URL || 'https://slack.com';

/** Methods that only read take no JSON. https://docs.slack.dev/apis/web-api/#methods_supporting_json */
const readsOnly = (method: string): boolean => method.endsWith('.list');

/**
 * Slack's Web API: https://docs.slack.dev/apis/web-api/. Every call is cut short after `patienceMs`: whoever waits has
 * something better to do.
 */
export function slackClient(token: string, patienceMs = PATIENCE_MS): Slack {
  return {
    call: async (method, parameters) => {
      const form = readsOnly(method);
      const response = await post(method, `${base()}/api/${method}`, patienceMs, {
        authorization: `Bearer ${token}`,
        'content-type': form ? 'application/x-www-form-urlencoded' : 'application/json; charset=utf-8',
        body: form ? asForm(parameters) : JSON.stringify(parameters),
      });
      return answerOf(method, response);
    },
  };
}

const asForm = (parameters: Readonly<Record<string, unknown>>): string =>
  new URLSearchParams(
    Object.entries(parameters).map(([name, value]): [string, string] => [name, String(value)]),
  ).toString();

/**
 * Answers whoever sent a command or clicked, so that only they see it; five times within 30 minutes.
 * https://docs.slack.dev/interactivity/handling-user-interaction/#message_responses
 */
export async function respond(responseUrl: string, text: string): Promise<void> {
  if (!isOfSlack(responseUrl)) throw new SlackRefused('response_url', 'not_of_slack');
  await post('response_url', responseUrl, PATIENCE_MS, {
    'content-type': 'application/json; charset=utf-8',
    body: JSON.stringify({ response_type: 'ephemeral', replace_original: false, text }),
  });
}

const HOOKS = ['https://hooks.slack.com', 'https://hooks.slack-gov.com'];

function isOfSlack(url: string): boolean {
  const origin = URL.parse(url)?.origin;
  const standIn = process.env.SLACK_ENDPOINT_URL;
  return origin !== undefined && (standIn ? origin === URL.parse(standIn)?.origin : HOOKS.includes(origin));
}

interface Answer {
  readonly status: number;
  readonly text: string;
}

async function post(
  what: string,
  url: string,
  patienceMs: number,
  { body, ...headers }: Readonly<Record<string, string>>,
): Promise<Answer> {
  const deadline = clock.deadline(patienceMs);
  try {
    // `redirect`: a token is sent to nobody else.
    const response = await fetch(url, { method: 'POST', headers, body, redirect: 'error', signal: deadline.signal });
    const text = await response.text();
    if (response.status === 429) throw rateLimited(what, Number(response.headers.get('retry-after')));
    if (response.status >= 500) throw new RetryLater(`${what}: Slack answered ${response.status}`);
    if (!response.ok) throw new SlackRefused(what, `http_${response.status}`);
    return { status: response.status, text };
  } catch (error) {
    if (error instanceof RetryLater || error instanceof SlackRefused) throw error;
    const why = deadline.signal.aborted ? `no answer within ${patienceMs} ms` : 'cannot be reached';
    throw new RetryLater(`${what}: Slack ${deadline.signal.aborted ? 'gave ' : ''}${why}`, { cause: error });
  } finally {
    deadline.clear();
  }
}

/** Busy without a word about for how long. */
const DEFAULT_PAUSE_SECONDS = 30;

const rateLimited = (what: string, seconds: number): RateLimited => {
  const pause = Number.isFinite(seconds) && seconds > 0 ? seconds : DEFAULT_PAUSE_SECONDS;
  return new RateLimited(`${what}: Slack wants a pause of ${pause} s`, pause);
};

/** Slack's own failures, which pass. https://docs.slack.dev/apis/web-api/#evaluating_responses */
const PASSING = ['internal_error', 'fatal_error', 'service_unavailable', 'request_timeout', 'team_added_to_org'];

function answerOf(method: string, { text }: Answer): Record<string, unknown> {
  const answer = readObject(text);
  if (!answer) throw new RetryLater(`${method}: Slack answered something that is no JSON`);
  if (answer.ok === true) return answer;
  const code = String(answer.error ?? 'unknown_error');
  if (code === 'ratelimited' || code === 'rate_limited') throw rateLimited(method, Number.NaN);
  if (PASSING.includes(code)) throw new RetryLater(`${method}: Slack says ${code}`);
  throw new SlackRefused(method, code);
}

function readObject(text: string): Record<string, unknown> | undefined {
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === 'object' && value !== null ? (value as Record<string, unknown>) : undefined;
  } catch {
    return undefined;
  }
}
