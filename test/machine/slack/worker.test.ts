import { describe, expect, it, vi } from 'vitest';
import { handler } from '../../../functions/slack-worker.ts';
import type { ApprovalQuestion } from '../../../lib/run/approval.ts';
import { storeDeath } from '../../../lib/run/death.ts';
import { ask } from '../../../lib/run/questions.ts';
import type { Work } from '../../../lib/slack/work.ts';
import { logger } from '../../../lib/step.ts';
import { firstMessages, slackWorld, type World } from './world.ts';

const CONTEXT = { awsRequestId: '1', functionName: 'slack-worker' } as never;
const HASH = 'a'.repeat(64);

/** The worker does this for somebody; what they are told, and nobody else. */
async function worked(world: World, work: object, user = 'U0APPROVER', channel = 'C0INCIDENTS'): Promise<string> {
  Object.assign(process.env, {
    RECONNECT_STATE_MACHINE_ARN: 'arn:aws:states:us-east-1:1:stateMachine:reconnect',
    RECONNECT_UNDO_STATE_MACHINE_ARN: 'arn:aws:states:us-east-1:1:stateMachine:undo',
  });
  const { workspace, url } = world.slack;
  const responseUrl = workspace.newResponseUrl(url, 'actions', { user, channel });
  await world.sandbox.clock.working(() => handler({ ...work, user, channel, responseUrl } as Work, CONTEXT));
  const { body = {}, user: told } = workspace.responses.at(-1) ?? {};
  expect(body).toMatchObject({ response_type: 'ephemeral', replace_original: false });
  expect(told).toBe(user);
  return String((body as { text?: string }).text);
}

const askApproval = (world: World, approvers: readonly string[] = []) =>
  ask<ApprovalQuestion>(world.table, 'run-1', 'APPROVAL', {
    token: 'token',
    expiresAt: new Date(world.sandbox.clock.now().getTime() + 3_600_000).toISOString(),
    planHash: HASH,
    requestedBy: 'U0REQUESTER',
    approvers,
    requesterMayApprove: false,
  });
const decision = (question: string) => ({ kind: 'decide', decision: 'approve', question });
const start = { kind: 'start', mode: 'repair', service: 'nerava-backend', name: 'slack-1' };

describe('a decision in Slack', () => {
  it('goes to its door as the one who clicked, for the plan that was asked about', async () => {
    const world = await slackWorld();
    expect(await worked(world, decision(await askApproval(world)))).toContain('Approved');
    expect(world.invocations).toEqual([
      {
        functionName: 'answer-approval',
        type: 'RequestResponse',
        input: { run: 'run-1', decision: 'approve', by: 'U0APPROVER', planHash: HASH, memberOf: [] },
      },
    ]);
  });

  it('counts for the groups that the one who clicked is in, and for no others', async () => {
    const world = await slackWorld();
    const question = await askApproval(world, ['S0ONCALL', 'S0NOBODY', 'STEVE']);
    await worked(world, decision(question));
    await worked(world, decision(question), 'U0STRANGER');
    expect(world.invocations.map(({ input }) => input.memberOf)).toEqual([['S0ONCALL'], []]);
  });

  it('is refused with the sentence of the door, and with names instead of ids', async () => {
    const world = await slackWorld();
    const errorMessage = 'by: U0STRANGER is not among the approvers of this service: S0ONCALL, S0NOBODY';
    world.answers.set('answer-approval', { errorType: 'ApprovalRefused', errorMessage });
    const said = await worked(world, decision(await askApproval(world, ['S0NOBODY'])), 'U0STRANGER');
    expect(said).toBe(
      'Not taken: <@U0STRANGER> is not among the approvers of this service: <!subteam^S0ONCALL>, <!subteam^S0NOBODY>. I could not look into <!subteam^S0NOBODY> (no_such_subteam).',
    );
  });

  it('on a button of an earlier plan is refused without asking the door', async () => {
    const world = await slackWorld();
    const earlier = await askApproval(world);
    await askApproval(world);
    expect(await worked(world, decision(earlier))).toContain('an earlier question of run run-1');
    expect(await worked(world, decision('nonsense'))).toContain('no question that is known');
    expect(await worked(world, { kind: 'deny-delivery', question: earlier })).toContain('no question that is known');
    expect(world.invocations).toEqual([]);
  });

  it('that the door could not take is tried again, and the one who clicked knows', async () => {
    const world = await slackWorld();
    const log = vi.spyOn(logger, 'error').mockImplementation(() => undefined);
    world.answers.set('answer-approval', { errorType: 'Sandbox.Timedout', errorMessage: 'x' });
    await expect(worked(world, decision(await askApproval(world)))).rejects.toMatchObject({ name: 'RetryLater' });
    expect(world.slack.workspace.responses.at(-1)?.body.text).toContain('I try again');
    log.mockRestore();
  });
});

describe('a run started in Slack', () => {
  it('has the name of its trigger, the requester’s id and a message in the channel', async () => {
    const world = await slackWorld();
    const said = await worked(world, { ...start, reason: 'tell +15555550118' }, 'U0REQUESTER');
    expect(said).toContain('`slack-1` has started');
    const [{ name, input, stateMachineArn }] = world.starts as [Record<string, string>];
    expect([name, stateMachineArn]).toEqual(['slack-1', process.env.RECONNECT_STATE_MACHINE_ARN]);
    expect(JSON.parse(input ?? '')).toEqual({
      service: 'nerava-backend',
      mode: 'repair',
      requestedBy: 'U0REQUESTER',
      reason: 'tell …0118',
      replyTo: { slackChannel: 'C0INCIDENTS' },
    });
    expect(firstMessages(world)).toMatchObject([{ channel: 'C0INCIDENTS' }]);
  });

  it('tells how to invite the app where it may not write', async () => {
    const world = await slackWorld();
    const said = await worked(world, start, 'U0REQUESTER', 'C0GENERAL');
    expect(said).toContain('its message is in <#C0INCIDENTS>');
    expect(said).toContain('/invite @reconnect');
    const log = vi.spyOn(logger, 'warn').mockImplementation(() => undefined);
    process.env.RECONNECT_SLACK_CHANNEL = '';
    const nowhere = await worked(world, { ...start, name: 'slack-2' }, 'U0REQUESTER', 'C0GENERAL');
    expect(nowhere).toContain('/invite @reconnect');
    expect(world.starts).toHaveLength(2);
    log.mockRestore();
  });

  it('starts though Slack takes no message', async () => {
    const world = await slackWorld();
    const log = vi.spyOn(logger, 'warn').mockImplementation(() => undefined);
    world.slack.limitRate(1);
    expect(await worked(world, start)).toContain('its message comes when Slack takes it');
    expect(world.starts).toHaveLength(1);
    log.mockRestore();
  });

  it('is not taken back when there was none', async () => {
    const world = await slackWorld();
    expect(await worked(world, { kind: 'undo', run: 'unknown', name: 'slack-3' })).toContain('No run called `unknown`');
    expect(world.starts).toEqual([]);
  });
});

describe('taking a run back from Slack', () => {
  const undo = { kind: 'undo', run: 'run-1', name: 'slack-4' };
  /** A run that died, so that it left no report. */
  async function dead(world: World): Promise<void> {
    const ended = { service: 'nerava-backend', serviceArn: 'arn:x', changesOf: 'run-1', requestedBy: 'U0REQUESTER' };
    await storeDeath(world.table, { run: 'run-1', ...ended, status: 'ABORTED', because: 'stopped', at: '2026-01-01' });
  }

  it('is for those who might have approved it', async () => {
    const world = await slackWorld();
    await dead(world);
    await askApproval(world, ['S0ONCALL', 'U0OTHER']);
    expect(await worked(world, undo, 'U0STRANGER')).toBe(
      'Not taken: <@U0STRANGER> is not among the approvers of this service: <!subteam^S0ONCALL>, <@U0OTHER>.',
    );
    expect(world.starts).toEqual([]);
    expect(await worked(world, undo)).toContain('Run `slack-4` has started');
    expect(world.starts.map(({ input }) => JSON.parse(String(input)).run)).toEqual(['run-1']);
  });

  it('is not begun where nobody approved anything', async () => {
    const world = await slackWorld();
    await dead(world);
    expect(await worked(world, undo)).toContain('Run `run-1` got no approval');
    expect(world.starts).toEqual([]);
  });
});

describe('a look from Slack', () => {
  it('lists the services and says how they are', async () => {
    const world = await slackWorld();
    expect(await worked(world, { kind: 'list' })).toContain('`nerava-backend`');
    const one = await worked(world, { kind: 'status', service: 'nerava-backend' });
    expect(one).toContain('*nerava-backend*: nobody works on it. No run has ended here yet.');
    expect(await worked(world, { kind: 'status' })).toContain('*nerava-backend*');
  });
});
