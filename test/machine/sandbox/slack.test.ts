import { createHmac } from 'node:crypto';
import type { APIGatewayProxyEventV2 } from 'aws-lambda';
import { describe, expect, it } from 'vitest';
import { deployed } from './deployed.ts';

const CHANNEL = 'C0INCIDENTS';
const plain = (text: string) => ({ type: 'plain_text', text });
const section = (text = 'hello', more: object = {}) => ({ type: 'section', text: { type: 'mrkdwn', text }, ...more });
const button = (action_id: string, more: object = {}) => ({ type: 'button', text: plain('Go'), action_id, ...more });
const actions = (elements: object[], more: object = {}) => ({ type: 'actions', elements, ...more });
const modal = (blocks: object[], more: object = {}) => ({
  type: 'modal',
  title: plain('Title'),
  submit: plain('Send'),
  blocks,
  ...more,
});

/** Fake Slack with the app's door behind it, which answers as the test says. */
async function slackBox(
  answer: (event: APIGatewayProxyEventV2) => unknown = () => ({ statusCode: 200, body: '' }),
  options: { speed?: number } = {},
) {
  const events: APIGatewayProxyEventV2[] = [];
  const door = async (event: APIGatewayProxyEventV2) => {
    events.push(event);
    return answer(event);
  };
  const box = await deployed({ 'slack-door': door }, options);
  const { slack } = box.sandbox;
  const call = async (method: string, body: object, headers: Record<string, string> = {}) => {
    const response = await fetch(`${slack.url}/api/${method}`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', authorization: `Bearer ${slack.botToken}`, ...headers },
      body: JSON.stringify(body),
    });
    const answered = (await response.json()) as { ok?: boolean; error?: string; errors?: string[]; ts?: string };
    return { status: response.status, headers: response.headers, ...answered };
  };
  const post = (blocks: object[]) => call('chat.postMessage', { channel: CHANNEL, text: 'x', blocks });
  const formOf = ({ body = '' }: APIGatewayProxyEventV2) =>
    Object.fromEntries(new URLSearchParams(Buffer.from(body, 'base64').toString()));
  const payloads = () => events.map((event) => JSON.parse(formOf(event).payload ?? '{}'));
  return { ...box, slack, events, call, post, formOf, payloads };
}

describe('a message', () => {
  it('is kept, found by its ts, changed in place with what it said before, and answered in its thread', async () => {
    const { slack, call } = await slackBox();
    const { ok, ts } = await call('chat.postMessage', { channel: CHANNEL, text: 'one' });
    expect(ok).toBe(true);
    await call('chat.update', { channel: CHANNEL, ts, text: 'two' });
    await call('chat.postMessage', { channel: CHANNEL, text: 'reply', thread_ts: ts });
    expect(slack.messages).toMatchObject([
      { ts, text: 'two', before: [{ text: 'one' }] },
      { text: 'reply', threadTs: ts },
    ]);
  });

  it.each([
    ['not_authed', { authorization: '' }, {}],
    ['invalid_auth', { authorization: 'Bearer xoxb-other' }, {}],
    ['channel_not_found', {}, { channel: 'C0NOWHERE' }],
    ['not_in_channel', {}, { channel: 'C0GENERAL' }],
    ['no_text', {}, { text: '' }],
    ['msg_too_long', {}, { text: 'x'.repeat(40_001) }],
    ['thread_not_found', {}, { thread_ts: '1.1' }],
    ['invalid_blocks_format', {}, { blocks: '[' }],
  ])('is refused: %s', async (error, headers, body) => {
    const { call, slack } = await slackBox();
    const answered = await call('chat.postMessage', { channel: CHANNEL, text: 'x', ...body }, headers);
    expect(answered).toMatchObject({ status: 200, ok: false, error });
    expect(slack.messages).toEqual([]);
  });

  it('that is not there cannot be changed', async () => {
    const { call } = await slackBox();
    const update = { channel: CHANNEL, ts: '1.1', text: 'x' };
    expect(await call('chat.update', update)).toMatchObject({ ok: false, error: 'message_not_found' });
  });

  it('for one person reaches only a member', async () => {
    const { call, slack } = await slackBox();
    const post = (user: string) => call('chat.postEphemeral', { channel: CHANNEL, user, text: 'psst' });
    expect(await post('U0NOBODY')).toMatchObject({ error: 'user_not_in_channel' });
    expect(await post(slack.people.stranger.id)).toMatchObject({ ok: true });
    expect(slack.workspace.ephemerals).toMatchObject([{ user: slack.people.stranger.id, text: 'psst' }]);
  });
});

describe('blocks', () => {
  const many = <T>(count: number, item: (index: number) => T) =>
    Array.from({ length: count }, (_, index) => item(index));
  const confirm = (more: object) => ({
    title: plain('t'),
    text: plain('x'),
    confirm: plain('y'),
    deny: plain('n'),
    ...more,
  });
  const inActions = (more: object) => [actions([button('a', more)])];

  it.each<[string, object[], string]>([
    ['51 blocks', many(51, () => ({ type: 'divider' })), '/blocks'],
    ['an empty section', [section('')], '/blocks/0/text/text'],
    ['a section of 3001 characters', [section('x'.repeat(3001))], '/blocks/0/text/text'],
    ['11 fields', [{ type: 'section', fields: many(11, () => plain('x')) }], '/blocks/0/fields'],
    ['a field of 2001', [{ type: 'section', fields: [plain('x'.repeat(2001))] }], '/blocks/0/fields/0/text'],
    ['a header of 151', [{ type: 'header', text: plain('x'.repeat(151)) }], '/blocks/0/text/text'],
    ['a header in mrkdwn', [{ type: 'header', text: { type: 'mrkdwn', text: 'x' } }], '/blocks/0/text/type'],
    ['26 elements', [actions(many(26, (index) => button(`a${index}`)))], '/blocks/0/elements'],
    ['11 elements of a context', [{ type: 'context', elements: many(11, () => plain('x')) }], '/blocks/0/elements'],
    ['a block_id of 256', [section('x', { block_id: 'x'.repeat(256) })], '/blocks/0/block_id'],
    ['a block_id twice', [section('x', { block_id: 'a' }), section('y', { block_id: 'a' })], '/blocks/1/block_id'],
    ['an action_id twice', [actions([button('a'), button('a')])], '/blocks/0/elements/1/action_id'],
    ['a button text of 76', inActions({ text: plain('x'.repeat(76)) }), '/blocks/0/elements/0/text/text'],
    ['a button value of 2001', inActions({ value: 'x'.repeat(2001) }), '/blocks/0/elements/0/value'],
    ['a button style of its own', inActions({ style: 'pink' }), '/blocks/0/elements/0/style'],
    [
      'a confirm title of 101',
      inActions({ confirm: confirm({ title: plain('x'.repeat(101)) }) }),
      '/confirm/title/text',
    ],
    ['a confirm text of 301', inActions({ confirm: confirm({ text: plain('x'.repeat(301)) }) }), '/confirm/text/text'],
    ['a confirm button of 31', inActions({ confirm: confirm({ deny: plain('x'.repeat(31)) }) }), '/confirm/deny/text'],
    ['a markdown block of 12001', [{ type: 'markdown', text: 'x'.repeat(12_001) }], '/blocks/0/text'],
    ['an input in a message', [{ type: 'input', label: plain('l'), element: { type: 'plain_text_input' } }], '/type'],
    ['a type there is not', [{ type: 'poem' }], '/blocks/0/type'],
  ])('are refused with the place: %s', async (_, blocks, pointer) => {
    const { post, slack } = await slackBox();
    const { error, errors } = await post(blocks);
    expect(error).toBe('invalid_blocks');
    expect(errors?.join()).toContain(`${pointer}]`);
    expect(slack.messages).toEqual([]);
  });

  it('are taken at every limit, and get ids where they have none', async () => {
    const { post, slack } = await slackBox();
    const more = {
      value: 'x'.repeat(2000),
      text: plain('x'.repeat(75)),
      confirm: confirm({ title: plain('x'.repeat(100)) }),
    };
    const largest = [
      section('x'.repeat(3000)),
      { type: 'header', text: plain('x'.repeat(150)) },
      actions(many(25, (index) => button(`a${index}`, index === 0 ? more : {}))),
      ...many(47, () => ({ type: 'divider' })),
    ];
    expect(await post(largest)).toMatchObject({ ok: true });
    expect(slack.messages[0]?.blocks.every(({ block_id }) => typeof block_id === 'string')).toBe(true);
  });

  it('are refused where their texts are too long together', async () => {
    const { post } = await slackBox();
    expect(await post(many(5, () => section('x'.repeat(2500))))).toMatchObject({ error: 'msg_blocks_too_long' });
  });
});

describe('a slash command', () => {
  it('comes signed, as a form, with all that Slack sends', async () => {
    const { slack, events, formOf } = await slackBox(() => ({ statusCode: 200, body: 'on it' }));
    const { status, body, elapsedMs } = await slack.command('plan nerava', { user: slack.people.stranger.id });
    expect({ status, body }).toEqual({ status: 200, body: 'on it' });
    expect(elapsedMs).toBeGreaterThanOrEqual(0);
    const [event = {} as APIGatewayProxyEventV2] = events;
    expect(formOf(event)).toMatchObject({
      team_id: 'T0SANDBOX',
      channel_id: CHANNEL,
      channel_name: 'incidents',
      user_id: slack.people.stranger.id,
      user_name: 'stranger',
      command: '/reconnect',
      text: 'plan nerava',
      response_url: expect.stringContaining(`${slack.url}/commands/`),
      trigger_id: expect.any(String),
    });
    const raw = Buffer.from(event.body ?? '', 'base64').toString();
    const timestamp = event.headers['x-slack-request-timestamp'];
    const expected = createHmac('sha256', slack.signingSecret).update(`v0:${timestamp}:${raw}`).digest('hex');
    expect(event.headers['x-slack-signature']).toBe(`v0=${expected}`);
  });

  it('may be sent as any bytes with any headers', async () => {
    const { slack, events } = await slackBox();
    const at = new Date(0);
    await slack.send('commands', 'a=ü', slack.sign('a=ü', at));
    await slack.send('commands', 'a=1', {});
    expect(events.map(({ headers }) => headers['x-slack-request-timestamp'])).toEqual(['0', undefined]);
  });

  it('may be answered at its address five times, and for half an hour', async () => {
    const { slack, events, formOf, clock } = await slackBox();
    const fresh = async () => {
      await slack.command('help');
      return formOf(events.at(-1) ?? ({} as APIGatewayProxyEventV2)).response_url ?? '';
    };
    const answer = (url: string) => fetch(url, { method: 'POST', body: '{"text":"hi"}' });
    const [first, second] = [await fresh(), await fresh()];
    const statuses: number[] = [];
    for (let count = 0; count < 6; count++) statuses.push((await answer(first)).status);
    expect(statuses).toEqual([200, 200, 200, 200, 200, 404]);
    await clock.sleep(31 * 60_000);
    expect(await (await answer(second)).json()).toEqual({ ok: false, error: 'expired_url' });
    expect(slack.workspace.responses).toHaveLength(5);
  });
});

describe('a click', () => {
  it('carries the button’s value, the message and who clicked', async () => {
    const { slack, post, payloads } = await slackBox();
    await post([section(), actions([button('approve', { value: 'q1' }), button('decline', { value: 'q1' })])]);
    const [message] = slack.messages;
    if (!message) throw new Error('no message');
    await slack.click(message, 'approve', { user: slack.people.approver.id });
    expect(payloads()).toMatchObject([
      {
        type: 'block_actions',
        user: { id: slack.people.approver.id },
        channel: { id: CHANNEL },
        container: { message_ts: message.ts, channel_id: CHANNEL },
        message: { ts: message.ts },
        actions: [{ action_id: 'approve', type: 'button', value: 'q1' }],
        response_url: expect.stringContaining('/actions/'),
      },
    ]);
  });

  it('needs a button that is there', async () => {
    const { slack, post } = await slackBox();
    await post([section(), actions([button('approve')])]);
    const [message] = slack.messages;
    const click = async () => message && slack.click(message, 'other', { user: 'U1' });
    await expect(click()).rejects.toThrow(/no element is called other: there are approve/);
  });
});

describe('a modal', () => {
  const input = (action_id: string, element: object = {}, more: object = {}) => ({
    type: 'input',
    block_id: `block-${action_id}`,
    label: plain('label'),
    element: { type: 'plain_text_input', action_id, ...element },
    ...more,
  });
  const options = ['yes', 'no'].map((value) => ({ text: plain(value), value }));
  const came = input('came', { type: 'radio_buttons', options });

  /** The app opens a view as soon as it hears of a command. */
  async function opened(view: object, answer: () => unknown = () => ({ statusCode: 200, body: '' })) {
    const box = await slackBox(() => answer());
    const open = (trigger_id: string) => box.call('views.open', { trigger_id, view });
    // As something that works: three seconds are soon over while everybody waits.
    const results = await box.clock.working(async () => {
      await box.slack.command('x');
      const { trigger_id = '' } = box.formOf(box.events[0] ?? ({} as APIGatewayProxyEventV2));
      return [await open(trigger_id), await open(trigger_id)];
    });
    return { ...box, open, result: results[0], again: results[1] };
  }

  it('is opened once for a trigger, and by a fresh one only', async () => {
    const { result, again, open } = await opened(modal([came]));
    expect(result).toMatchObject({ ok: true, view: { id: expect.stringMatching(/^V/) } });
    expect(again).toMatchObject({ error: 'exchanged_trigger_id' });
    expect(await open('x')).toMatchObject({ error: 'invalid_trigger_id' });
  });

  it('is opened within three seconds, or not at all', async () => {
    // At the usual speed of tests a tick of the clock is as long as that.
    const { slack, clock, call } = await slackBox(undefined, { speed: 10 });
    const openAfter = (ms: number) =>
      clock.working(async () => {
        const trigger_id = slack.workspace.newTrigger('U1');
        await clock.sleep(ms);
        return call('views.open', { trigger_id, view: modal([came]) });
      });
    expect(await openAfter(1500)).toMatchObject({ ok: true });
    expect(await openAfter(3100)).toMatchObject({ error: 'expired_trigger_id' });
  });

  it.each([
    ['a title of 25', modal([came], { title: plain('x'.repeat(25)) }), '/view/title/text'],
    ['a submit of 25', modal([came], { submit: plain('x'.repeat(25)) }), '/view/submit/text'],
    ['private metadata of 3001', modal([came], { private_metadata: 'x'.repeat(3001) }), '/view/private_metadata'],
    ['101 blocks', modal(Array.from({ length: 101 }, () => section())), '/view/blocks'],
    ['an input and nothing to submit with', modal([came], { submit: undefined }), '/view'],
    [
      'an option of 76',
      modal([input('a', { type: 'radio_buttons', options: [{ text: plain('x'.repeat(76)), value: 'a' }] })]),
      '/text/text',
    ],
  ])('is refused: %s', async (_, view, pointer) => {
    const { result } = await opened(view);
    expect(result).toMatchObject({ ok: false, error: 'invalid_arguments' });
    expect(result?.errors?.join()).toContain(`${pointer}]`);
  });

  it('is submitted with what was filled in, and closes', async () => {
    const view = modal([came, input('code', {}, { optional: true })], {
      private_metadata: 'q1',
      callback_id: 'delivery',
    });
    const { slack, payloads } = await opened(view);
    const [shown] = slack.workspace.views;
    if (!shown) throw new Error('no view');
    await slack.submit(shown, { came: 'yes', code: '123456' });
    expect(payloads().at(-1)).toMatchObject({
      type: 'view_submission',
      user: { id: slack.people.requester.id },
      view: {
        callback_id: 'delivery',
        private_metadata: 'q1',
        state: {
          values: {
            'block-came': { came: { selected_option: { value: 'yes' } } },
            'block-code': { code: { value: '123456' } },
          },
        },
      },
    });
    expect(shown.open).toBe(false);
    await expect(slack.submit(shown, { came: 'yes' })).rejects.toThrow(/closed/);
  });

  it('stays open when the app finds a mistake in it', async () => {
    const errors = { 'block-came': 'really?' };
    let answer: unknown = { statusCode: 200, body: '' };
    const { slack } = await opened(modal([came]), () => answer);
    const [view] = slack.workspace.views;
    if (!view) throw new Error('no view');
    answer = { response_action: 'errors', errors };
    await slack.submit(view, { came: 'no' });
    expect(view).toMatchObject({ open: true, errors });
    await expect(slack.submit(view, {})).rejects.toThrow(/came must be filled in/);
  });
});

describe('a user group', () => {
  it('lists its members, asked by a form as Slack wants it', async () => {
    const { slack, call } = await slackBox();
    const headers = { authorization: `Bearer ${slack.botToken}` };
    const response = await fetch(`${slack.url}/api/usergroups.users.list?usergroup=S0ONCALL`, { headers });
    expect(await response.json()).toEqual({ ok: true, users: [slack.people.approver.id] });
    expect(await call('usergroups.users.list', { usergroup: 'S0ONCALL' })).toMatchObject({
      error: 'invalid_arguments',
    });
  });
});

describe('Slack in a bad way', () => {
  it('cuts connections, or fails, until it is up again', async () => {
    const { slack, call } = await slackBox();
    slack.weather.condition = 'cut';
    await expect(call('chat.postMessage', { channel: CHANNEL, text: 'x' })).rejects.toThrow(/fetch failed/);
    slack.weather.condition = 'failing';
    expect((await fetch(`${slack.url}/api/chat.postMessage`, { method: 'POST' })).status).toBe(500);
    slack.weather.condition = 'up';
    expect(await call('chat.postMessage', { channel: CHANNEL, text: 'x' })).toMatchObject({ ok: true });
    expect(slack.messages).toHaveLength(1);
  });

  it('takes ten seconds of sandbox time when it is slow', async () => {
    const { slack, call, clock } = await slackBox();
    slack.weather.condition = 'slow';
    const before = clock.now().getTime();
    await call('chat.postMessage', { channel: CHANNEL, text: 'x' });
    expect(clock.now().getTime() - before).toBeGreaterThanOrEqual(10_000);
  });

  it('answers 429 with Retry-After so often', async () => {
    const { slack, call } = await slackBox();
    slack.limitRate(2, 7);
    const post = () => call('chat.postMessage', { channel: CHANNEL, text: 'x' });
    const [first, second, third] = [await post(), await post(), await post()];
    expect([first.status, second.status, third.status]).toEqual([429, 429, 200]);
    expect(first.headers.get('retry-after')).toBe('7');
  });
});

it('somebody who waits for a message sees it as soon as it is there', async () => {
  const { slack, call } = await slackBox();
  const seen = slack.seen(({ messages }) => messages.find(({ text }) => text === 'second'));
  await call('chat.postMessage', { channel: CHANNEL, text: 'first' });
  await call('chat.postMessage', { channel: CHANNEL, text: 'second' });
  expect((await seen).text).toBe('second');
});

it('a person without Slack gets the bodies that it would send', async () => {
  const { slack, post, payloads } = await slackBox();
  await post([section(), actions([button('approve', { value: 'q1' })])]);
  const byHand = async (path: string) => (await fetch(`${slack.url}/sandbox/${path}`)).text();
  const body = await byHand(`click?action=approve&user=${slack.people.approver.id}`);
  const at = Number(await byHand('now'));
  await slack.send('interactivity', body, slack.sign(body, new Date(at * 1000)));
  expect(payloads()[0]).toMatchObject({ user: { id: slack.people.approver.id }, actions: [{ value: 'q1' }] });
  expect(JSON.parse(await byHand('messages')).messages).toHaveLength(1);
  expect((await fetch(`${slack.url}/sandbox/click?action=other`)).status).toBe(404);
});
