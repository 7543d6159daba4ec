import type { SFNClient } from '@aws-sdk/client-sfn';
import { ApprovalRefused } from '../../domain/errors.ts';
import { redact } from '../../domain/redact.ts';
import type { Purpose } from '../../domain/request.ts';
import { type ApprovalQuestion, assertIsApprover } from '../../run/approval.ts';
import { readDeath } from '../../run/death.ts';
import { askedOf } from '../../run/questions.ts';
import { readReport } from '../../run/records.ts';
import { startRun } from '../../run/start.ts';
import type { Table } from '../../run/table.ts';
import { logger } from '../../step.ts';
import { tellSlack } from '../../tell/slack.ts';
import { type Slack, SlackRefused } from '../client.ts';
import { readStory } from '../story-record.ts';
import { safe } from '../text.ts';
import type { Work } from '../work.ts';
import { groupsOf } from './groups.ts';
import { refusal } from './refusal.ts';

export interface Bench {
  readonly table: Table;
  readonly slack: Slack;
  readonly stepFunctions: Pick<SFNClient, 'send'>;
  readonly machines: { readonly reconnect: string; readonly undo: string };
  readonly now: () => Date;
}

type Of<K extends Work['kind']> = Extract<Work, { kind: K }>;

/** Starts a run under its own name: a second delivery of the same command finds the first. Returns what to say. */
export async function start(
  bench: Bench,
  { mode, service, reason, name, user, channel }: Of<'start'>,
): Promise<string> {
  const input = { service, mode, requestedBy: user, ...(reason && { reason: redact(reason) }), ...reply(channel) };
  await startRun({ client: bench.stepFunctions, stateMachineArn: bench.machines.reconnect }, input, name);
  return begin(bench, { run: name, service, mode, user, channel });
}

/** Starts the run that takes another one back, for those who might have approved that one. */
export async function undo(bench: Bench, { run, name, user, channel }: Of<'undo'>): Promise<string> {
  const ended = (await readReport(bench.table, run)) ?? (await readDeath(bench.table, run));
  if (!ended) return `No run called \`${safe(run, 100)}\` has finished here: its name is in the message of the run.`;
  const refused = await mayNotUndo(bench, run, user);
  if (refused) return refused;
  const input = { run, requestedBy: user, ...reply(channel) };
  await startRun({ client: bench.stepFunctions, stateMachineArn: bench.machines.undo }, input, name);
  return begin(bench, { run: name, service: ended.service, mode: 'undo', user, channel });
}

/** Why not, in a sentence; undefined for whoever may. */
async function mayNotUndo({ table, slack }: Bench, run: string, user: string): Promise<string | undefined> {
  const question = await askedOf<ApprovalQuestion>(table, run, 'APPROVAL');
  if (!question) return `Run \`${safe(run, 100)}\` got no approval, so it changed nothing that could be taken back.`;
  const { memberOf, unsure } = await groupsOf(slack, user, question.approvers);
  try {
    assertIsApprover(question, { by: user, memberOf });
    return undefined;
  } catch (error) {
    if (!(error instanceof ApprovalRefused)) throw error;
    return refusal(error, unsure);
  }
}

const reply = (channel: string | undefined) =>
  channel !== undefined && /^[CDG][A-Z0-9]{2,}$/.test(channel) ? { replyTo: { slackChannel: channel } } : {};

interface Begun {
  readonly run: string;
  readonly service: string;
  readonly mode: Purpose;
  readonly user: string;
  readonly channel?: string;
}

const INVITE = 'invite me with `/invite @reconnect` to have the next run here';

/** Puts the run's message where the command came from, and says where it is when that could not be. */
async function begin(bench: Bench, { run, service, mode, user, channel = '' }: Begun): Promise<string> {
  const { table, slack, now } = bench;
  try {
    const began = { kind: 'began', run, service, mode, requestedBy: user } as const;
    await tellSlack(began, { table, slack, channel, at: now().toISOString() });
    const { channel: place } = await readStory({ table, run });
    if (place === channel || place === undefined) return `Run \`${run}\` has started: its message is in this channel.`;
    return `Run \`${run}\` has started. I am not in this channel, so its message is in <#${place}>; ${INVITE}.`;
  } catch (error) {
    logger.warn('could not show the run in Slack', { run, because: error instanceof Error ? error.message : '' });
    if (!(error instanceof SlackRefused)) return `Run \`${run}\` has started; its message comes when Slack takes it.`;
    return `Run \`${run}\` has started, but I may not write to this channel (${error.code}): ${INVITE}. Until then \`/reconnect status ${safe(service, 80)}\` says how it goes.`;
  }
}
