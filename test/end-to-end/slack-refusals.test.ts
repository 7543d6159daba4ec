import { type HistoryEvent, ListExecutionsCommand } from '@aws-sdk/client-sfn';
import { describe, expect, it } from 'vitest';
import type { ApprovalQuestion } from '../../lib/run/approval.ts';
import { runTable } from '../../lib/run/client.ts';
import { readQuestion } from '../../lib/run/questions.ts';
import { readReport } from '../../lib/run/records.ts';
import type { Condition } from '../../sandbox/slack/server.ts';
import type { Message } from '../../sandbox/slack/workspace.ts';
import { blocks, button, says, told } from './slack-eyes.ts';
import { withEndpoint } from './two-rounds.ts';
import { confirm, openWorld, type People, type Played, SERVICE, type World } from './world.ts';

/* Clicks that do not count, each sent by Slack to the door, and what the run makes of them: nothing. */

const REQUESTER = 'U0REQUESTER';
const APPROVER = 'U0APPROVER';
const STRANGER = 'U0STRANGER';

interface Waiting {
  /** The message with the buttons, as it was when the question was asked. */
  readonly plan: Message;
  readonly run: string;
  /** The run from its beginning to its end. */
  readonly end: Promise<Played>;
  /** That the clicks so far have changed nothing. */
  readonly isUnaffected: () => Promise<void>;
}

/** A repair that somebody asked for in Slack, up to its question. */
async function askedFor(world: World, people: People = {}): Promise<Waiting> {
  const { ServiceName } = world.service;
  const before = world.sandbox.snapshot();
  await world.sandbox.slack.command(`repair ${ServiceName}`);
  const plan = structuredClone(await button(world, 'approve'));
  const { stateMachineArn } = world.product;
  const { executions = [] } = await world.states.send(new ListExecutionsCommand({ stateMachineArn }));
  const { executionArn = '', name: run = '' } = executions[0] ?? {};
  const isUnaffected = async () => {
    expect((await world.describe(executionArn)).status).toBe('RUNNING');
    expect((await readQuestion<ApprovalQuestion>(runTable(), run, 'APPROVAL')).answered).toBeUndefined();
    expect(world.sandbox.snapshot()).toEqual(before);
  };
  const end = world.watch(executionArn, people);
  // A test that fails before it gets there is to fail with its own words.
  end.catch(() => undefined);
  return { plan, run, end, isUnaffected };
}

function approvalIs(world: World, approval: object): void {
  const stored = world.sandbox.account.ssm.parameters[`/reconnect/services/${SERVICE}`];
  if (!stored) throw new Error('the scenario has no profile');
  stored.Value = JSON.stringify({ ...JSON.parse(stored.Value), approval });
}

const click = (world: World, message: Message, action: 'approve' | 'decline', user: string) =>
  world.sandbox.slack.click(message, action, { user });

describe('who may not', () => {
  it.each([
    ['people', [APPROVER], `<@${APPROVER}>`],
    ['a user group', ['S0ONCALL'], '<!subteam^S0ONCALL>'],
  ])('refuses a stranger where the profile names %s, and takes it from one of them', async (_, approvers, named) => {
    const world = await openWorld('otp-egress');
    approvalIs(world, { approvers });
    const { plan, end, isUnaffected } = await askedFor(world);
    for (const action of ['approve', 'decline'] as const) {
      expect(await click(world, plan, action, STRANGER)).toMatchObject({ status: 200 });
    }
    expect(await told(world, STRANGER, 'Not taken')).toBe(
      `Not taken: <@${STRANGER}> is not among the approvers of this service: ${named}.`,
    );
    await world.product.lambda.idle();
    expect(world.sandbox.slack.workspace.responses.filter(({ user }) => user === STRANGER)).toHaveLength(2);
    await isUnaffected();
    await click(world, plan, 'decline', APPROVER);
    expect(await told(world, APPROVER, 'Declined')).toContain('ends');
    expect((await end).report).toMatchObject({
      verdict: 'declined',
      approval: { decision: 'declined', by: APPROVER },
      changes: [],
    });
  });

  it('counts nobody as a member of a group that cannot be looked into, and says so', async () => {
    const world = await openWorld('otp-egress');
    approvalIs(world, { approvers: ['S0DISBANDED'] });
    const { plan, end, isUnaffected } = await askedFor(world);
    await click(world, plan, 'approve', APPROVER);
    expect(await told(world, APPROVER, 'Not taken')).toContain(
      'I could not look into <!subteam^S0DISBANDED> (no_such_subteam)',
    );
    await isUnaffected();
    expect((await end).report).toMatchObject({ approval: { decision: 'timed-out' }, changes: [] });
  });

  it('refuses the requester to approve, although among the approvers', async () => {
    const world = await openWorld('otp-egress');
    approvalIs(world, { approvers: [REQUESTER, APPROVER] });
    const { plan, end, isUnaffected } = await askedFor(world);
    await click(world, plan, 'approve', REQUESTER);
    expect(await told(world, REQUESTER, 'Not taken')).toBe(
      `Not taken: <@${REQUESTER}> asked for this repair and may not approve it; somebody else has to.`,
    );
    await isUnaffected();
    await click(world, plan, 'decline', REQUESTER);
    expect((await end).report).toMatchObject({ approval: { decision: 'declined', by: REQUESTER }, changes: [] });
  });

  it('lets the requester approve where the profile says so', async () => {
    const world = await openWorld('otp-egress');
    approvalIs(world, { requesterMayApprove: true });
    const { plan, end } = await askedFor(world, { onDelivery: confirm });
    await click(world, plan, 'approve', REQUESTER);
    expect(await told(world, REQUESTER, 'Approved')).toContain('goes on');
    expect((await end).report).toMatchObject({
      verdict: 'recovered',
      approval: { decision: 'approved', by: REQUESTER },
    });
  });
});

describe('too late', () => {
  it('tells whoever clicks second who has decided, the first one too', async () => {
    const world = await openWorld('otp-egress');
    const { plan, end } = await askedFor(world, { onDelivery: confirm });
    await click(world, plan, 'approve', APPROVER);
    await told(world, APPROVER, 'Approved');
    for (const user of [REQUESTER, STRANGER, APPROVER]) {
      await click(world, plan, 'decline', user);
      expect(await told(world, user, 'Not taken')).toContain(`already answered: approved by <@${APPROVER}> at `);
    }
    expect((await end).report).toMatchObject({
      verdict: 'recovered',
      approval: { decision: 'approved', by: APPROVER },
    });
  });

  it('refuses a click after the time has run out', async () => {
    const world = await openWorld('otp-egress');
    approvalIs(world, { timeoutMinutes: 3 });
    const before = world.sandbox.snapshot();
    const { plan, run, end } = await askedFor(world);
    const { expiresAt } = await readQuestion<ApprovalQuestion>(runTable(), run, 'APPROVAL');
    const { report } = await end;
    expect(report).toMatchObject({ verdict: 'declined', approval: { decision: 'timed-out' }, changes: [] });
    await click(world, plan, 'approve', APPROVER);
    expect(await told(world, APPROVER, 'Not taken')).toBe(
      `Not taken: too late: the question was open until ${expiresAt}.`,
    );
    await world.product.idle();
    expect(world.sandbox.snapshot()).toEqual(before);
    expect((await readReport(runTable(), run))?.approval).toEqual(report.approval);
    expect(blocks(await says(world, 'nobody decided in time'))).not.toContain('"action_id":"approve"');
  });
});

describe('a plan that is no more', () => {
  it('says that the approval is void when the world changed before the click, and changes nothing', async () => {
    const world = await openWorld('otp-egress');
    const { plan, end } = await askedFor(world);
    const [database] = world.sandbox.account.rds.instances;
    if (database) database.PubliclyAccessible = false;
    const before = world.sandbox.snapshot();
    await click(world, plan, 'approve', APPROVER);
    const { report, states } = await end;
    expect(report).toMatchObject({
      verdict: 'needs-human',
      approval: { decision: 'drifted', by: APPROVER },
      changes: [],
    });
    expect(states).not.toContain('Use default egress');
    expect(world.sandbox.snapshot()).toEqual(before);
    expect(blocks(await says(world, 'the plan no longer fits'))).toContain('the approval is void');
  });

  it('does not take the button of the first round for the plan of the second', async () => {
    const { world, takeAway } = await withEndpoint();
    let round = 1;
    const { plan, run, end } = await askedFor(world, {
      onState: (name) => (name === 'Let it settle' && round === 1 ? takeAway() : undefined),
    });
    await click(world, plan, 'approve', APPROVER);
    const second = structuredClone(await says(world, 'round 2'));
    round = 2;
    expect(blocks(second)).toContain('"action_id":"approve"');
    await click(world, plan, 'approve', APPROVER);
    expect(await told(world, APPROVER, 'Not taken')).toBe(
      `Not taken: this button belongs to an earlier question of run ${run}: its message has the latest one.`,
    );
    expect((await readQuestion<ApprovalQuestion>(runTable(), run, 'APPROVAL')).answered).toBeUndefined();
    await click(world, second, 'decline', APPROVER);
    expect((await end).report).toMatchObject({
      verdict: 'not-recovered',
      approval: { decision: 'declined', by: APPROVER },
      changes: [{ kind: 'endpoint', state: 'undone' }],
    });
    expect(world.sandbox.account.ec2.vpcEndpoints).toEqual([]);
  });
});

/** How long each state that tells people took, in seconds of the account. */
function secondsToTell(history: readonly HistoryEvent[]): number[] {
  const entered = new Map<string, number>();
  return history.flatMap(({ timestamp, stateEnteredEventDetails: enter, stateExitedEventDetails: exit }) => {
    const at = (timestamp?.getTime() ?? Number.NaN) / 1000;
    if (enter?.name?.startsWith('Tell ')) entered.set(enter.name, at);
    return exit?.name?.startsWith('Tell ') ? [at - (entered.get(exit.name) ?? Number.NaN)] : [];
  });
}

describe('while Slack does not answer', () => {
  it.each([
    ['is cut off', { condition: 'cut' }],
    ['takes ten seconds', { condition: 'slow' }],
    ['answers 429', { rateLimited: 2, retryAfterSeconds: 45 }],
  ] as const)('keeps no state of a run waiting when it %s, and the click counts', async (_, weather) => {
    const world = await openWorld('otp-egress', { speed: 100 });
    const { slack } = world.sandbox;
    const { plan, run, end } = await askedFor(world, { onDelivery: confirm });
    await world.product.idle();
    Object.assign(slack.weather, weather satisfies { condition?: Condition; rateLimited?: number });
    expect(await click(world, plan, 'approve', APPROVER)).toMatchObject({ status: 200 });
    const { report, history } = await end;
    expect(report).toMatchObject({ verdict: 'recovered', approval: { decision: 'approved', by: APPROVER } });
    const seconds = secondsToTell(history);
    expect(seconds.length).toBeGreaterThanOrEqual(5);
    expect(Math.max(...seconds)).toBeLessThan(2);
    await world.product.idle();
    const notifications = (await readReport(runTable(), run))?.notifications ?? [];
    const by = (channel: string, ok: boolean) =>
      notifications.filter((one) => one.channel === channel && one.ok === ok).map(({ what }) => what);
    expect(by('slack', false)).toContain('decided');
    expect([...by('slack', true), ...by('sns', true)]).toEqual(
      expect.arrayContaining(['decided', 'delivery-asked', 'finished']),
    );
    if ('condition' in weather)
      expect(world.sandbox.account.sns.messages.at(-1)?.subject).toBe('reconnect: nerava-backend recovered');
    else {
      expect(slack.messages[0]?.text).toContain('Recovered');
      expect(await told(world, APPROVER, 'Approved')).toContain(run);
    }
  });

  it('tells whoever declined that it counts, later, when the run is over', async () => {
    const world = await openWorld('otp-egress', { speed: 100 });
    const { plan, end } = await askedFor(world);
    await world.product.idle();
    world.sandbox.slack.limitRate(1, 45);
    await click(world, plan, 'decline', APPROVER);
    expect((await end).report).toMatchObject({ approval: { decision: 'declined', by: APPROVER }, changes: [] });
    await world.product.idle();
    expect(await told(world, APPROVER, '')).toMatch(/^Declined: /);
  });
});
