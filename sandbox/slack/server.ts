import type { IncomingMessage, RequestListener, ServerResponse } from 'node:http';
import type { SandboxClock } from '../clock.ts';
import { answer, bodyOf } from '../http/server.ts';
import { type Json, problemsOf } from './blocks.ts';
import { FORM_ONLY, METHODS, Refused } from './methods.ts';
import type { Workspace } from './workspace.ts';

/** How Slack is. `cut`: connections are cut; `failing`: 500; `slow`: does what it is asked and answers ten seconds later. */
export type Condition = 'up' | 'cut' | 'failing' | 'slow';

/** What is wrong with Slack at the moment; the server reads it at every request. */
export interface Weather {
  condition: Condition;
  /** So many of the next requests are answered with 429. */
  rateLimited: number;
  retryAfterSeconds: number;
}

const SLOW_MS = 10_000;
/** https://docs.slack.dev/interactivity/handling-user-interaction/#message_responses */
const MOST_RESPONSES = 5;
const RESPONSES_LIVE_MS = 30 * 60_000;

interface Options {
  readonly clock: SandboxClock;
  readonly workspace: Workspace;
  readonly weather: Weather;
  readonly botToken: string;
  /** Heard after every request that was served. */
  readonly onChange: () => void;
  /** Answers what Slack itself has no path for; see by-hand.ts. */
  readonly byHand: (url: URL) => unknown;
}

/** Slack over HTTP: https://docs.slack.dev/apis/web-api/ and the addresses of `response_url`. */
export function slackServer(options: Options): RequestListener {
  const { clock, weather } = options;
  return (request, response) => {
    const url = new URL(request.url ?? '/', 'http://slack');
    if (url.pathname.startsWith('/sandbox/')) return showByHand(response, options.byHand, url);
    if (weather.condition === 'cut') {
      request.socket.destroy();
      return;
    }
    void clock.working(() => serve(options, request, response, url));
  };
}

async function serve(options: Options, request: IncomingMessage, response: ServerResponse, url: URL): Promise<void> {
  const { clock, weather } = options;
  const body = await bodyOf(request).catch(() => undefined);
  if (body === undefined) return;
  if (weather.condition === 'failing') return answer(response, 500, {}, 'Internal Server Error');
  if (weather.rateLimited > 0) {
    weather.rateLimited -= 1;
    const headers = { 'retry-after': String(weather.retryAfterSeconds) };
    return json(response, { ok: false, error: 'ratelimited' }, { status: 429, headers });
  }
  const reply = url.pathname.startsWith('/api/')
    ? callMethod(options, request, url, body.toString())
    : takeResponse(options, url, body.toString());
  options.onChange();
  if (weather.condition === 'slow') await clock.sleep(SLOW_MS);
  json(response, reply.body, { status: reply.status });
}

interface Reply {
  readonly status: number;
  readonly body: Json | string;
}

function callMethod({ workspace, botToken }: Options, request: IncomingMessage, url: URL, body: string): Reply {
  const name = url.pathname.slice('/api/'.length);
  try {
    const method = METHODS[name];
    if (!method) throw new Refused('unknown_method');
    const parameters = parametersOf(name, request, url, body);
    const token = request.headers.authorization?.replace(/^Bearer /, '') ?? parameters.token;
    if (!token) throw new Refused('not_authed');
    if (token !== botToken) throw new Refused('invalid_auth');
    return { status: 200, body: { ok: true, ...method(workspace, parameters) } };
  } catch (error) {
    if (!(error instanceof Refused)) throw error;
    const { code, details } = error;
    const messages = details.map((detail) => `[ERROR] ${detail}`);
    const more = details.length > 0 ? { errors: details, response_metadata: { messages } } : {};
    return { status: 200, body: { ok: false, error: code, ...more } };
  }
}

function parametersOf(method: string, request: IncomingMessage, url: URL, body: string): Json {
  const type = request.headers['content-type'] ?? '';
  if (!type.startsWith('application/json')) {
    return Object.fromEntries([...url.searchParams, ...new URLSearchParams(body)]);
  }
  if (FORM_ONLY.includes(method)) return {};
  const value = objectIn(body);
  if (!value) throw new Refused('invalid_json');
  return value;
}

function objectIn(text: string): Json | undefined {
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as Json) : undefined;
  } catch {
    return undefined;
  }
}

function takeResponse({ workspace }: Options, url: URL, text: string): Reply {
  const known = workspace.responseUrls.get(url.pathname);
  if (!known) return { status: 404, body: { ok: false, error: 'not_found' } };
  const isOver = workspace.now.getTime() - known.at > RESPONSES_LIVE_MS;
  if (isOver || known.uses >= MOST_RESPONSES) {
    return { status: 404, body: { ok: false, error: isOver ? 'expired_url' : 'used_url' } };
  }
  const body = objectIn(text);
  if (!body) return { status: 500, body: 'invalid_payload' };
  if (body.blocks !== undefined && problemsOf(body.blocks, 'message').length > 0) {
    return { status: 400, body: 'invalid_blocks' };
  }
  if (body.text === undefined && body.blocks === undefined && !body.delete_original) {
    return { status: 500, body: 'no_text' };
  }
  known.uses += 1;
  workspace.responses.push({ url: url.href, body, user: known.user, at: workspace.now });
  return { status: 200, body: 'ok' };
}

function showByHand(response: ServerResponse, byHand: Options['byHand'], url: URL): void {
  try {
    const result = byHand(url);
    if (result === undefined) json(response, 'nothing of that kind', { status: 404 });
    else json(response, typeof result === 'string' ? result : JSON.stringify(result, null, 2), {});
  } catch (error) {
    json(response, error instanceof Error ? error.message : String(error), { status: 400 });
  }
}

function json(
  response: ServerResponse,
  body: Json | string,
  { status = 200, headers = {} }: { status?: number; headers?: Record<string, string> },
): void {
  const isText = typeof body === 'string';
  const type = isText ? 'text/plain; charset=utf-8' : 'application/json; charset=utf-8';
  answer(response, status, { 'content-type': type, ...headers }, isText ? body : JSON.stringify(body));
}
