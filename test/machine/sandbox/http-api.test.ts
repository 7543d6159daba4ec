import { createHash } from 'node:crypto';
import type { APIGatewayProxyEventV2 } from 'aws-lambda';
import { describe, expect, it } from 'vitest';
import { clock } from '../../../lib/clock.ts';
import { deployed } from './deployed.ts';

const FORM = { 'content-type': 'application/x-www-form-urlencoded' };

/** A signature as the sandbox takes it: the right shape, for the right service and key. */
const signed = (key = 'AKIASANDBOXSANDBOX00', service = 'execute-api') => ({
  authorization: `AWS4-HMAC-SHA256 Credential=${key}/20261120/us-east-1/${service}/aws4_request, SignedHeaders=host, Signature=${createHash('sha256').update('x').digest('hex')}`,
});

async function api(answer: (event: APIGatewayProxyEventV2) => unknown = () => ({ statusCode: 200, body: '' })) {
  const events: APIGatewayProxyEventV2[] = [];
  const handler = async (event: APIGatewayProxyEventV2) => {
    events.push(event);
    return answer(event);
  };
  const box = await deployed({ 'slack-door': handler, 'start-run': handler, 'get-run': handler });
  const send = (path: string, init: RequestInit = {}) => fetch(box.apiUrl + path, { method: 'POST', ...init });
  return { ...box, events, send };
}

describe('a request becomes an event', () => {
  it('with lower-case headers, the path and the query as they came', async () => {
    const { events, send } = await api();
    await send('/slack/commands?a=1&a=2&b=%20', { body: 'x=1', headers: { ...FORM, 'X-Slack-Signature': 'v0=A' } });
    expect(events[0]).toMatchObject({
      version: '2.0',
      routeKey: 'POST /slack/commands',
      rawPath: '/slack/commands',
      rawQueryString: 'a=1&a=2&b=%20',
      queryStringParameters: { a: '1,2', b: ' ' },
      headers: { 'x-slack-signature': 'v0=A' },
      requestContext: { http: { method: 'POST', path: '/slack/commands' }, stage: '$default' },
    });
  });

  it('with a form in base64, as AWS hands it on', async () => {
    const { events, send } = await api();
    await send('/slack/interactivity', { body: 'payload=%7B%7D', headers: FORM });
    const [{ body = '', isBase64Encoded } = {} as APIGatewayProxyEventV2] = events;
    expect([isBase64Encoded, Buffer.from(body, 'base64').toString()]).toEqual([true, 'payload=%7B%7D']);
  });

  it('with JSON as text, unless it is told otherwise', async () => {
    const { events, send, api: gateway } = await api();
    const post = () =>
      send('/runs', { body: '{"a":"ü"}', headers: { 'content-type': 'application/json', ...signed() } });
    await post();
    gateway.encoding = 'base64';
    await post();
    gateway.encoding = 'text';
    await send('/slack/commands', { body: 'x=1', headers: FORM });
    expect(events.map(({ body, isBase64Encoded }) => [body, isBase64Encoded])).toEqual([
      ['{"a":"ü"}', false],
      [Buffer.from('{"a":"ü"}').toString('base64'), true],
      ['x=1', false],
    ]);
  });

  it('without a body where there is none, with the parts of the path by name', async () => {
    const { events, send } = await api();
    await send('/runs/a%20run', { method: 'GET', headers: signed() });
    expect(events[0]).toMatchObject({ pathParameters: { id: 'a run' }, isBase64Encoded: false });
    expect(events[0]?.body).toBeUndefined();
  });
});

describe('who may', () => {
  it.each([
    ['nobody without a signature', {}],
    ['nobody with another key', signed('AKIAOTHEROTHEROTHER0')],
    ['nobody who signed for another service', signed(undefined, 'lambda')],
    ['nobody with half a signature', { authorization: 'AWS4-HMAC-SHA256 Credential=AKIASANDBOXSANDBOX00' }],
  ])('start a run: %s', async (_, headers) => {
    const { events, send } = await api();
    const response = await send('/runs', { body: '{}', headers });
    expect([response.status, await response.json()]).toEqual([403, { message: 'Forbidden' }]);
    expect(events).toEqual([]);
  });

  it('start a run: whoever signed, and the function learns who', async () => {
    const { events, send } = await api();
    expect((await send('/runs', { body: '{}', headers: signed() })).status).toBe(200);
    const authorizer = { iam: { userArn: expect.stringMatching(/^arn:aws:iam::/) } };
    expect(events[0]?.requestContext).toMatchObject({ authorizer });
  });

  it('speak for Slack: the API lets everybody through to the function', async () => {
    const { send } = await api();
    expect((await send('/slack/commands', { body: 'x=1', headers: FORM })).status).toBe(200);
  });
});

describe('a result becomes an answer', () => {
  const answered = async (result: unknown) => {
    const { send } = await api(() => result);
    const response = await send('/slack/commands', { body: 'x', headers: FORM });
    return { status: response.status, type: response.headers.get('content-type'), body: await response.text() };
  };

  it('as the function says', async () => {
    const body = Buffer.from('yes').toString('base64');
    const headers = { 'Content-Type': 'text/x' };
    expect(await answered({ statusCode: 401, headers, body, isBase64Encoded: true })).toEqual({
      status: 401,
      type: 'text/x',
      body: 'yes',
    });
  });

  it('200 and JSON where it says nothing of the kind', async () => {
    expect(await answered({ run: 'a' })).toEqual({ status: 200, type: 'application/json', body: '{"run":"a"}' });
  });

  it('500 where it makes no sense', async () => {
    expect((await answered({ statusCode: 200, body: { not: 'text' } })).status).toBe(500);
  });

  it('500 where the function failed', async () => {
    const { send } = await api(() => Promise.reject(new Error('secret')));
    const response = await send('/slack/commands', { body: 'x', headers: FORM });
    expect([response.status, await response.json()]).toEqual([500, { message: 'Internal Server Error' }]);
  });

  it('503 after thirty seconds, and the function goes on', async () => {
    const { promise: over, resolve } = Promise.withResolvers<string>();
    const { send, clock: time } = await api(async () => {
      await clock.sleep(40_000);
      resolve('over');
    });
    const before = time.now().getTime();
    const response = await send('/slack/commands', { body: 'x', headers: FORM });
    const seconds = (time.now().getTime() - before) / 1000;
    expect(response.status).toBe(503);
    expect(seconds).toBeGreaterThanOrEqual(30);
    expect(await over).toBe('over');
  });
});

it('what is not there is not found', async () => {
  const { send } = await api();
  expect((await send('/slack/other')).status).toBe(404);
  expect((await send('/slack/commands', { method: 'GET' })).status).toBe(404);
});
