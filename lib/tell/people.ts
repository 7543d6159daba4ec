import { type Announcement, isNews } from '../domain/announcement.ts';
import { contentHash } from '../domain/canonical.ts';
import { RetryLater } from '../domain/errors.ts';
import { redact } from '../domain/redact.ts';
import type { Notification } from '../domain/report.ts';
import { claimTelling, dropTelling, readTold, storeTold } from '../run/records.ts';
import type { Table } from '../run/table.ts';
import { closedUntil, giveTrialBack, noteFailure, noteSuccess } from './breaker.ts';

export interface Channel {
  readonly name: Notification['channel'];
  /** The event bus tells programs: that it took something does not mean that a person heard of it. */
  readonly reachesPeople: boolean;
  /** `fallback`: only when a channel before this one did not take it. */
  wants(announcement: Announcement): 'always' | 'fallback' | 'never';
  /** Throws when it could not be sent. */
  send(announcement: Announcement): Promise<'sent' | 'not set up'>;
}

/** What the error of a channel may say besides. */
interface Refusal extends Error {
  /** How long the channel wants to be left alone. */
  readonly retryAfterSeconds?: number;
  /** The channel is in order: it would take another announcement. */
  readonly isOfThisOnly?: boolean;
  /** The channel was not asked: this says nothing of it, neither good nor bad. */
  readonly wasNotAsked?: boolean;
}

export interface Around {
  readonly table: Table;
  readonly now: () => Date;
}

/** Whose records these are; the sweep is no run. */
export const runOf = (announcement: Announcement): string => ('run' in announcement ? announcement.run : 'sweep');

/**
 * Tells it through the channels, in their order. What a channel took it is not given again, however often this is called.
 * Throws `RetryLater` when nobody heard of it; and also when any channel did not, unless it is news, because whoever looks
 * only there would wait for it in vain.
 */
export async function tellPeople(
  announcement: Announcement,
  channels: readonly Channel[],
  around: Around,
): Promise<Notification[]> {
  const run = runOf(announcement);
  const id = `${announcement.kind}#${contentHash(announcement).slice(0, 16)}`;
  const before = await readTold(around.table, run, id);
  const told: Notification[] = [];
  for (const channel of channels) {
    const wanted = channel.wants(announcement);
    if (wanted === 'never' || (wanted === 'fallback' && !told.some(({ ok }) => !ok))) continue;
    const taken = before.find((one) => one.channel === channel.name && one.ok);
    const tried = taken ?? (await once(channel, announcement, { ...around, run, id }));
    if (tried) told.push(tried);
  }
  const failed = told.filter(({ ok }) => !ok);
  const reached = told.some(({ ok, channel }) => ok && channels.find(({ name }) => name === channel)?.reachesPeople);
  if (failed.length > 0 && (!reached || !isNews(announcement))) {
    throw new RetryLater(failed.map(({ channel, because }) => `${channel}: ${because}`).join('; '));
  }
  return told;
}

interface Telling extends Around {
  readonly run: string;
  readonly id: string;
}

/** Undefined when the channel is not set up, or while somebody else is telling it the same. */
async function once(channel: Channel, announcement: Announcement, telling: Telling): Promise<Notification | undefined> {
  const { table, run, id, now } = telling;
  if (!(await claimTelling(table, run, { announcement: id, channel: channel.name, now: now() }))) return undefined;
  const tried = await attempt(channel, announcement, telling);
  if (tried) await storeTold(table, run, id, tried);
  if (!tried?.ok) await dropTelling(table, run, id, channel.name);
  return tried;
}

async function attempt(
  channel: Channel,
  announcement: Announcement,
  around: Around,
): Promise<Notification | undefined> {
  const breaker = { table: around.table, channel: channel.name };
  const result = (ok: boolean, because: string): Notification => ({
    what: announcement.kind,
    channel: channel.name,
    ok,
    because,
    at: around.now().toISOString(),
  });
  const closed = await closedUntil(breaker, around.now());
  if (closed) return result(false, `left alone until ${closed}, because it failed before`);
  try {
    if ((await channel.send(announcement)) === 'not set up') return undefined;
    await noteSuccess(breaker);
    return result(true, `${channel.name} took it`);
  } catch (error) {
    const { name, message, retryAfterSeconds, isOfThisOnly, wasNotAsked } = error as Refusal;
    if (isOfThisOnly) await noteSuccess(breaker);
    else if (wasNotAsked) await giveTrialBack(breaker, around.now());
    else await noteFailure(breaker, around.now(), retryAfterSeconds);
    return result(false, redact(`${name}: ${message}`).slice(0, 300));
  }
}
