import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { expect, it, onTestFinished } from 'vitest';
import { askTwilio } from '../../../../lib/checks/providers/twilio.ts';
import type { Clock } from '../../../../lib/clock.ts';

const SID = `AC${'c'.repeat(32)}`;
const KEY = `SK${'d'.repeat(32)}`;
const SERVICE = `VA${'e'.repeat(32)}`;
const TOKEN = 'canary-auth-token';
const CANARIES = /canary|c{32}|d{32}|e{32}|Y2Fu/;

const declared = { accountSid: 'SID', authToken: 'TOKEN', verifyServiceSid: 'SERVICE' };
const environment = { SID, TOKEN, SERVICE };

interface Answer {
  readonly status?: number;
  readonly body?: unknown;
  readonly headers?: Record<string, string>;
}
type Reply = (url: URL, request: IncomingMessage) => Answer | 'hang up' | 'say nothing';

const good: Reply = ({ pathname }) =>
  pathname === '/v1/Alerts' ? { body: { alerts: [], meta: { next_page_url: null } } } : { body: { status: 'active' } };

/** An HTTP server in the place of Twilio, with what it was asked; `slept` are the pauses the asker made. */
async function twilio(reply: Reply, variables: Record<string, string> = environment, profile: object = declared) {
  const requests: { path: string; query: URLSearchParams; authorization?: string }[] = [];
  const serve = (request: IncomingMessage, response: ServerResponse) => {
    const url = new URL(request.url ?? '/', 'http://twilio');
    requests.push({ path: url.pathname, query: url.searchParams, authorization: request.headers.authorization });
    const answer = reply(url, request);
    if (answer === 'say nothing') return;
    if (answer === 'hang up') return void request.socket.destroy();
    response.writeHead(answer.status ?? 200, answer.headers).end(JSON.stringify(answer.body ?? {}));
  };
  const server = createServer(serve).listen(0, '127.0.0.1');
  await new Promise((resolve) => server.once('listening', resolve));
  onTestFinished(() => void server.closeAllConnections());
  const slept: number[] = [];
  const now = new Date('2026-03-01T12:00:00.500Z');
  const clock: Clock = {
    now: () => now,
    sleep: async (ms) => void slept.push(ms),
    deadline: (ms) => {
      const controller = new AbortController();
      const timer = setTimeout(() => controller.abort(), ms / 50);
      return { signal: controller.signal, clear: () => clearTimeout(timer) };
    },
  };
  const never = () => {
    throw new Error('not needed here');
  };
  const findings = await askTwilio(
    { accountSid: 'SID', authToken: 'TOKEN', ...profile },
    {
      clock,
      environment: async () => ({ value: Object.entries(variables).map(([name, value]) => ({ name, value })) }),
      vaults: { ssm: never, secretsManager: never },
      endpoint: `http://127.0.0.1:${(server.address() as AddressInfo).port}/`,
    },
  );
  expect(JSON.stringify(findings)).not.toMatch(CANARIES);
  return { findings, requests, slept, said: findings.map(({ subject, status }) => `${subject} ${status}`) };
}

it('asks for the account, the Verify service and the alerts of the last hour, with the service’s credentials', async () => {
  const { findings, requests } = await twilio(good);
  expect(findings.map(({ id, status }) => [id, status])).toEqual([
    ['providers:twilio-account', 'ok'],
    ['providers:twilio-verify-service', 'ok'],
    ['providers:twilio-alerts', 'ok'],
  ]);
  const basic = `Basic ${Buffer.from(`${SID}:${TOKEN}`).toString('base64')}`;
  expect(requests.map(({ authorization }) => authorization)).toEqual([basic, basic, basic]);
  const paths = requests.map(({ path }) => path);
  expect(paths.toSorted()).toEqual([`/2010-04-01/Accounts/${SID}.json`, '/v1/Alerts', `/v2/Services/${SERVICE}`]);
  expect(Object.fromEntries(requests.find(({ path }) => path === '/v1/Alerts')?.query ?? [])).toEqual({
    LogLevel: 'error',
    StartDate: '2026-03-01T11:00:00Z',
    EndDate: '2026-03-01T12:00:00Z',
    PageSize: '250',
  });
});

it('does not ask for a Verify service that is not declared', async () => {
  const { said } = await twilio(good, environment, { verifyServiceSid: undefined });
  expect(said).toEqual(['twilio-account ok', 'twilio-alerts ok']);
});

it('identifies itself with the API key where one is declared, and takes its refusal for what it is', async () => {
  const refuse: Reply = (url, request) =>
    url.pathname.startsWith('/2010') ? { status: 401, body: { code: 20003 } } : good(url, request);
  const { said, requests } = await twilio(refuse, { ...environment, KEY }, { ...declared, apiKeySid: 'KEY' });
  expect(requests[0]?.authorization).toBe(`Basic ${Buffer.from(`${KEY}:${TOKEN}`).toString('base64')}`);
  expect(said).toEqual(['twilio-account unknown', 'twilio-verify-service ok', 'twilio-alerts ok']);
});

it('tries three times when too many asked at once, and no more', async () => {
  const { said, requests, slept } = await twilio(() => ({ status: 429, body: { code: 20429 } }));
  expect(said).toEqual(['twilio-account unknown', 'twilio-verify-service unknown', 'twilio-alerts unknown']);
  expect([requests.length, slept.toSorted()]).toEqual([9, [1000, 1000, 1000, 2000, 2000, 2000]]);
});

it('never tries again when a single user is limited', async () => {
  const { requests, slept } = await twilio(() => ({ status: 429, body: { code: 60203 } }));
  expect([requests.length, slept]).toEqual([3, []]);
});

it('counts alerts page by page, and follows a page to no other host', async () => {
  const pages: Reply = ({ pathname, searchParams }) => {
    if (pathname !== '/v1/Alerts') return { body: { status: 'active' } };
    const page = Number(searchParams.get('Page') ?? 0);
    const next_page_url = page < 2 ? `https://attacker.example/v1/Alerts?Page=${page + 1}&PageToken=t` : null;
    return { body: { alerts: [{ error_code: '20003', alert_text: 'canary' }], meta: { next_page_url } } };
  };
  const { findings, requests } = await twilio(pages);
  expect(findings.at(-1)?.because).toContain('logged 3 errors in the last hour: 3 × 20003');
  expect(
    requests
      .filter(({ path }) => path === '/v1/Alerts')
      .at(-1)
      ?.query.get('PageToken'),
  ).toBe('t');
});

it('stops at a limit of pages and says so', async () => {
  const endless: Reply = ({ pathname }) =>
    pathname === '/v1/Alerts'
      ? { body: { alerts: [{ error_code: 30003 }], meta: { next_page_url: '/v1/Alerts?Page=7' } } }
      : { body: { status: 'active' } };
  const { findings, requests } = await twilio(endless);
  expect(requests.filter(({ path }) => path === '/v1/Alerts')).toHaveLength(4);
  expect(findings.at(-1)?.because).toContain('at least 4 errors');
});

it.each<[string, Reply, RegExp]>([
  ['hangs up', () => 'hang up', /could not reach Twilio from here: \w+/],
  ['says nothing', () => 'say nothing', /could not reach Twilio from here: no answer within 10 s/],
])('does not know when Twilio %s', async (_, reply, because) => {
  const { findings } = await twilio(reply);
  for (const finding of findings) {
    expect(finding.status).toBe('unknown');
    expect(finding.because).toMatch(because);
  }
});

it('follows no redirect', async () => {
  const { said, requests } = await twilio(() => ({ status: 302, headers: { location: '/elsewhere' } }));
  expect(said).toEqual(['twilio-account unknown', 'twilio-verify-service unknown', 'twilio-alerts unknown']);
  expect(requests.map(({ path }) => path)).not.toContain('/elsewhere');
});

it.each([
  ['the token', { SID, SERVICE }, /TOKEN is not set/],
  ['the account', { TOKEN, SERVICE }, /SID is not set/],
])('asks nothing without %s', async (_, variables, because) => {
  const { findings, requests } = await twilio(good, variables as Record<string, string>);
  expect(requests).toEqual([]);
  expect(findings).toHaveLength(3);
  for (const finding of findings)
    expect([finding.status, finding.because]).toEqual(['unknown', expect.stringMatching(because)]);
});

it('says that the Verify service is not known when only its variable is missing', async () => {
  const { said } = await twilio(good, { SID, TOKEN });
  expect(said).toEqual(['twilio-account ok', 'twilio-verify-service unknown', 'twilio-alerts ok']);
});

it('sends no value that is no SID: it may be a secret in the wrong place', async () => {
  const swapped = await twilio(good, { SID: TOKEN, TOKEN: SID, SERVICE });
  expect(swapped.requests).toEqual([]);
  expect(swapped.findings[0]).toMatchObject({ status: 'broken', cause: 'environment-invalid' });
  expect(swapped.said.slice(1)).toEqual(['twilio-verify-service unknown', 'twilio-alerts unknown']);
  const service = await twilio(good, { SID, TOKEN, SERVICE: `${SERVICE}\n` });
  expect(service.findings[1]).toMatchObject({ status: 'broken', cause: 'environment-invalid' });
  expect(service.requests).toHaveLength(2);
});
