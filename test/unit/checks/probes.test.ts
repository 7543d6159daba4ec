import { createServer, type RequestListener, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, describe, expect, it } from 'vitest';
import { provesRepair, runProbes, stateOf } from '../../../lib/checks/probes.ts';
import { systemClock } from '../../../lib/clock.ts';
import { NotRepairable } from '../../../lib/domain/errors.ts';
import { Probe } from '../../../lib/domain/profile.ts';
import { parse } from '../../../lib/step.ts';

let server: Server | undefined;
afterEach(() => server?.close());

async function door(listener: RequestListener): Promise<string> {
  server = createServer(listener);
  await new Promise<void>((resolve) => server?.listen(0, '127.0.0.1', resolve));
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}

/** Pauses between tries take no time here. */
const clock = { ...systemClock, sleep: async () => {} };

const health = parse(Probe, { name: 'health', path: '/health', expect: { json: { ok: true } } });
const start = parse(Probe, {
  name: 'otp',
  method: 'POST',
  path: '/otp',
  body: { phone: { fromParameter: 'p' } },
  timeoutSeconds: 0.2,
});
const send = (url: string, probes: Probe[], maySend = async () => true) =>
  runProbes(probes, { url, clock, reveal: async () => '+15555550118', maySend });

describe('probes', () => {
  it('pass when status and answer fit, and say how long it took', async () => {
    const url = await door((_, response) => response.end('{"ok":true,"more":1}'));
    expect(await send(url, [health])).toMatchObject([
      { ok: true, sent: true, status: 200, because: 'answered 200 as expected' },
    ]);
  });

  it.each([
    ['another status', 503, '{"ok":true}', 'answered 503, expected 200'],
    ['another value', 200, '{"ok":false}', 'the answer’s "ok" is not as expected'],
    ['no JSON', 200, '<html>', 'answered something that is no JSON'],
  ])('fail on %s', async (_, status, body, because) => {
    const url = await door((_request, response) => response.writeHead(status).end(body));
    expect(await send(url, [health])).toMatchObject([{ ok: false, status, because }]);
  });

  it('ask for keys without looking at their values', async () => {
    const url = await door((_, response) => response.end('{"access_token":"canary"}'));
    const wanted = parse(Probe, { name: 'verify', path: '/', expect: { present: ['access_token', 'refresh_token'] } });
    const results = await send(url, [wanted]);
    expect(results).toMatchObject([{ ok: false, because: 'the answer has no "refresh_token"' }]);
    expect(JSON.stringify(results)).not.toContain('canary');
  });

  it('give up after their time-out', async () => {
    const url = await door(() => {});
    expect(await send(url, [start])).toMatchObject([{ ok: false, sent: true, because: 'no answer within 0.2 s' }]);
    server?.closeAllConnections();
  });

  it('say why there was no connection', async () => {
    const url = await door(() => {});
    await new Promise((resolve) => server?.close(resolve));
    expect(await send(url, [health])).toMatchObject([{ ok: false, because: 'no connection: ECONNREFUSED' }]);
  });

  it('are not sent after one has failed', async () => {
    const seen: string[] = [];
    const url = await door((request, response) => {
      seen.push(request.url ?? '');
      response.writeHead(500).end();
    });
    const results = await send(url, [health, start]);
    expect(results).toMatchObject([
      { sent: true },
      { ok: false, sent: false, because: 'not sent, because health failed' },
    ]);
    expect(new Set(seen)).toEqual(new Set(['/health']));
  });

  it('that change something are not sent twice', async () => {
    const seen: string[] = [];
    const url = await door((request, response) => {
      seen.push(request.url ?? '');
      response.end('{}');
    });
    const results = await send(url, [start], async () => false);
    expect(results).toMatchObject([{ ok: false, sent: false }]);
    expect(seen).toEqual([]);
  });

  it('that change nothing are tried again while the service warms up', async () => {
    let requests = 0;
    const url = await door((_, response) => {
      requests += 1;
      response.writeHead(requests < 3 ? 503 : 200).end('{"ok":true}');
    });
    expect(await send(url, [health])).toMatchObject([{ ok: true }]);
    expect(requests).toBe(3);
  });

  it('that hung are not tried again: the time-out was patience enough', async () => {
    let requests = 0;
    const url = await door(() => {
      requests += 1;
    });
    const slow = parse(Probe, { name: 'slow', path: '/', timeoutSeconds: 0.2 });
    expect(await send(url, [slow])).toMatchObject([{ ok: false, hung: true }]);
    expect(requests).toBe(1);
    server?.closeAllConnections();
  });

  it('that change something are never tried again', async () => {
    let requests = 0;
    const url = await door((_, response) => {
      requests += 1;
      response.writeHead(503).end();
    });
    expect(await send(url, [start])).toMatchObject([{ ok: false, sent: true, status: 503 }]);
    expect(requests).toBe(1);
  });

  it('do not count as sent when what they refer to could not be read', async () => {
    const asked: string[] = [];
    const maySend = async ({ name }: Probe) => {
      asked.push(name);
      return true;
    };
    const url = await door((_, response) => response.end('{}'));
    const unreadable = new NotRepairable('parameter p cannot be read (ParameterNotFound)');
    const reveal = async () => {
      throw unreadable;
    };
    const results = await runProbes([start], { url, clock, reveal, maySend });
    expect(results).toMatchObject([
      { sent: false, because: 'not sent: parameter p cannot be read (ParameterNotFound)' },
    ]);
    expect(asked).toEqual([]);
  });

  it('carry what the profile refers to, and do not tell it', async () => {
    let received = '';
    const url = await door((request, response) => {
      request.on('data', (chunk) => {
        received += chunk;
      });
      request.on('end', () => response.end('{}'));
    });
    const results = await send(url, [start]);
    expect(received).toBe('{"phone":"+15555550118"}');
    expect(JSON.stringify(results)).not.toContain('5555550118');
  });
});

describe('what probes say together', () => {
  const result = (name: string, ok: boolean, sent = true) => ({
    name,
    label: name,
    ok,
    sent,
    seconds: 1,
    because: '',
    at: '',
  });

  it.each([
    ['passed', [result('a', true), result('b', true)]],
    ['failed', [result('a', true), result('b', false)]],
    ['failed', [result('a', false), result('b', false, false)]],
    ['unsure', [result('a', true), result('b', false, false)]],
    ['unsure', []],
  ] as const)('is %s', (state, results) => {
    expect(stateOf(results)).toBe(state);
  });

  it('proves a repair only by what was broken before', () => {
    expect(provesRepair([result('a', true), result('b', false)], [result('a', true), result('b', true)])).toBe(true);
    expect(provesRepair([result('a', true)], [result('a', true)])).toBe(false);
    expect(provesRepair([result('b', false)], [result('b', false)])).toBe(false);
    expect(provesRepair([], [result('a', true)])).toBe(false);
  });
});
