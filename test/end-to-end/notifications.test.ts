import { expect, it } from 'vitest';
import { runTable } from '../../lib/run/client.ts';
import { readReport } from '../../lib/run/records.ts';
import { approve, confirm, openWorld, type World } from './world.ts';

/* How people hear of a run. Nothing of it is on the run's path. */

const subjects = (world: World) => world.sandbox.account.sns.messages.map(({ subject }) => subject);
const put = (world: World) => world.sandbox.events.sent.filter(({ source }) => source === 'reconnect');

it('tells the whole story in Slack, what asks and ends also by mail, and the end on the event bus', async () => {
  const world = await openWorld('otp-egress');
  const { report, execution } = await world.repair();
  await world.product.idle();
  expect(subjects(world)).toEqual([
    'reconnect: approve the repair of nerava-backend?',
    expect.stringContaining('Has the SMS'),
    'reconnect: nerava-backend recovered',
  ]);
  expect(world.sandbox.slack.messages.length).toBeGreaterThan(0);
  expect(put(world)).toMatchObject([
    {
      'detail-type': 'reconnect.run.finished',
      detail: { run: execution.name, service: 'nerava-backend', verdict: 'recovered', summary: report.summary },
    },
  ]);
  const told = (await readReport(runTable(), report.run))?.notifications ?? [];
  expect(new Set(told.map(({ what }) => what))).toEqual(
    new Set(['began', 'diagnosed', 'asked', 'decided', 'progressed', 'delivery-asked', 'finished']),
  );
  expect(told.filter(({ ok }) => !ok)).toEqual([]);
  expect(world.product.lambda.deadLetters).toEqual([]);
});

it('has mail only, and no news of progress, where Slack is not set up', async () => {
  const world = await openWorld('otp-egress', { slack: false });
  await world.repair();
  await world.product.idle();
  expect(subjects(world)).toHaveLength(3);
  expect(world.sandbox.slack.messages).toEqual([]);
});

it.each(['cut', 'failing', 'slow'] as const)(
  'recovers while Slack is %s: the topic took it, and the report says so',
  async (condition) => {
    const world = await openWorld('otp-egress');
    world.sandbox.slack.weather.condition = condition;
    const { report } = await world.repair({ onApproval: approve, onDelivery: confirm });
    expect(report.verdict).toBe('recovered');
    await world.product.idle();
    expect(subjects(world)).toContain('reconnect: nerava-backend recovered');
    const told = (await readReport(runTable(), report.run))?.notifications ?? [];
    const of = (channel: string, what: string) => told.find((one) => one.channel === channel && one.what === what)?.ok;
    expect([of('slack', 'finished'), of('sns', 'finished'), of('sns', 'diagnosed')]).toEqual([false, true, true]);
    expect(told.some(({ because }) => because.startsWith('left alone until'))).toBe(true);
  },
);

it('waits as long as Slack asks for, and brings its message up to date afterwards', async () => {
  const world = await openWorld('otp-egress');
  world.sandbox.slack.limitRate(1, 45);
  const { report } = await world.repair();
  await world.product.idle();
  expect(report.notifications).toContainEqual(
    expect.objectContaining({ channel: 'slack', ok: false, because: expect.stringContaining('pause of 45 s') }),
  );
  const told = (await readReport(runTable(), report.run))?.notifications ?? [];
  expect(told).toContainEqual(expect.objectContaining({ channel: 'slack', what: 'finished', ok: true }));
  expect(world.sandbox.slack.messages[0]?.text).toContain('Recovered');
});

it('brings the question to Slack as soon as Slack is back', async () => {
  const world = await openWorld('otp-egress');
  world.sandbox.slack.weather.condition = 'failing';
  const { report } = await world.repair({
    onApproval: async (_, asked) => {
      await world.sandbox.clock.sleep(30_000);
      world.sandbox.slack.weather.condition = 'up';
      await world.sandbox.slack.seen(({ messages }) =>
        JSON.stringify(messages).includes('approve') ? true : undefined,
      );
      await approve(world, asked);
    },
    onDelivery: confirm,
  });
  expect(report.verdict).toBe('recovered');
});

it('goes on, and ends as it would, when the function that tells people is broken', async () => {
  const world = await openWorld('otp-egress');
  world.product.breakFunction('tell-people');
  expect((await world.repair()).report.verdict).toBe('recovered');
});
