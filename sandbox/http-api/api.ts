import type { IncomingMessage, RequestListener, ServerResponse } from 'node:http';
import type { APIGatewayProxyEventV2 } from 'aws-lambda';
import type { SandboxClock } from '../clock.ts';
import { bodyOf } from '../http/server.ts';
import { accessKeyOf, signatureProblem } from '../http/signature.ts';
import { type ApiAnswer, answerOf, message } from './answer.ts';
import { type Caller, type Encoding, eventOf } from './event.ts';

export interface Route {
  /** As in `GET /runs/{id}`. */
  readonly key: string;
  readonly functionName: string;
  /** `AWS_IAM`: the request must be signed by the account's own key. */
  readonly authorization?: 'AWS_IAM';
}

type Invoke = (functionName: string, event: APIGatewayProxyEventV2) => Promise<unknown>;

/** https://docs.aws.amazon.com/apigateway/latest/developerguide/http-api-quotas.html */
const INTEGRATION_TIMEOUT_MS = 30_000;
const MOST_BYTES = 10 * 1024 * 1024;

/** An HTTP API of API Gateway before the functions of the host. */
export class HttpApi {
  /** How bodies reach a function from now on. */
  encoding: Encoding = 'as-aws';
  readonly #clock: SandboxClock;
  readonly #account: { readonly id: string; readonly region: string; readonly accessKey: string };
  #routes: readonly Route[] = [];
  #invoke: Invoke = () => Promise.reject(new Error('nothing is deployed'));

  constructor(clock: SandboxClock, account: { id: string; region: string; accessKey: string }) {
    this.#clock = clock;
    this.#account = account;
  }

  deploy(routes: readonly Route[], invoke: Invoke): void {
    this.#routes = routes;
    this.#invoke = invoke;
  }

  readonly serve: RequestListener = (request, response) => {
    void this.#clock.working(async () => send(response, await this.#answer(request)));
  };

  async #answer(request: IncomingMessage): Promise<ApiAnswer> {
    const body = await bodyOf(request, MOST_BYTES).catch(() => undefined);
    if (!body) return message(413, 'Request Entity Too Large');
    const url = new URL(request.url ?? '/', 'http://api');
    const found = this.#find(request.method ?? 'GET', url.pathname);
    if (!found) return message(404, 'Not Found');
    const { route, pathParameters } = found;
    const caller = route.authorization && this.#callerOf(request);
    if (route.authorization && !caller) return message(403, 'Forbidden');
    const { id: accountId, region } = this.#account;
    const now = this.#clock.now();
    const { encoding } = this;
    const routeKey = route.key;
    return this.#integrate(
      route,
      eventOf({ request, body, url, routeKey, pathParameters, caller, now, region, accountId, encoding }),
    );
  }

  #find(method: string, path: string): { route: Route; pathParameters: Record<string, string> } | undefined {
    for (const route of this.#routes) {
      const [verb, template = ''] = route.key.split(' ');
      const pattern = template.replace(/\{(\w+)\}/g, '(?<$1>[^/]+)');
      const match = verb === method ? new RegExp(`^${pattern}$`).exec(path) : null;
      if (!match) continue;
      const values = Object.entries(match.groups ?? {}).map(([name, value]) => [name, decoded(value)]);
      return { route, pathParameters: Object.fromEntries(values) };
    }
    return undefined;
  }

  /** The signature itself is not recomputed, as everywhere in the sandbox. */
  #callerOf({ headers: { authorization } }: IncomingMessage): Caller | undefined {
    const { id: accountId, region, accessKey } = this.#account;
    if (signatureProblem(authorization, { service: 'execute-api', region })) return undefined;
    return accessKeyOf(authorization) === accessKey ? { accessKey, accountId } : undefined;
  }

  /** A function that takes too long goes on; only its answer is lost. */
  async #integrate({ functionName }: Route, event: APIGatewayProxyEventV2): Promise<ApiAnswer> {
    const deadline = this.#clock.deadline(INTEGRATION_TIMEOUT_MS);
    const { promise: late, resolve } = Promise.withResolvers<ApiAnswer>();
    deadline.signal.addEventListener('abort', () => resolve(message(503, 'Service Unavailable')), { once: true });
    const invoked = this.#clock.working(() => this.#invoke(functionName, event)).then(answerOf, failed);
    try {
      return await Promise.race([invoked, late]);
    } finally {
      deadline.clear();
    }
  }
}

const failed = (error: unknown): ApiAnswer =>
  error instanceof Error && error.message.startsWith('Lambda.TooManyRequestsException')
    ? message(503, 'Service Unavailable')
    : message(500, 'Internal Server Error');

function decoded(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}

function send(response: ServerResponse, { status, headers, body }: ApiAnswer): void {
  if (response.destroyed) return;
  response.writeHead(status, { ...headers, 'content-length': String(Buffer.byteLength(body)) });
  response.end(body);
}
