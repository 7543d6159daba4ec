import type { IncomingMessage, RequestListener, ServerResponse } from 'node:http';
import type { ServiceRecord } from '../account.ts';
import type { SandboxClock } from '../clock.ts';
import { answer, bodyOf } from '../http/server.ts';
import type { Program, Reply } from './program.ts';

/** One request that reached a service; `status` is missing while it is being answered. */
export interface ServedRequest {
  readonly at: Date;
  readonly service: string;
  readonly method: string;
  readonly path: string;
  status?: number;
}

/** App Runner's public front of one service: what users reach. */
export function doorOf(
  service: ServiceRecord,
  program: Program,
  parts: { clock: SandboxClock; requests: ServedRequest[] },
): RequestListener {
  const serve = async (request: IncomingMessage, response: ServerResponse) => {
    const body = await bodyOf(request).catch(() => undefined);
    if (!body) return answer(response, 413, {}, '');
    const { method = 'GET', url = '/' } = request;
    const { pathname } = new URL(url, 'http://service');
    const served: ServedRequest = { at: parts.clock.now(), service: service.ServiceName, method, path: pathname };
    parts.requests.push(served);
    const reply = await replyOf(service, program, method, pathname, body.toString());
    served.status = reply.status;
    answer(response, reply.status, { 'content-type': 'application/json' }, JSON.stringify(reply.body));
  };
  return (request, response) => void parts.clock.working(() => serve(request, response));
}

/** Nobody is at home while a service is paused. */
async function replyOf(service: ServiceRecord, program: Program, ...request: [string, string, string]): Promise<Reply> {
  if (service.Status === 'PAUSED') return { status: 404, body: {} };
  return program.answer(...request);
}
