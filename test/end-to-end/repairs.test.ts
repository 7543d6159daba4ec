import { describe, expect, it } from 'vitest';
import type { RemedyName } from '../../lib/domain/plan.ts';
import { configurationOf, differences, untold } from './account.ts';
import { approve, arrived, openWorld, verifyServiceSid, type World } from './world.ts';

/* Each incident in mode repair, as an operator would start it: what is planned, what is done, what is different then. */

interface Case {
  readonly remedies: readonly RemedyName[];
  readonly approvals?: number;
  readonly input?: (world: World) => object;
}

const REPAIRED: Readonly<Record<string, Case>> = {
  'otp-egress': { remedies: ['use-default-egress'] },
  'smtp-egress': { remedies: ['add-nat-gateway'] },
  's3-egress': { remedies: ['add-gateway-endpoint'] },
  's3-and-secrets': { remedies: ['add-gateway-endpoint', 'add-interface-endpoints'] },
  's3-and-smtp': { remedies: ['add-gateway-endpoint', 'add-nat-gateway'] },
  'sms-fallback': { remedies: ['redeploy'] },
  'sms-fallback-tag-moved': { remedies: ['redeploy'] },
  'otp-firewall': { remedies: ['open-security-group'] },
  'otp-missing-variable': {
    remedies: ['set-environment'],
    input: verifyServiceSid,
  },
  'otp-egress-private-database': { remedies: ['add-nat-gateway'] },
  'route-blackhole-other-nat': { remedies: ['repair-route'] },
  'default-egress-private-database': { remedies: ['use-vpc-egress'] },
  'shared-connector': { remedies: ['add-nat-gateway'] },
  'shared-vpc': { remedies: ['add-interface-endpoints'] },
};

const people = { onApproval: approve, onDelivery: arrived };

describe.each(Object.entries(REPAIRED))('%s', (scenario, { remedies, input }) => {
  it(`recovers by ${remedies.join(', then ')}, and differs by exactly what the report says`, async () => {
    const world = await openWorld(scenario);
    const before = configurationOf(world.sandbox);
    const request = { service: world.service.ServiceName, mode: 'repair', requestedBy: 'requester' };
    const { report, states } = await world.play({ ...request, ...input?.(world) }, people);

    expect([report.verdict, report.summary]).toEqual(['recovered', expect.any(String)]);
    expect([...new Set(report.changes.map(({ remedy }) => remedy))]).toEqual(remedies);
    expect(report.changes.every(({ state }) => state === 'made')).toBe(true);
    expect(report.plan.round).toBe(remedies.length);
    expect(states.filter((state) => state === 'Request approval')).toHaveLength(1);
    expect(await world.lockHolder()).toBeUndefined();

    const after = configurationOf(world.sandbox);
    const changed = differences(before, after);
    expect(untold(world.sandbox, changed, report.changes)).toEqual([]);
    const unreal = report.changes.filter(
      ({ target, what, kind }) =>
        kind !== 'deployment' && !changed.some((id) => id.includes(target) || what.includes(id)),
    );
    expect(unreal).toEqual([]);
  });
});

/** What a person is told to do, and by which word it is known. */
const BY_HAND: Readonly<Record<string, RegExp>> = {
  'otp-bad-credentials': /rotate/i,
  'otp-verify-service-gone': /verify service/i,
  'otp-event-loop': /thread/i,
  'otp-stub-provider': /OTP_PROVIDER/,
  'acl-denies': /network ACL/i,
  'public-access-blocked': /Block Public Access/i,
};

it.each(Object.entries(BY_HAND))('%s needs a person, and says exactly what to do', async (scenario, word) => {
  const world = await openWorld(scenario);
  const before = configurationOf(world.sandbox);
  const { report } = await world.play(
    { service: world.service.ServiceName, mode: 'repair', requestedBy: 'requester' },
    people,
  );

  expect(report.verdict).toBe('needs-human');
  expect(report.changes).toEqual([]);
  expect(report.nextSteps.join('\n')).toMatch(word);
  expect(report.plan.options.flatMap(({ byHand = [] }) => byHand).length).toBeGreaterThan(1);
  expect(configurationOf(world.sandbox)).toEqual(before);
});

it('weighs SES through an endpoint as the option that needs a person', async () => {
  const world = await openWorld('smtp-egress');
  const { report } = await world.play({ service: world.service.ServiceName, mode: 'plan' });
  const [chosen] = report.plan.options;
  const ses = report.plan.options.find(({ remedy }) => remedy === 'manual');
  expect(chosen).toMatchObject({ remedy: 'add-nat-gateway', monthlyCostUsd: 36.5, redeploys: false });
  expect(ses).toMatchObject({ title: expect.stringContaining('SES'), blocked: true });
  expect(report.plan.options.find(({ remedy }) => remedy === 'use-default-egress')?.because).toMatch(/private/);
});

it('says when a redeployment would ship other code, before anybody approves it', async () => {
  const world = await openWorld('sms-fallback-tag-moved');
  const { report } = await world.play({ service: world.service.ServiceName, mode: 'plan' });
  expect(report.plan.steps[0]?.warnings.join()).toMatch(/ships other code \(digest sha256:[0-9a-f]{64}\)/);
  const same = await (await openWorld('sms-fallback')).play({ service: 'weedgo-backend', mode: 'plan' });
  expect(same.report.plan.steps[0]).toMatchObject({ remedy: 'redeploy', warnings: [] });
});

it.each(['shared-connector', 'shared-vpc'])(
  '%s: the neighbour works before and after, and is named in the plan',
  async (scenario) => {
    const world = await openWorld(scenario);
    const [own, neighbour] = world.sandbox.account.apprunner.services.map(({ ServiceName }) => ServiceName);
    const probesOf = async () => {
      const { report } = await world.play({ service: neighbour, mode: 'diagnose' });
      return report.verdict;
    };
    expect(await probesOf()).toBe('healthy');
    const { report } = await world.play({ service: own, mode: 'repair', requestedBy: 'requester' }, people);
    expect(report.verdict).toBe('recovered');
    expect(await probesOf()).toBe('healthy');
    const chosen = report.plan.options.find(({ blocked }) => !blocked);
    expect(chosen?.affects.join()).toContain(neighbour);
  },
);

describe('a group that EC2 instances carry too', () => {
  const repair = (world: World, onApproval: typeof approve) =>
    world.play(
      { service: world.service.ServiceName, mode: 'repair', requestedBy: 'requester' },
      { ...people, onApproval },
    );
  const connectorOf = ({ sandbox }: World) => {
    const [connector] = sandbox.account.apprunner.connectors;
    if (!connector) throw new Error('the service has no connector');
    return connector;
  };
  const launch = ({ sandbox }: World, GroupId: string | undefined, ...ids: string[]) => {
    const { subnets, networkInterfaces } = sandbox.account.ec2;
    const [{ SubnetId, VpcId } = {}] = subnets;
    for (const InstanceId of ids)
      networkInterfaces.push({
        ...{ NetworkInterfaceId: `eni-${InstanceId}`, SubnetId, VpcId, InterfaceType: 'interface' },
        ...{ Attachment: { InstanceId }, Groups: [{ GroupId }] },
      });
  };

  it('is named with them in the plan, which holds while instances come and go', async () => {
    const world = await openWorld('otp-firewall');
    const [group] = connectorOf(world).SecurityGroups ?? [];
    launch(world, group, 'i-1');
    const { report } = await repair(world, (_, asked) => {
      expect(asked.plan.steps[0]?.affects).toEqual([`EC2 instances carry ${group} too`]);
      launch(world, group, 'i-2', 'i-3');
      return approve(world, asked);
    });
    expect(report.verdict).toBe('recovered');
  });

  it('is left alone where the connector has one that nothing else carries', async () => {
    const world = await openWorld('otp-firewall');
    const connector = connectorOf(world);
    const { networkInterfaces, securityGroups } = world.sandbox.account.ec2;
    const [shared] = connector.SecurityGroups ?? [];
    const alone = 'sg-0a1e0000000000001';
    const whole = securityGroups.find(({ GroupId }) => GroupId === shared);
    securityGroups.push(structuredClone({ ...whole, GroupId: alone, GroupName: 'alone' }));
    connector.SecurityGroups?.push(alone);
    for (const { InterfaceType, Groups } of networkInterfaces)
      if (InterfaceType === 'fargate') Groups?.push({ GroupId: alone });
    launch(world, shared, 'i-1', 'i-2', 'i-3');
    const { report } = await repair(world, approve);
    expect(report.verdict).toBe('recovered');
    expect(report.plan.steps[0]).toMatchObject({ target: alone, affects: [] });
  });
});
