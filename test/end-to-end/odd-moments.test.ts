import { InvokeCommand } from '@aws-sdk/client-lambda';
import { StopExecutionCommand } from '@aws-sdk/client-sfn';
import { PutCommand } from '@aws-sdk/lib-dynamodb';
import { expect, it } from 'vitest';
import { answerApproval, answerDelivery } from '../../cli/doors.ts';
import type { Report } from '../../lib/domain/report.ts';
import { runTable } from '../../lib/run/client.ts';
import { readFingerprintKey } from '../../lib/run/records.ts';
import { type Asked, approve, confirm, decline, openWorld, SERVICE, type World } from './world.ts';

/* What happens at three in the morning: the wrong moment, the wrong person, an answer that gets lost. */

const parameters = (world: World) => world.sandbox.account.ssm.parameters;
const PROFILE = `/reconnect/services/${SERVICE}`;

function changeProfile(world: World, change: (profile: Record<string, unknown>) => void): void {
  const stored = parameters(world)[PROFILE];
  if (!stored) throw new Error('the scenario has no profile');
  const profile = JSON.parse(stored.Value);
  change(profile);
  parameters(world)[PROFILE] = { ...stored, Value: JSON.stringify(profile) };
}

it('lets no run pass itself off as part of another', async () => {
  const world = await openWorld('otp-egress');
  const { execution } = await world.play({ mode: 'repair', requestedBy: 'nobody', partOf: 'another-run' });
  expect(execution.error).toBe('InvalidRequest');
  expect(execution.cause).toContain('partOf');
});

it('holds an approval although the provider has other addresses by then', async () => {
  const world = await openWorld('otp-egress');
  const { report } = await world.repair({
    onApproval: (_, asked) => {
      world.sandbox.account.internet['verify.twilio.com'] = { addresses: ['54.172.60.99'], ports: [443] };
      return approve(world, asked);
    },
    onDelivery: confirm,
  });
  expect(report).toMatchObject({ verdict: 'recovered', approval: { decision: 'approved' } });
});

it('holds no approval for a plan other than the one that the run has', async () => {
  const world = await openWorld('otp-egress');
  const decisions: string[] = [];
  await world.repair({
    onApproval: async (_, asked) => {
      const { run, plan, request, service, profile, diagnosis } = asked as Asked &
        Record<string, { environment?: object }>;
      const { client, name: TableName } = runTable();
      const copy = (what: string, values: object) =>
        client.send(new PutCommand({ TableName, Item: { pk: 'RUN#other', sk: what, ...values } }));
      await copy('FINGERPRINT', { key: await readFingerprintKey(runTable(), run) });
      await copy('APPROVAL', { planHash: plan.hash, answered: { answer: 'approved', by: 'kim', at: 'now' } });
      const matter = { run: 'other', service, profile, diagnosis, environment: request?.environment };
      for (const hash of [plan.hash, 'f'.repeat(64)]) {
        const Payload = Buffer.from(JSON.stringify({ ...matter, plan: { ...plan, hash } }));
        const call = new InvokeCommand({ FunctionName: 'reconnect-check-approval', Payload });
        const answer = await world.lambda.send(call);
        decisions.push(JSON.parse(Buffer.from(answer.Payload ?? []).toString()).decision);
      }
      return decline(world, asked);
    },
  });
  expect(decisions).toEqual(['approved', 'drifted']);
});

it('asks with all that is needed to answer: cause, steps, hash and the command', async () => {
  const world = await openWorld('otp-egress');
  const { report } = await world.repair({ onApproval: approve, onDelivery: confirm });
  await world.product.idle();
  const asked = world.sandbox.account.sns.messages.find(({ subject }) => subject?.includes('approve'));
  expect(asked?.message).toContain(report.plan.hash);
  expect(asked?.message).toMatch(
    /no-route \(twilio\)[\s\S]*way back: [\s\S]*aws lambda invoke --function-name reconnect-answer-approval/,
  );
});

it('knows a private database by its host name too', async () => {
  const world = await openWorld('otp-egress-private-database');
  const host = world.sandbox.account.rds.instances[0]?.Endpoint?.Address;
  changeProfile(world, (profile) => {
    profile.dependencies = [
      { name: 'twilio', host: 'verify.twilio.com' },
      { name: 'db', host, port: 5432 },
    ];
  });
  const { report } = await world.play({ mode: 'plan' });
  expect(report.plan.options.find(({ remedy }) => remedy === 'use-default-egress')).toMatchObject({ blocked: true });
  expect(report.causes.map(({ subject }) => subject)).toEqual(['twilio']);
});

it('begins no repair that it could not prove', async () => {
  const world = await openWorld('otp-egress');
  delete parameters(world)[`${PROFILE}/test-phone`];
  const before = world.sandbox.snapshot();
  const { report, states } = await world.repair();
  expect(report.verdict).toBe('needs-human');
  expect(report.nextSteps[0]).toMatch(
    /could not be proved: OTP sent was not sent: parameter .*test-phone cannot be read/,
  );
  expect(states).not.toContain('Request approval');
  expect(world.sandbox.snapshot()).toEqual(before);
});

it('takes nothing back because something could not be asked again', async () => {
  const world = await openWorld('otp-egress');
  const { report } = await world.repair({
    onApproval: async (_, asked) => {
      await approve(world, asked);
      delete parameters(world)[`${PROFILE}/test-phone`];
    },
  });
  expect(report).toMatchObject({ verdict: 'needs-human', changes: [{ state: 'made' }] });
  expect(report.summary).toContain('This stands: egress VPC → DEFAULT');
  expect(report.nextSteps[0]).toContain('not proved: OTP sent was not sent');
});

it('does not call it recovered when nothing that was broken was tried', async () => {
  const world = await openWorld('otp-egress');
  changeProfile(world, (profile) => {
    profile.probes = [{ name: 'health', path: '/health' }];
    delete profile.delivery;
  });
  const { report } = await world.repair({ onApproval: approve });
  expect(report).toMatchObject({ verdict: 'needs-human', changes: [{ state: 'made' }] });
  expect(report.nextSteps[0]).toContain('every probe passed before the repair too');
});

it('lets a person decide where there are no probes', async () => {
  const world = await openWorld('otp-egress');
  changeProfile(world, (profile) => {
    profile.probes = [];
    profile.delivery = { ask: 'Does it work?' };
  });
  const { report } = await world.repair({
    onApproval: approve,
    onDelivery: (_, { run }) => answerDelivery(world.lambda, { run, delivered: true, by: 'colleague' }),
  });
  expect(report.verdict).toBe('recovered');
});

it('changes nothing, and says so, when somebody else is at work on the service by then', async () => {
  const world = await openWorld('otp-egress');
  const { report } = await world.repair({
    onApproval: async (_, asked) => {
      await approve(world, asked);
      world.service.Status = 'OPERATION_IN_PROGRESS';
    },
  });
  expect(report.verdict).toBe('needs-human');
  expect(report.changes.filter(({ state }) => state === 'made' || state === 'undone')).toEqual([]);
  expect(report.checklist.find(({ item }) => item === 'egress updated')?.ok).not.toBe(true);
});

it('does not speak of a failed repair when the change could not be made', async () => {
  const world = await openWorld('otp-egress');
  world.sandbox.deny('apprunner:UpdateService');
  const { report, states } = await world.repair({ onApproval: approve });
  expect(states).toContain('Never changed');
  expect(report).toMatchObject({
    verdict: 'needs-human',
    changes: [{ state: 'not-made' }],
    failure: { error: 'AccessDeniedException' },
  });
  expect(report.checklist.find(({ item }) => item === 'egress updated')?.ok).toBeNull();
  expect(await world.lockHolder()).toBeUndefined();
});

it('tells people although the report could not be written, and says when the lock is still there', async () => {
  const world = await openWorld('otp-egress');
  world.product.breakFunction('write-report');
  const { execution } = await world.play({ mode: 'plan' });
  expect(execution.status).toBe('SUCCEEDED');
  expect(JSON.parse(execution.output ?? '{}')).toMatchObject({ verdict: 'planned', service: SERVICE });
  await world.product.idle();
  expect(world.sandbox.account.sns.messages.at(-1)?.message).toContain('report could not be written');
});

it('says when the lock could not be released', async () => {
  const world = await openWorld('otp-egress');
  world.product.breakFunction('release-lock');
  const { report } = await world.play({ mode: 'plan' });
  expect(report).toMatchObject({ verdict: 'planned', failure: null });
  expect(report.nextSteps.join()).toContain('The lock on nerava-backend is still there');
});

it('gives the lock back when its answer was lost', async () => {
  const world = await openWorld('otp-egress');
  world.product.breakFunction('take-lock', 'after');
  const { execution } = await world.play({ mode: 'plan' });
  expect([execution.status, execution.error]).toEqual(['FAILED', 'Error']);
  expect(await world.lockHolder()).toBeUndefined();
});

it('takes the same answer again when the run may not have heard it, and refuses it when the run is gone', async () => {
  const world = await openWorld('otp-egress');
  const executionArn = await world.start({ service: SERVICE, mode: 'repair', requestedBy: 'requester' });
  const played = world.watch(executionArn, {
    onApproval: async (_, { run, plan }) => {
      await world.states.send(new StopExecutionCommand({ executionArn }));
      const late = answerApproval(world.lambda, {
        run,
        decision: 'approve',
        by: 'colleague',
        planHash: plan.hash ?? '',
      });
      await expect(late).rejects.toThrow(/no longer waits for this answer/);
    },
  });
  expect((await played).execution.status).toBe('ABORTED');
});

it('takes the word that nothing arrived again when the run has heard it and is over, and no other word', async () => {
  const world = await openWorld('otp-egress');
  const no = (run: string) => answerDelivery(world.lambda, { run, delivered: false, by: 'colleague' });
  const { report } = await world.repair({ onApproval: approve, onDelivery: (_, { run }) => no(run) });
  expect(report.verdict).toBe('not-recovered');
  expect(await no(report.run)).toMatchObject({ status: 'denied', by: 'colleague' });
  const other = answerDelivery(world.lambda, { run: report.run, delivered: true, by: 'colleague' });
  await expect(other).rejects.toThrow(/already answered: denied by colleague/);
});

it('explains a diagnosis that failed without showing its input', async () => {
  const world = await openWorld('otp-egress');
  world.product.breakFunction('conclude');
  const { execution } = await world.play({ mode: 'plan' });
  const report = JSON.parse(execution.output ?? '{}') as Report;
  expect(report.verdict).toBe('needs-human');
  expect(report.failure?.because).toBe('broken by the test');
  expect(report.summary).not.toContain('dependencies');
});

it('names the permission that is missing, and lets the rest of the diagnosis stand', async () => {
  const world = await openWorld('otp-firewall');
  for (const action of ['ec2:DescribeNatGateways', 'logs:FilterLogEvents']) world.sandbox.deny(action);
  const { report } = await world.play({ mode: 'diagnose' });
  expect(report.causes[0]?.cause).toBe('security-group-denies');
  expect(report.gaps.map(({ because }) => because).join()).toMatch(
    /ec2:DescribeNatGateways[\s\S]*logs:FilterLogEvents/,
  );
});
