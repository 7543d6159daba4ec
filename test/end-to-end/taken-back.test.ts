import { expect, it } from 'vitest';
import { answerDelivery } from '../../cli/doors.ts';
import { configurationOf, differences, untold } from './account.ts';
import { approve, arrived, openWorld, verifyServiceSid, type World } from './world.ts';

/*
 * For every remedy: a failure after each of its changes, lost answers, and at the end a door that stays shut. Each time
 * the whole account is as it was, or as it would be had every answer come.
 */

interface Case {
  readonly scenario: string;
  /** The calls that change something, in their order. */
  readonly calls: readonly string[];
  readonly input?: (world: World) => object;
}

const REMEDIES: Readonly<Record<string, Case>> = {
  'use-default-egress': { scenario: 'otp-egress', calls: ['apprunner:UpdateService'] },
  'use-vpc-egress': { scenario: 'default-egress-private-database', calls: ['apprunner:UpdateService'] },
  'set-environment': {
    scenario: 'otp-missing-variable',
    calls: ['apprunner:UpdateService'],
    input: verifyServiceSid,
  },
  redeploy: { scenario: 'sms-fallback', calls: ['apprunner:StartDeployment'] },
  'repair-route': { scenario: 'route-blackhole-other-nat', calls: ['ec2:ReplaceRoute'] },
  'open-security-group': { scenario: 'otp-firewall', calls: ['ec2:AuthorizeSecurityGroupEgress'] },
  'add-gateway-endpoint': { scenario: 's3-egress', calls: ['ec2:CreateVpcEndpoint'] },
  'add-interface-endpoints': {
    scenario: 'shared-vpc',
    calls: ['ec2:CreateSecurityGroup', 'ec2:AuthorizeSecurityGroupIngress', 'ec2:CreateVpcEndpoint'],
  },
  'add-nat-gateway': {
    scenario: 'smtp-egress',
    calls: ['ec2:AllocateAddress', 'ec2:CreateNatGateway', 'ec2:CreateRoute', 'ec2:CreateRoute'],
  },
};

/** A blackhole of a default route cannot be made again: AWS sets no route to what is gone, and drops the same without. */
function comparable(world: World): unknown {
  const configuration = configurationOf(world.sandbox) as { ec2: { routeTables: { Routes: { State: string }[] }[] } };
  for (const table of configuration.ec2.routeTables)
    table.Routes = table.Routes.filter(({ State }) => State !== 'blackhole');
  return configuration;
}

/** Whatever is opened, nobody answers: the proof fails. */
function shutEverything({ sandbox: { account } }: World): void {
  for (const [name, host] of Object.entries(account.internet)) account.internet[name] = { ...host, ports: [] };
  account.twilio.status = 'suspended';
  for (const instance of account.rds.instances)
    account.rds.interfaces[instance.DBInstanceIdentifier ?? ''] = 'eni-none';
}

const nothingCame = {
  onApproval: approve,
  onDelivery: (world: World, { run }: { run: string }) =>
    answerDelivery(world.lambda, { run, delivered: false, by: 'colleague' }),
};

const repair = (world: World, input: object | undefined, people: Parameters<World['play']>[1]) =>
  world.play({ service: world.service.ServiceName, mode: 'repair', requestedBy: 'requester', ...input }, people);

/** Each call of each remedy, the second of two equal ones too. */
const moments = Object.entries(REMEDIES).flatMap(([remedy, { calls }]) =>
  calls.map((call, at) => ({ remedy, call, skip: calls.slice(0, at).filter((earlier) => earlier === call).length })),
);

it.each(moments)('$remedy: everything is back when $call fails (after $skip of its kind)', async (moment) => {
  const { remedy, call, skip } = moment;
  const { scenario, input } = REMEDIES[remedy] as Case;
  const world = await openWorld(scenario);
  const before = comparable(world);
  const { report, execution } = await repair(world, input?.(world), {
    ...nothingCame,
    onApproval: (_, asked) => {
      world.sandbox.account.faults.calls = { [call]: { error: 'UnauthorizedOperation', skip } };
      return approve(world, asked);
    },
  });

  expect([execution.status, execution.cause]).toEqual(['SUCCEEDED', undefined]);
  expect(report.failure?.because).toBeTruthy();
  const made = report.changes.some(({ state }) => state === 'undone');
  expect(report.verdict).toBe(made ? 'not-recovered' : 'needs-human');
  expect(report.changes.every(({ state }) => state === 'undone' || state === 'not-made')).toBe(true);
  expect(comparable(world)).toEqual(before);
  expect(await world.lockHolder()).toBeUndefined();
});

it.each([
  ['a look took too long', { 'ec2:DescribeRouteTables': { error: 'Sandbox.Timedout', times: 1 } }],
  [
    'another service is deleted',
    { 'apprunner:DescribeService': { error: 'ResourceNotFoundException', skip: 1, times: 1 } },
  ],
  [
    'another service may not be looked at',
    { 'apprunner:DescribeService': { error: 'AccessDeniedException', skip: 1, times: 1 } },
  ],
])('everything is back although on the way back %s', async (_, calls) => {
  const world = await openWorld('shared-connector');
  const { ec2, apprunner } = structuredClone(world.sandbox.account);
  const { report } = await repair(world, undefined, {
    ...nothingCame,
    onState: (name) => {
      if (name === 'Let it settle') shutEverything(world);
      if (name === 'Undo changes') world.sandbox.account.faults.calls ??= structuredClone(calls);
    },
  });
  expect(report.verdict).toBe('not-recovered');
  expect(world.sandbox.account.ec2.routeTables).toEqual(ec2.routeTables);
  expect(world.sandbox.account.apprunner.services.map(({ running }) => running)).toEqual(
    apprunner.services.map(({ running }) => running),
  );
  expect(await world.lockHolder()).toBeUndefined();
});

it.each(Object.entries(REMEDIES))(
  '%s: makes nothing twice when answers are lost',
  async (_, { scenario, calls, input }) => {
    const world = await openWorld(scenario);
    const before = configurationOf(world.sandbox);
    const operations = world.service.operations.length;
    const { report } = await repair(world, input?.(world), {
      onDelivery: arrived,
      onApproval: (_, asked) => {
        const fault = () => ({ error: 'InternalError', after: true, times: 1 });
        world.sandbox.account.faults.calls = Object.fromEntries(calls.map((call) => [call, fault()]));
        return approve(world, asked);
      },
    });
    expect(report.verdict).toBe('recovered');
    expect(report.changes.every(({ state }) => state === 'made')).toBe(true);
    expect(untold(world.sandbox, differences(before, configurationOf(world.sandbox)), report.changes)).toEqual([]);
    expect(world.service.operations.length - operations).toBe(calls[0]?.startsWith('apprunner:') ? 1 : 0);
  },
);

it.each(Object.entries(REMEDIES))(
  '%s: everything is back when the door stays shut',
  async (remedy, { scenario, input }) => {
    const world = await openWorld(scenario);
    const before = comparable(world);
    const { report, states } = await repair(world, input?.(world), {
      ...nothingCame,
      onApproval: async (_, asked) => {
        await approve(world, asked);
        shutEverything(world);
      },
    });

    expect(report.verdict).toBe('not-recovered');
    expect(report.changes.map(({ remedy: name }) => name)).toContain(remedy);
    expect(report.changes.map(({ state }) => state)).toEqual(report.changes.map(() => 'undone'));
    expect(states).toContain('Undo changes');
    expect({ ...(comparable(world) as object), rds: undefined }).toEqual({ ...(before as object), rds: undefined });
    expect(await world.lockHolder()).toBeUndefined();
  },
);
