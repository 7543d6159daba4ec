import { expect, it } from 'vitest';
import { answerApproval } from '../../cli/doors.ts';
import { approve, decline, openWorld, type People } from './world.ts';

it('plans without changing anything', async () => {
  const world = await openWorld('otp-egress');
  const before = world.sandbox.snapshot();
  const { report } = await world.play({ mode: 'plan' });
  expect(report.verdict).toBe('planned');
  expect(report.plan.steps).toHaveLength(1);
  expect(world.sandbox.snapshot()).toEqual(before);
  expect(await world.lockHolder()).toBeUndefined();
});

it('plans when nothing else is asked', async () => {
  const world = await openWorld('otp-egress');
  const { report } = await world.play({});
  expect(report).toMatchObject({ mode: 'plan', verdict: 'planned' });
});

it('diagnoses without planning', async () => {
  const world = await openWorld('otp-egress');
  const before = world.sandbox.snapshot();
  const { report } = await world.play({ mode: 'diagnose' });
  expect(report.causes[0]?.cause).toBe('no-route');
  expect(report.plan).toMatchObject({ hash: null, options: [], steps: [] });
  expect(world.sandbox.snapshot()).toEqual(before);
});

it('finds nothing to do for a healthy service', async () => {
  const world = await openWorld('healthy');
  const before = world.sandbox.snapshot();
  const { report } = await world.repair();
  expect(report).toMatchObject({ verdict: 'healthy', causes: [], changes: [] });
  expect(world.sandbox.snapshot()).toEqual(before);
});

const silence: People = {};
const requesterApproves: People = {
  onApproval: async (world, { run, plan }) => {
    const own = answerApproval(world.lambda, { run, decision: 'approve', by: 'requester', planHash: plan.hash ?? '' });
    await expect(own).rejects.toThrow('may not approve');
  },
};
const otherPlanApproved: People = {
  onApproval: async (world, { run }) => {
    const other = answerApproval(world.lambda, { run, decision: 'approve', by: 'colleague', planHash: 'f'.repeat(64) });
    await expect(other).rejects.toThrow('not the plan that waits');
  },
};

it.each([
  ['somebody declines', { onApproval: decline }, 'declined'],
  ['nobody answers', silence, 'timed-out'],
  ['only the requester approves', requesterApproves, 'timed-out'],
  ['only another plan is approved', otherPlanApproved, 'timed-out'],
] as const)('changes nothing when %s', async (_, people, decision) => {
  const world = await openWorld('otp-egress');
  const before = world.sandbox.snapshot();
  const { report } = await world.repair(people);
  expect(report).toMatchObject({ verdict: 'declined', approval: { decision }, changes: [] });
  expect(world.sandbox.snapshot()).toEqual(before);
  expect(await world.lockHolder()).toBeUndefined();
});

it('takes the first answer, and tells the second who was first', async () => {
  const world = await openWorld('otp-egress');
  const { report } = await world.repair({
    onApproval: async (_, asked) => {
      await decline(world, asked);
      await expect(approve(world, asked)).rejects.toThrow(/already answered: declined by colleague/);
    },
  });
  expect(report.verdict).toBe('declined');
});

it('holds an approval void when the world changed after the plan was made', async () => {
  const world = await openWorld('otp-egress');
  const { report, states } = await world.repair({
    onApproval: async (_, asked) => {
      const [database] = world.sandbox.account.rds.instances;
      if (database) database.PubliclyAccessible = false;
      await approve(world, asked);
    },
  });
  expect(report).toMatchObject({ verdict: 'needs-human', approval: { decision: 'drifted' }, changes: [] });
  expect(states).not.toContain('Use default egress');
});

it('does not switch egress when the database is private, and says why', async () => {
  const world = await openWorld('otp-egress-private-database');
  const { report, states } = await world.repair();
  const option = report.plan.options.find(({ remedy }) => remedy === 'use-default-egress');
  expect(option).toMatchObject({ blocked: true });
  expect(option?.because).toMatch(/nerava-db is not publicly accessible/);
  expect(states).not.toContain('Use default egress');
  expect(world.service.running.NetworkConfiguration.EgressConfiguration?.EgressType).toBe('VPC');
});
