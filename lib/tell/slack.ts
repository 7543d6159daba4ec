import { clock } from '../clock.ts';
import type { Announcement } from '../domain/announcement.ts';
import { RetryLater } from '../domain/errors.ts';
import type { Table } from '../run/table.ts';
import { section } from '../slack/blocks.ts';
import { type Slack, SlackRefused } from '../slack/client.ts';
import { type Message, messageOf } from '../slack/message.ts';
import { unsaidOf } from '../slack/plan-thread.ts';
import { replyTo, type ThreadReply } from '../slack/replies.ts';
import { reportLink } from '../slack/report-link.ts';
import { partOf } from '../slack/story.ts';
import {
  addPart,
  claimFirst,
  dropClaim,
  forgetPosted,
  notePosted,
  readStory,
  type StoryRecord,
} from '../slack/story-record.ts';
import { safe, told } from '../slack/text.ts';

export interface Around {
  readonly table: Table;
  readonly slack: Slack;
  /** Where the message of the run goes when it has none yet. */
  readonly channel: string;
  /** When this is told, ISO 8601. */
  readonly at: string;
}

interface Telling extends Around {
  readonly run: string;
}

/** We wait for ourselves: Slack was not asked, so this says nothing of Slack. */
class StillPosting extends RetryLater {
  readonly wasNotAsked = true;
}

/** A run that was not let in never told what it is for. */
const modeOf = ({ began, died }: Pick<StoryRecord, 'began' | 'died'>) =>
  began?.mode ?? (died?.isUndo ? 'undo' : undefined);

/** Nothing of what is told is to be unfolded into pictures of other sites. */
const QUIET = { unfurl_links: false, unfurl_media: false } as const;

/**
 * Tells it in Slack: in the one message of the run, which is posted once and then changed in place, and in a line of its
 * thread. Throws `RateLimited` (with `retryAfterSeconds`), `RetryLater` or `SlackRefused`.
 */
export async function tellSlack(announcement: Announcement, around: Around): Promise<void> {
  if (announcement.kind === 'swept') return tellOfSweep(announcement, around);
  const { run, service } = announcement;
  const telling = { ...around, run };
  const part = partOf(announcement, around.at);
  await addPart(telling, told(service, 80), part);
  const { channel, ts, ...story } = await show(telling);
  const link = reportLink(run, modeOf(story));
  const reply = replyTo(part, announcement.kind === 'reminded', link);
  const replies = [...(reply ? [reply] : []), ...unsaid(announcement, messageOf(story, link))];
  for (const { text, loud } of replies) {
    const how = loud ? { reply_broadcast: true } : {};
    await around.slack.call('chat.postMessage', { channel, thread_ts: ts, text, ...how, ...QUIET });
  }
}

/** What the message has no room for, once: a reminder comes after it was said. */
function unsaid(announcement: Announcement, message: Message): ThreadReply[] {
  const shown =
    announcement.kind === 'asked' || (announcement.kind === 'finished' && announcement.verdict === 'planned');
  const texts = shown && announcement.plan ? unsaidOf(announcement.plan, message) : [];
  return texts.map((text) => ({ text, loud: false }));
}

type Posted = StoryRecord & { readonly channel: string; readonly ts: string };

/** Looks again after each showing: of two that change the message at once, the last to be heard may be the older one. */
const LOOKS = 5;

/** Makes the message of the run say what is known of it. */
async function show(telling: Telling): Promise<Posted> {
  let { posted, shown } = await firstMessage(telling);
  for (let look = 0; look < LOOKS && shown !== posted.version; look++) {
    shown = posted.version;
    if (!(await change(telling, posted))) ({ posted, shown } = await firstMessage(telling));
    posted = { ...posted, ...(await readStory(telling)) };
  }
  return posted;
}

/** False when somebody has deleted it. */
async function change(telling: Telling, { channel, ts, ...story }: Posted): Promise<boolean> {
  try {
    const message = messageOf(story, reportLink(story.run, modeOf(story)));
    await telling.slack.call('chat.update', { channel, ts, ...message });
    return true;
  } catch (error) {
    if (!(error instanceof SlackRefused) || error.code !== 'message_not_found') throw error;
    await forgetPosted(telling, ts);
    return false;
  }
}

const WAITS = 20;
const WAIT_MS = 250;

/**
 * The message, posted now if nobody has: only who holds the claim posts. Slack's answer may get lost after it has posted:
 * then a second one stands below it, because rather two than none. `shown`: the version that it says so far.
 */
async function firstMessage(telling: Telling): Promise<{ posted: Posted; shown: number }> {
  for (let wait = 0; wait < WAITS; wait++) {
    const story = await readStory(telling);
    if (isPosted(story)) return { posted: story, shown: -1 };
    if (await claimFirst(telling, clock.now())) return { posted: await post(telling, story), shown: story.version };
    await clock.sleep(WAIT_MS);
  }
  throw new StillPosting(`the first message of run ${telling.run} is still being posted`);
}

const isPosted = (story: StoryRecord): story is Posted => story.ts !== undefined && story.channel !== undefined;

async function post(telling: Telling, story: StoryRecord): Promise<Posted> {
  try {
    const message = messageOf(story, reportLink(story.run, modeOf(story)));
    const { channel, ts } = await postWhereAllowed(telling, { ...message, ...QUIET });
    await notePosted(telling, channel, ts);
    return { ...(await readStory(telling)), channel, ts };
  } catch (error) {
    await dropClaim(telling);
    throw error;
  }
}

/** What Slack says of a channel that the app may not write to. */
const NOT_THERE = ['not_in_channel', 'channel_not_found', 'is_archived'];

/** In the channel that was asked for; where the app is not invited, in the channel of the deployment. */
async function postWhereAllowed({ slack, channel }: Around, message: object): Promise<{ channel: string; ts: string }> {
  try {
    return idsOf(await slack.call('chat.postMessage', { channel, ...message }), channel);
  } catch (error) {
    const instead = process.env.RECONNECT_SLACK_CHANNEL;
    const away = error instanceof SlackRefused && NOT_THERE.includes(error.code);
    if (!away || !instead || instead === channel) throw error;
    return idsOf(await slack.call('chat.postMessage', { channel: instead, ...message }), instead);
  }
}

/** The id that Slack gives: a channel may have been named otherwise, and only its id can be updated in. */
const idsOf = (answer: Record<string, unknown>, channel: string) => ({
  channel: String(answer.channel ?? channel),
  ts: String(answer.ts),
});

const MOST_FINDINGS = 20;

async function tellOfSweep({ findings }: Extract<Announcement, { kind: 'swept' }>, around: Around): Promise<void> {
  const line = ({ service, subject, because }: (typeof findings)[number]) =>
    `• *${safe(told(service, 80), 120)}*, ${safe(told(subject, 100), 150)}: ${safe(told(because, 400), 600)}`;
  const more = findings.length - MOST_FINDINGS;
  const text = `The sweep found what would fail: ${findings.length} ${findings.length === 1 ? 'thing is' : 'things are'} new`;
  const blocks = [
    section(`*${text}*`),
    ...findings.slice(0, MOST_FINDINGS).map((finding) => section(line(finding))),
    ...(more > 0 ? [section(`… and ${more} more.`)] : []),
  ];
  await around.slack.call('chat.postMessage', { channel: around.channel, text, blocks, ...QUIET });
}
