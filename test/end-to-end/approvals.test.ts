import { expect, it } from 'vitest';
import { answerApproval } from '../../cli/doors.ts';
import { runTable } from '../../lib/run/client.ts';
import { readQuestion } from '../../lib/run/questions.ts';
import { readTold } from '../../lib/run/records.ts';
import { type Asked, approve, confirm, decline, openWorld, type World } from './world.ts';

const subjects = (world: World) => world.sandbox.account.sns.messages.map(({ subject }) => subject);
const REMINDER = 'reconnect: still open: approve the repair of nerava-backend?';

it('reminds after two thirds of the time, and takes silence for no', async () => {
  const world = await openWorld('otp-egress');
  const before = world.sandbox.snapshot();
  const { report, states, execution } = await world.repair({});
  await world.product.idle();
  expect(report).toMatchObject({ verdict: 'declined', approval: { decision: 'timed-out' }, changes: [] });
  expect(states.filter((state) => /approval|Remind|decision/.test(state))).toEqual([
    'Request approval',
    'Remind',
    'Check approval',
    'Tell the decision',
  ]);
  const messages = world.sandbox.account.sns.messages;
  const sentAt = (subject: string) => Date.parse(messages.find((message) => message.subject === subject)?.at ?? '');
  const asked = sentAt('reconnect: approve the repair of nerava-backend?');
  // The time runs from when the question is stored, a moment before it is sent.
  expect(sentAt(REMINDER) - asked).toBeGreaterThan(19 * 60_000);
  expect(sentAt(REMINDER) - asked).toBeLessThan(25 * 60_000);
  expect(Date.parse(report.approval?.at ?? '') - asked).toBeGreaterThanOrEqual(29 * 60_000);
  expect((await readTold(runTable(), execution.name ?? '', 'decided')).length).toBeGreaterThan(0);
  expect(world.sandbox.snapshot()).toEqual(before);
});

it('can still be approved after the reminder', async () => {
  const world = await openWorld('otp-egress');
  const { report } = await world.repair({ onReminder: approve, onDelivery: confirm });
  expect(report).toMatchObject({ verdict: 'recovered', approval: { decision: 'approved', by: 'colleague' } });
});

it('reminds nobody of what was decided in time', async () => {
  const world = await openWorld('otp-egress');
  await world.repair({ onApproval: decline });
  await world.product.idle();
  expect(subjects(world)).not.toContain(REMINDER);
});

it('loses no answer that falls between the two tokens', async () => {
  const { handler } = await import('../../functions/remind-approval.ts');
  const answers: unknown[] = [];
  const world: World = await openWorld('otp-egress', {
    functions: {
      // Before it the first token has timed out, and the second is not yet stored.
      'remind-approval': async (event, context) => {
        answers.push(await approve(world, event as Asked).catch((error: Error) => error.message));
        return handler(event, context as never);
      },
    },
  });
  const { report } = await world.repair({ onDelivery: confirm });
  await world.product.idle();
  expect(answers).toMatchObject([{ answer: 'approved', by: 'colleague' }]);
  expect(report).toMatchObject({ verdict: 'recovered', approval: { decision: 'approved' } });
  expect(subjects(world)).not.toContain(REMINDER);
});

it('tells who clicks after the time that it is too late, and changes nothing', async () => {
  const world = await openWorld('otp-egress');
  let late: Asked | undefined;
  const { report, execution } = await world.repair({ onApproval: async (_, asked) => (late = asked) });
  expect(report.verdict).toBe('declined');
  await expect(approve(world, late ?? { run: '', plan: report.plan })).rejects.toThrow(
    /too late: the question was open until/,
  );
  const { answered } = await readQuestion<object>(runTable(), execution.name ?? '', 'APPROVAL');
  expect(answered).toMatchObject({ answer: 'no answer' });
});

it('lets a member of a group of approvers decide, and nobody else', async () => {
  const world = await openWorld('otp-egress');
  approversInProfile(world, ['S0ONCALL']);
  const { report } = await world.repair({
    onApproval: async (_, { run, plan }) => {
      const decision = { run, decision: 'approve', by: 'U0KIM', planHash: plan.hash ?? '' } as const;
      await expect(answerApproval(world.lambda, decision)).rejects.toThrow(/not among the approvers/);
      await answerApproval(world.lambda, { ...decision, memberOf: ['S0OTHER', 'S0ONCALL'] } as never);
    },
    onDelivery: confirm,
  });
  expect(report.approval).toMatchObject({ decision: 'approved', by: 'U0KIM' });
});

it('asks those whom the stored profile names, whatever profile the request brings', async () => {
  const world = await openWorld('otp-egress');
  const stored = approversInProfile(world, ['U0OWNER']);
  const profile = { ...stored, approval: { approvers: [], requesterMayApprove: true } };
  const { report } = await world.play(
    { mode: 'repair', requestedBy: 'requester', profile },
    {
      onApproval: async (_, { run, plan }) => {
        const decision = { run, decision: 'approve', planHash: plan.hash ?? '' } as const;
        await expect(answerApproval(world.lambda, { ...decision, by: 'requester' })).rejects.toThrow(/approve/);
        await answerApproval(world.lambda, { ...decision, by: 'U0OWNER' });
      },
      onDelivery: confirm,
    },
  );
  expect(report.approval).toMatchObject({ decision: 'approved', by: 'U0OWNER' });
});

/** Changes who may approve in the profile that is stored. Returns that profile. */
function approversInProfile(world: World, approvers: readonly string[]): object {
  const stored = world.sandbox.account.ssm.parameters['/reconnect/services/nerava-backend'];
  const profile = { ...JSON.parse(stored?.Value ?? '{}'), approval: { approvers } };
  if (stored) stored.Value = JSON.stringify(profile);
  return profile;
}
