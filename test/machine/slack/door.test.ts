import { randomBytes } from 'node:crypto';
import { GetCommand, ScanCommand } from '@aws-sdk/lib-dynamodb';
import { describe, expect, it, vi } from 'vitest';
import { ask } from '../../../lib/run/questions.ts';
import { doorTable } from '../../../lib/slack/door-hands.ts';
import { isFirstUse } from '../../../lib/slack/records.ts';
import { logger } from '../../../lib/step.ts';
import { slackWorld, type World } from './world.ts';

const COMMANDS = '/slack/commands';
const BODY =
  'command=%2Freconnect&text=repair+nerava-backend&user_id=U0REQUESTER&channel_id=C0INCIDENTS&trigger_id=1.2.3';
const said = ({ body }: { body: string }): string => (JSON.parse(body) as { text: string }).text;

const askDelivery = (world: World, minutes = 10) =>
  ask(world.table, 'run-1', 'DELIVERY', {
    token: 'token',
    expiresAt: new Date(world.sandbox.clock.now().getTime() + minutes * 60_000).toISOString(),
  });
const click = (world: World, action: object, user = 'U0APPROVER') =>
  world.interact({
    type: 'block_actions',
    user: { id: user },
    channel: { id: 'C0INCIDENTS' },
    response_url: `${world.slack.url}/actions/1`,
    trigger_id: world.slack.workspace.newTrigger(user),
    actions: [action],
  });
const submit = (world: World, question: string, arrived: string, code?: string) =>
  world.interact({
    type: 'view_submission',
    user: { id: 'U0APPROVER' },
    view: {
      callback_id: 'delivery',
      private_metadata: question,
      state: {
        values: { arrived: { arrived: { selected_option: { value: arrived } } }, code: { code: { value: code } } },
      },
    },
  });

describe('the door for Slack', () => {
  it.each([
    ['another workspace', { team_id: 'TOTHER' }, {}],
    [
      'another workspace, that Slack names as the request’s',
      { team_id: 'TOTHER' },
      { team: { id: 'TOTHER' } },
      'TOURS',
    ],
    ['another organisation', { team_id: 'EOTHER' }, { enterprise: { id: 'EOURS' } }],
    [
      'another workspace, by the dialog',
      { team_id: 'TOTHER' },
      { team: { id: 'TOTHER' }, view: { app_installed_team_id: 'TOURS' } },
    ],
  ])(
    'refuses the click of somebody of %s, and hands nothing over',
    async (_, user: object, more: object, team?: string) => {
      const world = await slackWorld(team);
      const click = { type: 'block_actions', team: { id: 'TOURS' }, actions: [{ action_id: 'approve', value: 'q1' }] };
      const answer = await world.interact({ ...click, ...more, user: { id: 'U0APPROVER', ...user } });
      expect([answer.statusCode, world.invocations]).toEqual([401, []]);
    },
  );

  it.each([
    ['of the workspace', { team_id: 'TOURS' }, {}],
    ['of the workspace that the deployment was told', { team_id: 'TOURS' }, {}, 'TOURS'],
    ['of the organisation', { team_id: 'EOURS' }, { enterprise: { id: 'EOURS' } }, 'TOURS'],
    ['where the app is installed to all of an organisation', { team_id: 'TOURS' }, { team: null }],
    ['where Slack does not say', {}, {}],
  ])('hears a person %s', async (_, user: object, more: object, team?: string) => {
    const world = await slackWorld(team);
    const click = { type: 'block_actions', team: { id: 'TOURS' }, actions: [{ action_id: 'approve', value: 'q1' }] };
    await world.interact({ ...click, ...more, user: { id: 'U0APPROVER', ...user } });
    expect(world.invocations).toHaveLength(1);
  });

  it('refuses a command of another workspace where the deployment was told its own', async () => {
    const world = await slackWorld('TOURS');
    expect(said(await world.command('list', { team_id: 'TOTHER' }))).toContain('Only people of the workspace');
    expect(world.invocations).toEqual([]);
    await world.command('list', { team_id: 'TOURS' });
    expect(world.invocations).toHaveLength(1);
  });

  it('answers 401 and starts nothing for what Slack did not sign now', async () => {
    const world = await slackWorld();
    const { slack, sandbox } = world;
    const at = (seconds: number) => new Date(sandbox.clock.now().getTime() + seconds * 1000);
    const genuine = slack.sign(BODY);
    const forged = [
      {},
      { 'x-slack-signature': genuine['x-slack-signature'] ?? '' },
      { 'x-slack-request-timestamp': genuine['x-slack-request-timestamp'] ?? '' },
      slack.sign(BODY, at(-900)),
      slack.sign(BODY, at(900)),
      slack.sign(`${BODY}&`),
      { ...genuine, 'x-slack-signature': `v0=${randomBytes(32).toString('hex')}` },
    ];
    for (const headers of forged) {
      expect((await world.send(COMMANDS, BODY, headers as Record<string, string>)).statusCode).toBe(401);
    }
    expect(world.invocations).toEqual([]);
  });

  it('takes a signature once, however many come at the same moment', async () => {
    const world = await slackWorld();
    const headers = world.slack.sign(BODY);
    const answers = await Promise.all(Array.from({ length: 20 }, () => world.send(COMMANDS, BODY, headers)));
    expect(answers.map(({ statusCode }) => statusCode).sort()).toEqual([200, ...Array(19).fill(401)]);
    expect(world.invocations).toHaveLength(1);
  });

  it('remembers a signature for longer than it is good, in seconds as DynamoDB wants it', async () => {
    const world = await slackWorld();
    const claim = { timestamp: 1_800_000_000, signature: 'v0=abc' };
    expect(await isFirstUse(doorTable(), claim)).toBe(true);
    expect(await isFirstUse(doorTable(), claim)).toBe(false);
    const { Items = [] } = await world.table.client.send(new ScanCommand({ TableName: 'reconnect' }));
    expect(Items).toEqual([{ pk: expect.stringMatching(/^SLACK#[0-9a-f]{64}$/), sk: 'SEEN', ttl: 1_800_000_600 }]);
  });

  it('hands a command over under a name made of its trigger, and says so at once', async () => {
    const world = await slackWorld();
    const answer = await world.command('repair nerava-backend no SMS', { trigger_id: '12.34.secret' });
    expect(answer.statusCode).toBe(200);
    expect(said(answer)).toContain('Starting a repair');
    expect(world.invocations).toEqual([
      {
        functionName: 'worker',
        type: 'Event',
        input: {
          kind: 'start',
          mode: 'repair',
          service: 'nerava-backend',
          reason: 'no SMS',
          name: expect.stringMatching(/^slack-[0-9a-f]{24}$/),
          user: 'U0REQUESTER',
          channel: 'C0INCIDENTS',
          responseUrl: expect.any(String),
        },
      },
    ]);
    expect(JSON.stringify(world.invocations)).not.toContain('12.34.secret');
    await world.sandbox.clock.sleep(2000);
    await world.command('repair nerava-backend no SMS', { trigger_id: '12.34.secret' });
    await world.command('repair nerava-backend no SMS');
    const [first, again, another] = world.invocations.map(({ input }) => input.name);
    expect([again === first, another === first]).toEqual([true, false]);
  });

  it.each([
    ['help', 'finds out why'],
    ['rapair nerava-backend', '/reconnect repair nerava-backend'],
    ['plan nerva-backend', '/reconnect plan nerava-backend'],
    ['plan ../../slack/bot-token', 'No profile'],
  ])('answers %j by itself', async (text, part) => {
    const world = await slackWorld();
    const answer = await world.command(text);
    expect(said(answer)).toContain(part);
    expect(JSON.parse(answer.body)).toMatchObject({ response_type: 'ephemeral' });
    expect(world.invocations).toEqual([]);
  });

  it('knows no other ways', async () => {
    const world = await slackWorld();
    expect((await world.send('/slack/else', BODY)).statusCode).toBe(404);
  });

  it.each([
    ['/slack/interactivity', 'payload=notjson', 'payload: must be JSON of an interaction'],
    ['/slack/interactivity', 'payload=%7B', 'payload: must be JSON of an interaction'],
    ['/slack/interactivity', 'payload=%5B1%5D', 'payload: must be JSON of an interaction'],
    ['/slack/interactivity', 'payload=null', 'payload: must be JSON of an interaction'],
    ['/slack/interactivity', 'payload=%7B%7D', 'payload: must be JSON of an interaction'],
    ['/slack/interactivity', 'nothing', 'payload: must be JSON of an interaction'],
    [COMMANDS, '{"a":1}', 'command: must name the command that was typed'],
    [COMMANDS, '', 'command: must name the command that was typed'],
  ])('answers 400 with the field on %s to a signed body that cannot be used: %j', async (path, body, message) => {
    const world = await slackWorld();
    const answer = await world.send(path, body);
    expect(answer.statusCode).toBe(400);
    expect(JSON.parse(answer.body)).toEqual({ error: 'InvalidRequest', message });
    expect(world.invocations).toEqual([]);
  });

  it('answers Slack when it tries the certificate', async () => {
    const world = await slackWorld();
    expect(await world.send(COMMANDS, 'ssl_check=1&token=x')).toMatchObject({ statusCode: 200, body: '' });
  });

  it('says so when AWS does not answer, and is calm about an interaction that it does not know', async () => {
    const world = await slackWorld();
    const log = vi.spyOn(logger, 'error').mockImplementation(() => undefined);
    process.env.RECONNECT_SLACK_WORKER_FUNCTION = '';
    expect(said(await world.command('list'))).toContain('did not work');
    expect((await world.interact({ type: 'shortcut', user: { id: 'U1' } })).statusCode).toBe(200);
    expect(log).toHaveBeenCalledTimes(1);
    log.mockRestore();
  });

  it.each([
    ['approve', { kind: 'decide', decision: 'approve' }],
    ['decline', { kind: 'decide', decision: 'decline' }],
    ['confirm-no', { kind: 'deny-delivery' }],
  ])('hands over a click on %s as the one who clicked', async (action_id, work) => {
    const world = await slackWorld();
    expect(await click(world, { action_id, value: 'q1' })).toMatchObject({ statusCode: 200, body: '' });
    expect(world.invocations).toMatchObject([
      { type: 'Event', input: { ...work, question: 'q1', user: 'U0APPROVER' } },
    ]);
  });

  it('opens the dialog itself, and hands nothing over', async () => {
    const world = await slackWorld();
    await click(world, { action_id: 'confirm-yes', block_id: 'delivery-with-code', value: 'q1' });
    expect(world.slack.workspace.views).toMatchObject([{ open: true, view: { private_metadata: 'q1' } }]);
    expect(world.invocations).toEqual([]);
  });

  it.each(['failing', 'cut', 'slow'] as const)(
    'lets the worker say that no dialog came when Slack is %s',
    async (condition) => {
      const world = await slackWorld();
      Object.assign(world.slack.weather, { condition });
      expect((await click(world, { action_id: 'confirm-yes', value: 'q1' })).statusCode).toBe(200);
      expect(world.invocations).toMatchObject([{ input: { kind: 'say' } }]);
    },
  );

  it('gives a code to the function that tries it, and to nothing else', async () => {
    const world = await slackWorld();
    const question = await askDelivery(world);
    expect(await submit(world, question, 'yes', '493817')).toMatchObject({ statusCode: 200, body: '' });
    expect(world.invocations).toEqual([
      {
        functionName: 'answer-delivery',
        type: 'Event',
        input: { run: 'run-1', delivered: true, by: 'U0APPROVER', code: '493817' },
      },
    ]);
    const { Item } = await world.table.client.send(
      new GetCommand({ TableName: 'reconnect', Key: { pk: 'RUN#run-1', sk: 'DELIVERY' } }),
    );
    expect(JSON.stringify([Item, world.slack.messages])).not.toContain('493817');
  });

  it('gives a code away once, although Lambda does not say that it has come', async () => {
    const world = await slackWorld();
    const log = vi.spyOn(logger, 'error').mockImplementation(() => undefined);
    const question = await askDelivery(world);
    const tries: string[] = [];
    const failing = async ({ path }: { path: string }) => {
      tries.push(path);
      return { status: 500, body: '{}' };
    };
    world.sandbox.mountRest('/2015-03-31/functions/', failing, { service: 'lambda' });
    expect((await submit(world, question, 'yes', '493817')).statusCode).toBe(500);
    expect(tries).toHaveLength(1);
    log.mockRestore();
  });

  it('checks the signature over the bytes that came, whatever they mean', async () => {
    const world = await slackWorld();
    const bytes = Buffer.concat([Buffer.from('command=%2Freconnect&text=help&user_name='), Buffer.from([0xff, 0xfe])]);
    expect((await world.send(COMMANDS, bytes)).statusCode).toBe(200);
    const meant = Buffer.from(bytes.toString());
    expect((await world.send(COMMANDS, bytes, world.slack.sign(meant))).statusCode).toBe(401);
  });

  it('shows in the dialog what is wrong, and that it is too late', async () => {
    const world = await slackWorld();
    const errors = async (answer: Promise<{ body: string }>) => JSON.parse((await answer).body).errors;
    const question = await askDelivery(world);
    expect(await errors(submit(world, question, 'yes', 'not a code at all!'))).toEqual({ code: expect.any(String) });
    expect(await errors(submit(world, 'unknown', 'yes'))).toEqual({ arrived: 'This question is not known here.' });
    const late = await askDelivery(world, -1);
    expect(await errors(submit(world, question, 'yes'))).toEqual({ arrived: expect.stringContaining('asked anew') });
    expect(await errors(submit(world, late, 'yes'))).toEqual({ arrived: expect.stringContaining('Too late') });
    expect(world.invocations).toEqual([]);
  });
});
