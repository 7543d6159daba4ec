import { StartExecutionCommand, StopExecutionCommand } from '@aws-sdk/client-sfn';
import { expect, it, vi } from 'vitest';
import { undoCommand } from '../../cli/undo-command.ts';
import type { Report } from '../../lib/domain/report.ts';
import { configurationOf } from './account.ts';
import { executionsOf } from './executions.ts';
import { approve, arrived, openWorld, verifyServiceSid, type World, wayBackFails } from './world.ts';

const people = { onApproval: approve, onDelivery: arrived };

const repair = (world: World, input: object = {}) =>
  world.play({ service: world.service.ServiceName, mode: 'repair', requestedBy: 'requester', ...input }, people);

/** As from a terminal, with credentials for the account. */
async function undo(run: string, flags: object = {}) {
  const out: string[] = [];
  const err: string[] = [];
  const io = { out: (text: string) => out.push(text), err: (text: string) => err.push(text), columns: 100 };
  const code = await undoCommand(run, { by: 'oncall', ...flags }, io, 10);
  return { code, out: out.join(''), err: err.join('') };
}

it.each([
  ['smtp-egress', undefined],
  ['s3-and-secrets', undefined],
  ['otp-firewall', undefined],
  ['otp-missing-variable', verifyServiceSid],
])('%s: a finished repair is taken back later, all of it', async (scenario, input) => {
  const world = await openWorld(scenario);
  const before = configurationOf(world.sandbox);
  const { report, execution } = await repair(world, input?.(world));
  expect(report.verdict).toBe('recovered');
  const { code, out } = await undo(execution.name ?? '', { json: true });
  const undone = JSON.parse(out) as Report;

  expect([code, undone.verdict, undone.mode, undone.undoes]).toEqual([0, 'undone', 'undo', execution.name]);
  expect(undone.changes.map(({ state }) => state)).toEqual(report.changes.map(() => 'undone'));
  expect(configurationOf(world.sandbox)).toEqual(before);
  expect(await world.lockHolder()).toBeUndefined();

  const again = await undo(execution.name ?? '');
  expect(again).toMatchObject({ code: 2, err: expect.stringContaining('nothing that') });
});

it('refuses a run that it does not know', async () => {
  const world = await openWorld('s3-egress');
  expect(await undo('no-such-run')).toMatchObject({
    code: 2,
    err: expect.stringMatching(/^error: run: nobody knows a run called no-such-run/),
  });
  expect(await executionsOf(world, world.product.undoStateMachineArn)).toEqual([]);
  expect(await undo('not a run')).toMatchObject({ code: 2, err: expect.stringContaining('must be the name of a run') });
});

it('refuses a run that has not ended', async () => {
  const world = await openWorld('s3-egress');
  const input = { service: world.service.ServiceName, mode: 'repair', requestedBy: 'requester' };
  const executionArn = await world.start(input, 'still-running');
  const early = await undo('still-running');
  expect(early).toMatchObject({ code: 2, err: expect.stringContaining('has not ended') });
  expect(early.err).toContain('→ reconnect watch still-running');
  const asked = { err: '' };
  await world.watch(executionArn, {
    ...people,
    onApproval: async (at, question) => {
      Object.assign(asked, await undo('still-running'));
      return approve(at, question);
    },
  });
  expect(asked.err).toContain('→ reconnect decline still-running');
  expect(await executionsOf(world, world.product.undoStateMachineArn)).toEqual([]);
});

it.each([
  ['still-running', 'has not ended'],
  ['no-such-run', 'nobody knows a run called no-such-run'],
])('says of %s, asked for without a look before, that it %s', async (run, said) => {
  const world = await openWorld('s3-egress');
  const input = { service: world.service.ServiceName, mode: 'repair', requestedBy: 'requester' };
  const first = await world.start(input, 'still-running');
  const stateMachineArn = world.product.undoStateMachineArn;
  await world.watch(first, {
    ...people,
    onApproval: async (at, question) => {
      const { executionArn = '' } = await world.states.send(
        new StartExecutionCommand({ stateMachineArn, input: JSON.stringify({ run, requestedBy: 'oncall' }) }),
      );
      const { execution } = await world.watch(executionArn);
      expect([execution.error, execution.cause]).toEqual(['InvalidRequest', expect.stringContaining(said)]);
      return approve(at, question);
    },
  });
});

it('leaves what something else uses by now, names it, frees the service, and goes on from there when asked again', async () => {
  const world = await openWorld('smtp-egress');
  const before = configurationOf(world.sandbox);
  const { report, execution } = await repair(world);
  const gateway = report.changes.find(({ kind }) => kind === 'nat-gateway')?.target;
  const own = new Set(report.changes.map(({ target }) => target));
  const other = world.sandbox.account.ec2.routeTables.find(({ RouteTableId = '' }) => !own.has(RouteTableId));
  const foreign = {
    DestinationCidrBlock: '198.18.0.0/15',
    NatGatewayId: gateway,
    State: 'active',
    Origin: 'CreateRoute',
  };
  other?.Routes?.push(foreign);

  const first = await undo(execution.name ?? '');
  expect(first.code).toBe(1);
  expect(first.out).toContain('needs-human');
  expect(first.out + first.err).toContain(other?.RouteTableId);
  expect(await world.lockHolder()).toBeUndefined();
  const { natGateways, addresses } = world.sandbox.account.ec2;
  expect(natGateways.filter(({ State }) => State === 'available')).toHaveLength(1);
  expect(addresses).toHaveLength(1);

  other?.Routes?.splice(other.Routes.indexOf(foreign), 1);
  expect(await undo(execution.name ?? '')).toMatchObject({ code: 0 });
  expect(configurationOf(world.sandbox)).toEqual(before);
  expect(await world.lockHolder()).toBeUndefined();
});

it('takes back a run that was stopped by hand, which wrote no report and keeps its lock', async () => {
  const world = await openWorld('s3-and-secrets');
  const before = configurationOf(world.sandbox);
  const input = { service: world.service.ServiceName, mode: 'repair', requestedBy: 'requester' };
  const executionArn = await world.start(input, 'stopped-run');
  const played = world.watch(executionArn, people);
  await vi.waitFor(() => expect(world.sandbox.account.ec2.vpcEndpoints.length).toBeGreaterThan(0), 20_000);
  await world.states.send(new StopExecutionCommand({ executionArn }));
  await played;
  expect(await world.lockHolder()).toBe('stopped-run');

  const { code, out } = await undo('stopped-run');
  expect([code, out]).toEqual([0, expect.stringMatching(/^\n {2}run \S+; it goes on when you stop watching\n/)]);
  expect(configurationOf(world.sandbox)).toEqual(before);
  expect(await world.lockHolder()).toBeUndefined();
});

it('keeps the lock of a stuck run until everything is back', async () => {
  const world = await openWorld('otp-egress');
  const { execution } = await world.repair(wayBackFails);
  expect(execution.error).toBe('Stuck');
  world.sandbox.account.faults.failNextUpdate = 'Health check failed again.';
  expect((await undo(execution.name ?? '')).code).toBe(1);
  expect(await world.lockHolder()).toBeTruthy();
});

it('names the variables whose old values are gone, and takes back the rest', async () => {
  const world = await openWorld('otp-stub-provider');
  const environment = { variables: { OTP_PROVIDER: 'twilio_verify' } };
  const { report, execution } = await repair(world, { environment });
  expect(report).toMatchObject({ verdict: 'recovered', changes: [{ kind: 'environment' }] });
  expect(Object.keys(world.sandbox.account.ssm.parameters).join()).not.toContain('reconnect-runs');
  const { code, out } = await undo(execution.name ?? '');
  expect([code, out]).toEqual([1, expect.stringContaining('OTP_PROVIDER')]);
  expect(await world.lockHolder()).toBeUndefined();
});
