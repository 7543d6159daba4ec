import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, describe, expect, it, onTestFinished } from 'vitest';
import { respond, slackClient } from '../../../lib/slack/client.ts';

interface Heard {
  readonly path?: string;
  readonly type?: string;
  readonly authorization?: string;
  readonly body: string;
}

/** Something at SLACK_ENDPOINT_URL that answers so. */
async function slackThat(answer: (response: ServerResponse) => void): Promise<Heard[]> {
  const heard: Heard[] = [];
  const server = createServer(async (request: IncomingMessage, response) => {
    const chunks: Buffer[] = [];
    for await (const chunk of request) chunks.push(chunk as Buffer);
    const { authorization, 'content-type': type } = request.headers;
    heard.push({ path: request.url, type, authorization, body: Buffer.concat(chunks).toString() });
    answer(response);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  process.env.SLACK_ENDPOINT_URL = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  onTestFinished(() => {
    server.closeAllConnections();
    server.close();
  });
  return heard;
}

const says = (value: object) => (response: ServerResponse) => response.end(JSON.stringify(value));
const call = (patienceMs?: number) => slackClient('xoxb-token', patienceMs).call('chat.postMessage', { channel: 'C1' });

describe('a call of Slack', () => {
  afterEach(() => {
    delete process.env.SLACK_ENDPOINT_URL;
  });

  it('carries the token in its header and JSON in its body', async () => {
    const heard = await slackThat(says({ ok: true, ts: '1.2' }));
    await expect(call()).resolves.toMatchObject({ ts: '1.2' });
    expect(heard).toEqual([
      {
        path: '/api/chat.postMessage',
        type: 'application/json; charset=utf-8',
        authorization: 'Bearer xoxb-token',
        body: '{"channel":"C1"}',
      },
    ]);
  });

  it('is a form where Slack takes no JSON', async () => {
    const heard = await slackThat(says({ ok: true, users: [] }));
    await slackClient('xoxb-token').call('usergroups.users.list', { usergroup: 'S1' });
    expect(heard[0]).toMatchObject({ type: 'application/x-www-form-urlencoded', body: 'usergroup=S1' });
  });

  it('that is refused names Slack’s word for why', async () => {
    await slackThat(says({ ok: false, error: 'not_in_channel' }));
    await expect(call()).rejects.toMatchObject({ name: 'SlackRefused', code: 'not_in_channel', isOfThisOnly: true });
  });

  it('that is refused for its token says that every other would be', async () => {
    await slackThat(says({ ok: false, error: 'invalid_auth' }));
    await expect(call()).rejects.toMatchObject({ code: 'invalid_auth', isOfThisOnly: false });
    await slackThat((response) => response.writeHead(403).end());
    await expect(call()).rejects.toMatchObject({ code: 'http_403', isOfThisOnly: false });
  });

  it('that comes too often says for how long to pause', async () => {
    await slackThat((response) => response.writeHead(429, { 'retry-after': '17' }).end());
    await expect(call()).rejects.toMatchObject({ name: 'RetryLater', retryAfterSeconds: 17 });
    await slackThat((response) => response.writeHead(429).end());
    await expect(call()).rejects.toMatchObject({ name: 'RetryLater', retryAfterSeconds: 30 });
    await slackThat(says({ ok: false, error: 'ratelimited' }));
    await expect(call()).rejects.toMatchObject({ name: 'RetryLater', retryAfterSeconds: 30 });
  });

  it.each([
    ['is down', (response: ServerResponse) => response.writeHead(503).end()],
    ['answers nonsense', (response: ServerResponse) => response.end('<html>')],
    ['hangs up', (response: ServerResponse) => response.destroy()],
    ['has trouble of its own', says({ ok: false, error: 'internal_error' })],
  ])('may come again when Slack %s', async (_, answer) => {
    await slackThat(answer);
    await expect(call()).rejects.toMatchObject({ name: 'RetryLater' });
  });

  it('is cut short when Slack hangs, and says so', async () => {
    await slackThat(() => undefined);
    await expect(call(20)).rejects.toMatchObject({
      name: 'RetryLater',
      message: 'chat.postMessage: Slack gave no answer within 20 ms',
    });
  });

  it('is not taken elsewhere by whoever answers: a token is sent to nobody else', async () => {
    const stranger = await slackThat(says({ ok: true }));
    const elsewhere = process.env.SLACK_ENDPOINT_URL;
    await slackThat((response) => response.writeHead(307, { location: `${elsewhere}/api/chat.postMessage` }).end());
    await expect(call()).rejects.toMatchObject({ name: 'RetryLater' });
    expect(stranger).toEqual([]);
  });

  it('never repeats the token in an error', async () => {
    await slackThat((response) => response.writeHead(503).end());
    await expect(call()).rejects.toSatisfy((error) => !JSON.stringify([error, `${error}`]).includes('xoxb'));
  });

  it('answers at a response_url of Slack and nowhere else', async () => {
    const heard = await slackThat((response) => response.end('ok'));
    await respond(`${process.env.SLACK_ENDPOINT_URL}/commands/1`, 'done');
    expect(JSON.parse(heard[0]?.body ?? '')).toEqual({
      response_type: 'ephemeral',
      replace_original: false,
      text: 'done',
    });
    await expect(respond('http://169.254.169.254/x', 'done')).rejects.toMatchObject({ code: 'not_of_slack' });
    delete process.env.SLACK_ENDPOINT_URL;
    for (const url of ['http://hooks.slack.com/x', 'https://hooks.slack.com.example/x', 'nonsense']) {
      await expect(respond(url, 'done')).rejects.toMatchObject({ code: 'not_of_slack' });
    }
  });
});
