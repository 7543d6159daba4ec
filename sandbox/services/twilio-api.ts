import type { IncomingMessage, RequestListener, ServerResponse } from 'node:http';
import type { SandboxClock } from '../clock.ts';
import { answer } from '../http/server.ts';
import type { Twilio, TwilioAnswer } from './twilio.ts';

const ACCOUNT = /^\/2010-04-01\/Accounts\/([^/]+)\.json$/;
const SERVICE = /^\/v2\/Services\/([^/]+)$/;
const ALERTS = '/v1/Alerts';

/** Twilio over HTTP, all of its hosts in one: https://www.twilio.com/docs/usage/api */
export function twilioApi(twilio: Twilio, clock: SandboxClock): RequestListener {
  const serve = async (request: IncomingMessage, response: ServerResponse) => {
    const url = new URL(request.url ?? '/', 'http://twilio');
    const [user, secret] = credentialsOf(request);
    const { status, body } = reply(twilio, request.method ?? 'GET', url, user, secret);
    answer(response, status, { 'content-type': 'application/json' }, JSON.stringify(body));
  };
  return (request, response) => void clock.working(() => serve(request, response));
}

function reply(twilio: Twilio, method: string, url: URL, user: string, secret: string): TwilioAnswer {
  const [, account] = ACCOUNT.exec(url.pathname) ?? [];
  const [, service] = SERVICE.exec(url.pathname) ?? [];
  if (method !== 'GET') return twilio.notFound(url.pathname);
  if (account) return twilio.fetchAccount(user, secret, decodeURIComponent(account));
  if (service) return twilio.fetchVerifyService(user, secret, decodeURIComponent(service));
  return url.pathname === ALERTS ? twilio.listAlerts(user, secret, url) : twilio.notFound(url.pathname);
}

/** Empty without Basic credentials, which nobody has. */
function credentialsOf({ headers }: IncomingMessage): [user: string, secret: string] {
  const [, encoded = ''] = /^Basic ([A-Za-z0-9+/]+=*)$/.exec(headers.authorization ?? '') ?? [];
  const text = Buffer.from(encoded, 'base64').toString();
  const colon = text.indexOf(':');
  return colon < 0 ? ['', ''] : [text.slice(0, colon), text.slice(colon + 1)];
}
