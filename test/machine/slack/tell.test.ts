import { describe, expect, it, vi } from 'vitest';
import { eventBridge, sns, ssm } from '../../../lib/aws.ts';
import { claimFirst } from '../../../lib/slack/story-record.ts';
import { channelsOf } from '../../../lib/tell/channels.ts';
import { tellPeople } from '../../../lib/tell/people.ts';
import { AT, about, asked, decided, deliveryAsked, finished, HASH, plan, step } from '../../unit/slack/story.ts';
import { firstMessages, slackWorld, tell, threads } from './world.ts';

const began = { kind: 'began', ...about, mode: 'repair', requestedBy: 'U0REQUESTER' } as const;
const progressed = (what: string) => ({ kind: 'progressed', ...about, what }) as const;
const show = (message: { blocks: readonly unknown[] } | undefined) => JSON.stringify(message?.blocks);

describe('a run in Slack', () => {
  it('is one message that changes in place, and a thread', async () => {
    const world = await slackWorld();
    for (const announcement of [began, asked(), decided(), progressed('adding'), deliveryAsked, finished]) {
      await tell(world, announcement);
    }
    const [message, ...others] = firstMessages(world);
    expect(others).toEqual([]);
    expect(message?.before).toHaveLength(5);
    expect(show(message)).toContain('Recovered');
    expect(show(message)).toContain(`https://reports.example/${about.run}|Report`);
    expect(show(message)).not.toContain('"button"');
    expect(threads(world).map(({ threadTs }) => threadTs)).toEqual(Array(5).fill(message?.ts));
    expect(threads(world).map(({ text }) => text)[0]).toContain('Waiting for approval');
  });

  it.each([
    [true, 'undo'],
    [undefined, 'reconnect'],
  ])(
    'leads to the machine that it died in, though it never told what it was for (undo: %s)',
    async (isUndo, machine) => {
      const world = await slackWorld();
      vi.stubEnv('RECONNECT_REPORT_URL', '');
      for (const name of ['reconnect', 'undo']) {
        const variable = name === 'undo' ? 'RECONNECT_UNDO_STATE_MACHINE_ARN' : 'RECONNECT_STATE_MACHINE_ARN';
        vi.stubEnv(variable, `arn:aws:states:us-east-1:123456789012:stateMachine:${name}`);
      }
      try {
        const refused = { status: 'FAILED', because: 'nothing stands any more', refused: true };
        await tell(world, { kind: 'died', ...about, ...refused, ...(isUndo && { isUndo }) });
        const path = encodeURIComponent(`:execution:${machine}:${about.run}`);
        expect(show(firstMessages(world)[0])).toContain(path);
      } finally {
        vi.unstubAllEnvs();
      }
    },
  );

  it('has one first message, however many announcements come at once', async () => {
    const world = await slackWorld();
    const all = [began, asked(), ...Array.from({ length: 10 }, (_, n) => progressed(`step ${n}`))];
    await Promise.all(all.map((announcement) => tell(world, announcement)));
    const [message, ...others] = firstMessages(world);
    expect(others).toEqual([]);
    expect(threads(world)).toHaveLength(11);
    expect(show(message)).toContain('"button"');
    expect(show(message)).toMatch(/step \d/);
  });

  it('does not ask again because an old question comes late', async () => {
    const world = await slackWorld();
    await tell(world, asked({ plan: plan({ round: 2, hash: 'b'.repeat(64) }), question: 'second' }));
    await tell(world, asked({ question: 'first' }));
    expect(show(firstMessages(world)[0])).toContain('"second"');
    expect(show(firstMessages(world)[0])).not.toContain('"first"');
    await tell(world, finished);
    await tell(world, asked({ question: 'first' }));
    expect(show(firstMessages(world)[0])).not.toContain('"button"');
  });

  it('holds in its thread every warning that the message has no room for', async () => {
    const world = await slackWorld();
    const warnings = Array.from({ length: 30 }, (_, n) => `${n} ${'w'.repeat(300)} end of ${n}`);
    await tell(world, asked({ plan: plan({ steps: [step({ warnings })] }) }));
    const [loud, ...quiet] = threads(world);
    expect(loud?.text).toContain('Waiting for approval');
    for (const n of warnings.keys()) expect(quiet.map(({ text }) => text).join()).toContain(`end of ${n}`);
    await tell(world, { ...asked({ plan: plan() }), kind: 'asked', run: 'short' });
    expect(threads(world)).toHaveLength(quiet.length + 2);
  });

  it('says who decided when the buttons are gone', async () => {
    const world = await slackWorld();
    await tell(world, asked());
    expect(show(firstMessages(world)[0])).toContain('"approve"');
    await tell(world, decided());
    expect(show(firstMessages(world)[0])).toContain(`Plan \`${HASH.slice(0, 12)}\` approved by <@U0APPROVER>`);
    expect(show(firstMessages(world)[0])).not.toContain('"approve"');
  });

  it('stands anew when somebody has deleted its message', async () => {
    const world = await slackWorld();
    await tell(world, began);
    world.slack.workspace.messages.length = 0;
    await tell(world, progressed('going on'));
    expect(firstMessages(world)).toHaveLength(1);
    expect(show(firstMessages(world)[0])).toContain('going on');
    expect(threads(world)).toHaveLength(1);
  });

  it('stands in the channel of the deployment where the app was not invited', async () => {
    const world = await slackWorld();
    await tell(world, began, 'C0GENERAL');
    await tell(world, progressed('going on'), 'C0GENERAL');
    expect(world.slack.messages.map(({ channel }) => channel)).toEqual(['C0INCIDENTS', 'C0INCIDENTS']);
    process.env.RECONNECT_SLACK_CHANNEL = '';
    const another = { ...began, run: 'another' };
    await expect(tell(world, another, 'C0GENERAL')).rejects.toMatchObject({ code: 'not_in_channel' });
  });

  it.each([
    ['limits the rate', { rateLimited: 1, retryAfterSeconds: 30 }, { retryAfterSeconds: 30 }],
    ['fails', { condition: 'failing' }, {}],
    ['hangs up', { condition: 'cut' }, {}],
    ['hangs', { condition: 'slow' }, {}],
  ])('is told later when Slack %s', async (_, weather, error) => {
    const world = await slackWorld();
    Object.assign(world.slack.weather, weather);
    await expect(tell(world, began)).rejects.toMatchObject({ name: 'RetryLater', ...error });
    Object.assign(world.slack.weather, { condition: 'up', rateLimited: 0 });
    await tell(world, asked());
    expect(firstMessages(world).length).toBeGreaterThan(0);
    expect(show(firstMessages(world).at(-1))).toContain('<@U0REQUESTER>');
  });

  it('waits for its first message without a word against Slack, and posts it when nobody else does any more', async () => {
    const world = await slackWorld();
    const { table, sandbox } = world;
    const now = () => sandbox.clock.now();
    const [slack] = channelsOf({ table, ssm, sns, eventBridge, now });
    const people = (announcement: Parameters<typeof tellPeople>[0]) =>
      sandbox.clock.working(() => tellPeople(announcement, slack ? [slack] : [], { table, now }));
    await claimFirst({ table, run: about.run }, now());
    const waiting = ['a', 'b', 'c'].map((what) => people(progressed(what)));
    for (const { status, ...rest } of await Promise.allSettled(waiting)) {
      expect([status, rest]).toEqual(['rejected', { reason: expect.objectContaining({ name: 'RetryLater' }) }]);
    }
    expect(await people({ ...progressed('x'), run: 'another' })).toMatchObject([{ ok: true }]);
    await sandbox.clock.sleep(30_000);
    await people(progressed('d'));
    expect(firstMessages(world)).toHaveLength(2);
  });

  it('tells of a sweep without a run', async () => {
    const world = await slackWorld();
    const finding = { service: '<!here> & co', subject: 'twilio', because: 'no route +15555550118' };
    await tell(world, { kind: 'swept', at: AT, findings: Array(60).fill(finding) });
    const [message] = firstMessages(world);
    expect(message?.blocks).toHaveLength(22);
    expect(show(message)).toContain('&lt;!here&gt; &amp; co');
    expect(show(message)).not.toContain('5555550118');
  });
});
