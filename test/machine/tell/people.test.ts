import { expect, it } from 'vitest';
import type { Announcement } from '../../../lib/domain/announcement.ts';
import { readTold } from '../../../lib/run/records.ts';
import { type Channel, tellPeople } from '../../../lib/tell/people.ts';
import { openTable } from '../run/table.ts';

const now = () => new Date('2026-01-01T12:00:00Z');
const progress = (what: string): Announcement => ({ kind: 'progressed', run: 'r1', service: 'shop', what });
const finished: Announcement = {
  kind: 'finished',
  run: 'r1',
  service: 'shop',
  verdict: 'recovered',
  summary: 'shop: repaired',
  nextSteps: [],
};

/** A channel that fails as long as it is told to. */
function channel(name: Channel['name'], given: Partial<Channel> & { fails?: boolean } = {}) {
  const state = { fails: given.fails ?? false, sent: [] as Announcement[] };
  const made: Channel = {
    name,
    reachesPeople: true,
    wants: () => 'always',
    send: async (announcement) => {
      if (state.fails) throw Object.assign(new Error('is down'), { name: 'Down' });
      state.sent.push(announcement);
      return 'sent';
    },
    ...given,
  };
  return { made, state };
}

async function people(...channels: ReturnType<typeof channel>[]) {
  const table = await openTable();
  return {
    table,
    tell: (announcement: Announcement) =>
      tellPeople(
        announcement,
        channels.map(({ made }) => made),
        { table, now },
      ),
  };
}

it('takes the next channel when one fails, does not try again, and keeps both for the report', async () => {
  const [slack, sns] = [channel('slack', { fails: true }), channel('sns', { wants: () => 'fallback' })];
  const { table, tell } = await people(slack, sns);
  await tell(progress('step 1'));
  expect(sns.state.sent).toHaveLength(1);
  expect(await readTold(table, 'r1')).toMatchObject([
    { what: 'progressed', channel: 'slack', ok: false, because: 'Down: is down' },
    { what: 'progressed', channel: 'sns', ok: true },
  ]);
});

it('does not use a channel that is only for the case that another fails', async () => {
  const [slack, sns] = [channel('slack'), channel('sns', { wants: () => 'fallback' })];
  await (await people(slack, sns)).tell(progress('step 1'));
  expect(sns.state.sent).toEqual([]);
});

it('tells it once when it is called ten times at once', async () => {
  const sns = channel('sns');
  const { tell } = await people(sns);
  await Promise.all(Array.from({ length: 10 }, () => tell(progress('step 1'))));
  expect(sns.state.sent).toHaveLength(1);
});

it('throws when nobody heard of it, and tells the same thing once when it is called again', async () => {
  const [slack, sns] = [channel('slack', { fails: true }), channel('sns', { fails: true })];
  const { tell } = await people(slack, sns);
  await expect(tell(progress('step 1'))).rejects.toMatchObject({ name: 'RetryLater' });
  sns.state.fails = false;
  await tell(progress('step 1'));
  await tell(progress('step 1'));
  await tell(progress('step 2'));
  expect(sns.state.sent).toHaveLength(2);
});

it('comes back with the last word until every channel has it, and gives it to none twice', async () => {
  const [slack, sns] = [channel('slack', { fails: true }), channel('sns')];
  const { tell } = await people(slack, sns);
  await expect(tell(finished)).rejects.toThrow('slack: Down: is down');
  slack.state.fails = false;
  await tell(finished);
  expect([slack.state.sent, sns.state.sent]).toEqual([[finished], [finished]]);
});

it('does not count the event bus as somebody who heard of it', async () => {
  const [sns, bus] = [channel('sns', { fails: true }), channel('event-bus', { reachesPeople: false })];
  await expect((await people(sns, bus)).tell(progress('step 1'))).rejects.toThrow('sns: ');
});

it('keeps nothing secret of what a channel says for the report', async () => {
  const sns = channel('sns', {
    send: async () => {
      throw new Error('password=hunter2 for +15555550118');
    },
  });
  const { table, tell } = await people(sns);
  await expect(tell(finished)).rejects.not.toThrow('hunter2');
  expect(JSON.stringify(await readTold(table, 'r1'))).not.toMatch(/hunter2|5555550118/);
});

it('leaves out what is not set up, without a word', async () => {
  const none = channel('slack', { send: async () => 'not set up' });
  const { table, tell } = await people(none);
  expect(await tell(progress('step 1'))).toEqual([]);
  expect(await readTold(table, 'r1')).toEqual([]);
});

it('counts neither for nor against a channel what was not asked of it', async () => {
  const state = { error: { name: 'Down' } as object };
  const slack = channel('slack', {
    send: async () => {
      throw Object.assign(new Error('no'), state.error);
    },
  });
  const { tell, table } = await people(slack);
  for (const what of ['1', '2']) await expect(tell(progress(what))).rejects.toThrow('slack: Down');
  state.error = { name: 'Waiting', wasNotAsked: true };
  for (const what of ['3', '4', '5']) await expect(tell(progress(what))).rejects.toThrow('slack: Waiting');
  state.error = { name: 'Down' };
  await expect(tell(progress('6'))).rejects.toThrow('slack: Down');
  await expect(tell(progress('7'))).rejects.toThrow('left alone until');
  state.error = { name: 'Waiting', wasNotAsked: true };
  const afterPause = { table, now: () => new Date(now().getTime() + 181_000) };
  for (const what of ['8', '9']) {
    await expect(tellPeople(progress(what), [slack.made], afterPause)).rejects.toThrow('slack: Waiting');
  }
});

it('goes on using a channel that refused single messages', async () => {
  const slack = channel('slack', {
    send: async (announcement) => {
      if (announcement.kind !== 'finished') return 'sent';
      throw Object.assign(new Error('no such channel'), { isOfThisOnly: true });
    },
  });
  const { tell } = await people(slack, channel('sns'));
  for (const run of ['r1', 'r2', 'r3', 'r4'])
    await expect(tell({ ...finished, run })).rejects.toThrow('no such channel');
  expect(await tell(progress('step 1'))).toMatchObject([{ channel: 'slack', ok: true }, { channel: 'sns' }]);
});
