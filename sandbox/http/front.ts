import { randomUUID } from 'node:crypto';
import type { IncomingMessage, RequestListener, ServerResponse } from 'node:http';
import type { Account } from '../account.ts';
import type { SandboxClock } from '../clock.ts';
import { type Api, parseJson, performForm, performJson } from './api.ts';
import { AwsError, asAwsError } from './errors.ts';
import { underFaults } from './faults.ts';
import { signingName } from './model.ts';
import { answer, bodyOf } from './server.ts';
import { requireSignature } from './signature.ts';
import { escapeXml } from './write.ts';

export type JsonHandler = (operation: string, input: Record<string, unknown>) => Promise<unknown>;

export interface RestRequest {
  readonly method: string;
  /** Path without the query, still encoded. */
  readonly path: string;
  readonly query: URLSearchParams;
  readonly headers: IncomingMessage['headers'];
  readonly body: Buffer;
}
export interface RestResponse {
  readonly status: number;
  readonly headers?: Record<string, string>;
  readonly body?: string | Uint8Array;
}
export type RestHandler = (request: RestRequest) => Promise<RestResponse>;

interface JsonMount {
  readonly version: string;
  readonly service: string;
  readonly call: (operation: string, body: string) => Promise<unknown>;
}

/** More than any of the services behind paths takes, so that each refuses in its own words. */
const LARGEST_REST_BODY = 8 * 1024 * 1024;

/** The one HTTP door to every AWS service of the sandbox. */
export class Front {
  readonly #clock: SandboxClock;
  readonly #region: string;
  readonly #json = new Map<string, JsonMount>();
  readonly #forms = new Map<string, Api>();
  readonly #rest = new Map<string, { service: string; handle: RestHandler }>();
  readonly #raw = new Map<string, RequestListener>();
  readonly #denied = new Set<string>();
  readonly #account: Pick<Account, 'faults'>;

  constructor(clock: SandboxClock, region: string, account: Pick<Account, 'faults'>) {
    this.#clock = clock;
    this.#region = region;
    this.#account = account;
  }

  mountApi(api: Api): void {
    const { protocol, targetPrefix, jsonVersion = '1.1', apiVersion } = api.model.metadata;
    const call = (operation: string, body: string) => performJson(api, operation, body);
    if (protocol !== 'json' || !targetPrefix) this.#forms.set(apiVersion, api);
    else this.#json.set(targetPrefix, { version: jsonVersion, service: signingName(api.model), call });
  }

  /** Refuses an action from now on, for example `ec2:DescribeNatGateways`, as AWS refuses whoever has no permission. */
  deny(action: string): void {
    this.#denied.add(action);
  }

  #requirePermission(action: string, code: string): void {
    if (!this.#denied.has(action)) return;
    throw new AwsError(
      code,
      `User: arn:aws:sts::123456789012:assumed-role/reconnect is not authorized to perform: ${action}`,
      { status: code === 'AccessDeniedException' ? 400 : 403 },
    );
  }

  /** Answers `X-Amz-Target: <targetPrefix>.<operation>`. `handler` throws `AwsError` to refuse. */
  mountJson(targetPrefix: string, handler: JsonHandler, options: { version?: '1.0' | '1.1'; service: string }): void {
    const call = async (operation: string, body: string) => handler(operation, parseJson(body));
    this.#json.set(targetPrefix, { version: options.version ?? '1.0', service: options.service, call });
  }

  /** Answers every path below `prefix`; `service` is the name the request must be signed for. */
  mountRest(prefix: string, handle: RestHandler, options: { service: string }): void {
    this.#rest.set(prefix, { service: options.service, handle });
  }

  /** Hands requests of this target prefix over as they are. */
  mountRaw(targetPrefix: string, listener: RequestListener): void {
    this.#raw.set(targetPrefix, listener);
  }

  readonly serve: RequestListener = (request, response) => {
    const target = header(request, 'x-amz-target');
    const [prefix = ''] = target?.split('.') ?? [];
    const raw = this.#raw.get(prefix);
    if (raw) return raw(request, response);
    void this.#clock.working(async () => {
      const url = new URL(request.url ?? '/', 'http://sandbox');
      const rest = [...this.#rest].find(([start]) => url.pathname.startsWith(start));
      const body = await bodyOf(request, rest && LARGEST_REST_BODY).catch(() => undefined);
      if (!body) return answer(response, 413, {}, '');
      if (target) return this.#serveJson(request, response, target, body);
      if (rest) return this.#serveRest(request, response, url, body, rest[1]);
      return this.#serveForm(request, response, body);
    });
  };

  async #serveJson(request: IncomingMessage, response: ServerResponse, target: string, body: Buffer) {
    const dot = target.lastIndexOf('.');
    const mount = this.#json.get(target.slice(0, dot));
    const headers = {
      'content-type': `application/x-amz-json-${mount?.version ?? '1.0'}`,
      'x-amzn-requestid': randomUUID(),
    };
    try {
      if (!mount || request.method !== 'POST') throw new AwsError('UnknownOperationException', '');
      requireSignature(request.headers.authorization, { service: mount.service, region: this.#region }, 'json');
      const type = header(request, 'content-type')?.split(';')[0];
      if (type !== headers['content-type'])
        throw new AwsError('UnknownOperationException', `content type ${type} is not served`);
      const operation = target.slice(dot + 1);
      const action = `${mount.service}:${operation}`;
      this.#requirePermission(action, 'AccessDeniedException');
      const result = await underFaults(this.#account.faults, action, () => mount.call(operation, body.toString()));
      answer(response, 200, headers, JSON.stringify(result));
    } catch (error) {
      answerJsonError(response, headers, error);
    }
  }

  async #serveRest(
    request: IncomingMessage,
    response: ServerResponse,
    url: URL,
    body: Buffer,
    { service, handle }: { service: string; handle: RestHandler },
  ) {
    const headers = { 'content-type': 'application/json', 'x-amzn-requestid': randomUUID() };
    try {
      requireSignature(request.headers.authorization, { service, region: this.#region }, 'json');
      const { method = 'GET', headers: received } = request;
      const result = await handle({ method, path: url.pathname, query: url.searchParams, headers: received, body });
      answer(response, result.status, { ...headers, ...result.headers }, result.body ?? '');
    } catch (error) {
      answerJsonError(response, { ...headers, 'x-amzn-errortype': asAwsError(error).code }, error);
    }
  }

  async #serveForm(request: IncomingMessage, response: ServerResponse, body: Buffer) {
    const form = new URLSearchParams(body.toString());
    const action = form.get('Action') ?? '';
    const api = this.#forms.get(form.get('Version') ?? '') ?? this.#apiSignedFor(request);
    const isEc2 = api?.model.metadata.protocol === 'ec2';
    const requestId = randomUUID();
    const headers = { 'content-type': 'text/xml;charset=UTF-8', 'x-amzn-requestid': requestId };
    try {
      if (!api || request.method !== 'POST')
        throw new AwsError(action ? 'InvalidAction' : 'MissingAction', 'No such action');
      const expected = { service: signingName(api.model), region: this.#region };
      requireSignature(request.headers.authorization, expected, isEc2 ? 'ec2' : 'query');
      const permission = `${expected.service}:${action}`;
      this.#requirePermission(permission, isEc2 ? 'UnauthorizedOperation' : 'AccessDenied');
      const inner = await underFaults(this.#account.faults, permission, () => performForm(api, action, form));
      answer(
        response,
        200,
        headers,
        isEc2 ? ec2Answer(api, action, inner, requestId) : queryAnswer(api, action, inner, requestId),
      );
    } catch (error) {
      const refused = asAwsError(error);
      answer(
        response,
        refused.status,
        headers,
        isEc2 ? ec2Error(refused, requestId) : queryError(api, refused, requestId),
      );
    }
  }

  /** A request of a wrong version still gets its refusal in the shape of the service it was signed for. */
  #apiSignedFor({ headers }: IncomingMessage): Api | undefined {
    return [...this.#forms.values()].find(({ model }) =>
      headers.authorization?.includes(`/${signingName(model)}/aws4_request`),
    );
  }
}

function header(request: IncomingMessage, name: string): string | undefined {
  const value = request.headers[name];
  return Array.isArray(value) ? value[0] : value;
}

function answerJsonError(response: ServerResponse, headers: Record<string, string>, error: unknown) {
  const { code, message, status, members } = asAwsError(error);
  answer(response, status, headers, JSON.stringify({ __type: code, message, ...members }));
}

const XML = '<?xml version="1.0" encoding="UTF-8"?>\n';

const ec2Answer = ({ model }: Api, action: string, inner: string, requestId: string) =>
  `${XML}<${action}Response xmlns="http://ec2.amazonaws.com/doc/${model.metadata.apiVersion}/"><requestId>${requestId}</requestId>${inner}</${action}Response>`;

const queryAnswer = ({ model }: Api, action: string, inner: string, requestId: string) =>
  `${XML}<${action}Response xmlns="${model.metadata.xmlNamespace}"><${action}Result>${inner}</${action}Result>${metadata(requestId)}</${action}Response>`;

const metadata = (requestId: string) => `<ResponseMetadata><RequestId>${requestId}</RequestId></ResponseMetadata>`;

const ec2Error = ({ code, message }: AwsError, requestId: string) =>
  `${XML}<Response><Errors><Error><Code>${code}</Code><Message>${escapeXml(message)}</Message></Error></Errors><RequestID>${requestId}</RequestID></Response>`;

const queryError = (api: Api | undefined, { code, message, status }: AwsError, requestId: string) =>
  `${XML}<ErrorResponse xmlns="${api?.model.metadata.xmlNamespace ?? ''}"><Error><Type>${status < 500 ? 'Sender' : 'Receiver'}</Type><Code>${code}</Code><Message>${escapeXml(message)}</Message></Error><RequestId>${requestId}</RequestId></ErrorResponse>`;
