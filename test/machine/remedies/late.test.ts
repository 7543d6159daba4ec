import { EC2Client } from '@aws-sdk/client-ec2';
import { describe, expect, it } from 'vitest';
import type { Step } from '../../../lib/domain/plan.ts';
import { addGatewayEndpoint, apply as addGatewayEndpoints } from '../../../lib/remedies/add-gateway-endpoint.ts';
import { apply as addEndpoints, addInterfaceEndpoints } from '../../../lib/remedies/add-interface-endpoints.ts';
import { apply as addNat, addNatGateway } from '../../../lib/remedies/add-nat-gateway.ts';
import { makeAddress, undo as undoAddress } from '../../../lib/remedies/changes/address.ts';
import { makeSecurityGroup } from '../../../lib/remedies/changes/security-group.ts';
import { isBegun } from '../../../lib/remedies/network/begun.ts';
import type { Ec2 } from '../../../lib/remedies/network/look.ts';
import { apply as openGroup, openSecurityGroup } from '../../../lib/remedies/open-security-group.ts';
import type { Progress } from '../../../lib/remedies/remedy.ts';
import { repairRoute, apply as setRoute } from '../../../lib/remedies/repair-route.ts';
import { writeUndo } from '../../../lib/run/ledger.ts';
import type { CallFault } from '../../../sandbox/account.ts';
import * as endpoints from './endpoints.ts';
import * as network from './network.ts';
import { entriesOf, finish, lateEc2, networkOf, PLACE, type Site, siteOf, statesOf } from './network.ts';

const named = (name: string) => expect.objectContaining({ name });
const lost = (call: string, after = true) => ({ [call]: { error: 'InternalError', after } });
const NOT_YET = 'There is no such thing';

interface Case {
  readonly kind: string;
  readonly site: () => Promise<Site>;
  readonly step: (site: Site) => Promise<Step>;
  readonly apply: (hands: Site['hands'], step: Step) => Promise<Progress>;
  readonly call: string;
  /** What shows it. */
  readonly look: string;
  readonly takeBack: (site: Site) => Promise<void>;
}

const withoutRoutes = (answer: object) => ({
  ...answer,
  RouteTables: (answer as { RouteTables?: object[] }).RouteTables?.map((table) => ({ ...table, Routes: [] })),
});

const S3 = [{ name: 'files', aws: 's3' }];
const SECRETS = [{ name: 'secrets', aws: 'secretsmanager' }];
const TWILIO = [{ name: 'twilio', host: 'verify.twilio.com' }];
const toNat = {
  site: () => siteOf('otp-egress'),
  step: (site: Site) => network.stepFor(site, addNatGateway),
  apply: (hands: Site['hands'], step: Step) => addNat(hands, PLACE, step),
  takeBack: network.takeBack,
};
const inVpc = (
  scenario: string,
  remedy: Parameters<typeof endpoints.stepFor>[1],
  dependencies: Parameters<typeof endpoints.stepFor>[2],
  apply: (hands: Site['hands'], place: typeof PLACE, step: Step) => Promise<Progress>,
) => ({
  site: () => siteOf(scenario),
  step: (site: Site) => endpoints.stepFor(site, remedy, dependencies),
  apply: (hands: Site['hands'], step: Step) => apply(hands, PLACE, step),
  takeBack: endpoints.takeBack,
});
const toService = inVpc('s3-and-secrets', addInterfaceEndpoints, SECRETS, addEndpoints);
const toFiles = inVpc('s3-egress', addGatewayEndpoint, S3, addGatewayEndpoints);
const throughGroup = inVpc('otp-firewall', openSecurityGroup, TWILIO, openGroup);

const CASES: readonly Case[] = [
  { ...toNat, kind: 'address', call: 'ec2:AllocateAddress', look: 'DescribeAddresses' },
  { ...toNat, kind: 'nat-gateway', call: 'ec2:CreateNatGateway', look: 'DescribeNatGateways' },
  { ...toNat, kind: 'route', call: 'ec2:CreateRoute', look: 'DescribeRouteTables' },
  { ...toService, kind: 'security-group', call: 'ec2:CreateSecurityGroup', look: 'DescribeSecurityGroups' },
  { ...toService, kind: 'endpoint', call: 'ec2:CreateVpcEndpoint', look: 'DescribeVpcEndpoints' },
  { ...toFiles, kind: 'endpoint', call: 'ec2:CreateVpcEndpoint', look: 'DescribeVpcEndpoints' },
  {
    ...throughGroup,
    kind: 'security-group-rule',
    call: 'ec2:AuthorizeSecurityGroupEgress',
    look: 'DescribeSecurityGroupRules',
  },
];

const lateFor = ({ sandbox, ...site }: Site, { look }: Case): Site => {
  const ec2 = lateEc2(site.ec2, look, 3, look === 'DescribeRouteTables' ? withoutRoutes : undefined);
  return seeing({ sandbox, ...site }, ec2);
};
const seeing = (site: Site, ec2: Ec2): Site => ({ ...site, hands: { ...site.hands, ec2 } });
/** In sandbox time that does not run ahead of what is done. */
const slowly = ({ sandbox }: Site, work: () => Promise<void>) => sandbox.clock.working(work);
const failing = (site: Site, made: Case, step: Step, after: boolean) => {
  site.sandbox.account.faults.calls = lost(made.call, after);
  return expect(finish(site, () => made.apply(site.hands, step))).rejects.toThrow(named('InternalError'));
};

describe.each(CASES)('$kind ($call) that EC2 shows late', (made) => {
  it('goes back when the answer was lost', async () => {
    const site = await made.site();
    const untouched = networkOf(site.sandbox);
    const step = await made.step(site);
    await slowly(site, async () => {
      await failing(site, made, step, true);
      await made.takeBack(lateFor(site, made));
    });
    expect(networkOf(site.sandbox)).toEqual(untouched);
    expect(await statesOf(site.ledger)).toContain(`${made.kind} undone`);
  });

  it('goes back when the answer of a later try was lost, long after the first', async () => {
    const site = await made.site();
    const untouched = networkOf(site.sandbox);
    const step = await made.step(site);
    await slowly(site, async () => {
      await failing(site, made, step, false);
      await site.sandbox.clock.sleep(5 * 60_000);
      await failing(site, made, step, true);
      await made.takeBack(lateFor(site, made));
    });
    expect(networkOf(site.sandbox)).toEqual(untouched);
  });
});

/** The others are undone minutes after they were made, once what builds on them is gone. */
const NEWEST = CASES.filter(({ kind }) => !['address', 'security-group'].includes(kind));

it.each(NEWEST)('$kind ($call) goes back when it was made a moment ago and EC2 does not show it yet', async (made) => {
  const site = await made.site();
  const untouched = networkOf(site.sandbox);
  const step = await made.step(site);
  await slowly(site, async () => {
    await made.apply(site.hands, step);
    if (made.kind === 'route') await finish(site, () => made.apply(site.hands, step));
    await made.takeBack(lateFor(site, made));
  });
  expect(networkOf(site.sandbox)).toEqual(untouched);
});

describe('an address, of which AWS makes one more each time it is asked', () => {
  const [addresses] = CASES as [Case];
  const twice = async (error: CallFault) => {
    const site = await addresses.site();
    const step = await addresses.step(site);
    const { account } = site.sandbox;
    account.faults.calls = { [addresses.call]: error };
    await expect(addresses.apply(site.hands, step)).rejects.toThrow();
    const late = { ...site.hands, ec2: lateEc2(site.ec2, addresses.look, 1) };
    return { account, again: () => addresses.apply(late, step) };
  };

  it('is not asked for again while EC2 may not show the first', async () => {
    const { account, again } = await twice({ error: 'InternalError', after: true });
    await expect(again()).rejects.toThrow(named('RetryLater'));
    await again();
    expect(account.ec2.addresses).toHaveLength(1);
  });

  it('is asked for again at once when AWS was only too busy to begin', async () => {
    const { account, again } = await twice({ error: 'RequestLimitExceeded' });
    await again();
    expect(account.ec2.addresses).toHaveLength(1);
  });
});

it('an address and a group go back that EC2 did not know a moment after they were made', async () => {
  const site = await siteOf('s3-and-secrets');
  const untouched = networkOf(site.sandbox);
  const { account } = site.sandbox;
  const [{ VpcId: vpcId = '', SubnetId: subnetId = '' } = {}] = account.ec2.subnets;
  const planned = { service: PLACE.service, remedy: 'add-nat-gateway' } as const;
  const words = { target: vpcId, what: 'make it', undo: 'delete it' };
  const group = { vpcId, description: 'a group', ports: [443], cidrs: ['10.0.0.0/8'], groupIds: [] };
  await slowly(site, async () => {
    const address = await makeAddress(site.hands, site.ledger, { ...planned, id: '1.1.001' }, { vpcId, subnetId });
    account.faults.calls = { 'ec2:ReleaseAddress': { error: 'InvalidAllocationID.NotFound', message: NOT_YET } };
    const late = lateEc2(site.ec2, 'DescribeAddresses', 2);
    expect(await undoAddress({ ec2: late }, site.ledger, address)).toBe('going');
    await network.takeBack(site);
    const made = await makeSecurityGroup(site.hands, site.ledger, { ...planned, ...words, id: '1.1.002' }, group);
    account.faults.calls = { 'ec2:DeleteSecurityGroup': { error: 'InvalidGroup.NotFound', message: NOT_YET } };
    expect(await endpoints.undoOnce(site, made)).toBe('going');
    await endpoints.takeBack(site);
  });
  expect(await statesOf(site.ledger)).toEqual(['address undone', 'security-group undone']);
  expect(networkOf(site.sandbox)).toEqual(untouched);
});

describe('a rule that is there already', () => {
  const rules = CASES.filter(({ kind }) => kind === 'security-group-rule')[0] as Case;
  const isOurs = ({ ec2 }: Site['sandbox']['account']) =>
    Object.values(ec2.securityGroupRules).filter(({ Tags }) => Tags?.some(({ Key }) => Key === 'reconnect:change'));

  it('is not taken for somebody else’s while EC2 does not list it, and is asked for once by each try', async () => {
    const site = await rules.site();
    const step = await rules.step(site);
    await slowly(site, async () => {
      const patient = new EC2Client({ ...site.config, maxAttempts: 3 });
      site.sandbox.account.faults.calls = lost(rules.call);
      const hands = { ...site.hands, ec2: lateEc2(patient, rules.look, 2) };
      await expect(rules.apply(hands, step)).rejects.toThrow(named('InternalError'));
      await expect(rules.apply(hands, step)).rejects.toThrow(named('RetryLater'));
      expect(await statesOf(site.ledger)).toEqual(['security-group-rule pending']);
      expect(await rules.apply(hands, step)).toMatchObject({ state: 'done' });
      expect(isOurs(site.sandbox.account)).toHaveLength(1);
    });
  });

  it('is somebody else’s when EC2 never lists it as ours', async () => {
    const site = await rules.site();
    const step = await rules.step(site);
    await slowly(site, async () => {
      site.sandbox.account.faults.calls = lost(rules.call, false);
      await expect(rules.apply(site.hands, step)).rejects.toThrow(named('InternalError'));
      const duplicate = { error: 'InvalidPermission.Duplicate', times: 2 };
      site.sandbox.account.faults.calls = { [rules.call]: duplicate };
      await expect(rules.apply(site.hands, step)).rejects.toThrow(named('RetryLater'));
      await site.sandbox.clock.sleep(4 * 60_000);
      await expect(rules.apply(site.hands, step)).rejects.toThrow(named('StateDrifted'));
      expect(await statesOf(site.ledger)).toEqual(['security-group-rule not-made']);
    });
  });

  it('may be ours where a later try is refused for another reason', async () => {
    const site = await rules.site();
    const untouched = networkOf(site.sandbox);
    const step = await rules.step(site);
    await slowly(site, async () => {
      site.sandbox.account.faults.calls = lost(rules.call);
      await expect(rules.apply(site.hands, step)).rejects.toThrow(named('InternalError'));
      site.sandbox.account.faults.calls = { [rules.call]: { error: 'RulesPerSecurityGroupLimitExceeded' } };
      const hands = { ...site.hands, ec2: lateEc2(site.ec2, rules.look) };
      await expect(rules.apply(hands, step)).rejects.toThrow(named('NotRepairable'));
      await rules.takeBack(site);
      expect(networkOf(site.sandbox)).toEqual(untouched);
    });
  });
});

describe('a route that EC2 shows late', () => {
  /** No default route on the private tables, and a NAT gateway that works. */
  const none = () =>
    siteOf('route-blackhole-other-nat', ({ ec2 }) => {
      for (const table of ec2.routeTables) table.Routes = table.Routes?.filter(({ State }) => State !== 'blackhole');
    });

  it('is not taken for somebody else’s when it is in the way of the next try', async () => {
    const site = await none();
    const step = await network.stepFor(site, repairRoute);
    await slowly(site, async () => {
      site.sandbox.account.faults.calls = lost('ec2:CreateRoute');
      await expect(setRoute(site.hands, PLACE, step)).rejects.toThrow(named('InternalError'));
      const late = { ...site.hands, ec2: lateEc2(site.ec2, 'DescribeRouteTables', 4, withoutRoutes) };
      await expect(setRoute(late, PLACE, step)).rejects.toThrow(named('RetryLater'));
      expect(await setRoute(site.hands, PLACE, step)).toMatchObject({ state: 'done' });
      expect(await statesOf(site.ledger)).toEqual(['route made', 'route made']);
    });
  });

  it('is ours when it shows between two looks of the next try', async () => {
    const site = await none();
    const step = await network.stepFor(site, repairRoute);
    await slowly(site, async () => {
      site.sandbox.account.faults.calls = lost('ec2:CreateRoute');
      await expect(setRoute(site.hands, PLACE, step)).rejects.toThrow(named('InternalError'));
      const late = { ...site.hands, ec2: lateEc2(site.ec2, 'DescribeRouteTables', 2, withoutRoutes) };
      expect(await setRoute(late, PLACE, step)).toMatchObject({ state: 'done' });
      expect(await statesOf(site.ledger)).toEqual(['route made', 'route made']);
    });
  });
});

describe('a NAT gateway', () => {
  it.each(['InvalidElasticIpID.NotFound', 'InvalidAllocationID.NotFound'])(
    'waits for its address to be known (%s), but not for ever',
    async (error) => {
      const site = await toNat.site();
      const step = await toNat.step(site);
      await slowly(site, async () => {
        const unknown = { 'ec2:CreateNatGateway': { error, message: NOT_YET } };
        site.sandbox.account.faults.calls = { ...unknown };
        await expect(toNat.apply(site.hands, step)).rejects.toThrow(named('RetryLater'));
        await site.sandbox.clock.sleep(4 * 60_000);
        site.sandbox.account.faults.calls = { ...unknown };
        await expect(toNat.apply(site.hands, step)).rejects.toThrow(named(error));
        expect(await finish(site, () => toNat.apply(site.hands, step))).toMatchObject({ state: 'done' });
      });
    },
  );

  it('goes back although EC2 still lists the route to it that was taken back', async () => {
    const site = await toNat.site();
    const untouched = networkOf(site.sandbox);
    const step = await toNat.step(site);
    await slowly(site, async () => {
      await finish(site, () => toNat.apply(site.hands, step));
      const [natGateway] = (await entriesOf(site.ledger)).filter(({ kind }) => kind === 'nat-gateway');
      const [{ routeTableId } = { routeTableId: '' }] = step.details.routes as { routeTableId: string }[];
      const stale = {
        RouteTableId: routeTableId,
        Routes: [{ DestinationCidrBlock: '0.0.0.0/0', NatGatewayId: natGateway?.resource, State: 'active' }],
      };
      const send = async (command: { input: object }) =>
        JSON.stringify(command.input).includes('route.nat-gateway-id')
          ? { RouteTables: [stale] }
          : site.ec2.send(command as never);
      await network.takeBack(seeing(site, { send: send as unknown as Ec2['send'] }));
      expect(networkOf(site.sandbox)).toEqual(untouched);
    });
  });

  it('goes back although a route of somebody else is listed that is gone a moment later', async () => {
    const site = await toNat.site();
    const untouched = networkOf(site.sandbox);
    const step = await toNat.step(site);
    await slowly(site, async () => {
      await finish(site, () => toNat.apply(site.hands, step));
      const [natGateway] = (await entriesOf(site.ledger)).filter(({ kind }) => kind === 'nat-gateway');
      let looks = 2;
      const theirs = { DestinationCidrBlock: '52.0.0.0/8', NatGatewayId: natGateway?.resource, State: 'active' };
      const send = async (command: { input: object }) =>
        JSON.stringify(command.input).includes('route.nat-gateway-id') && looks-- > 0
          ? { RouteTables: [{ RouteTableId: 'rtb-theirs', Routes: [theirs] }] }
          : site.ec2.send(command as never);
      await network.takeBack(seeing(site, { send: send as unknown as Ec2['send'] }));
      expect(networkOf(site.sandbox)).toEqual(untouched);
    });
  });
});

it('a step is begun however many changes it has', async () => {
  const site = await toNat.site();
  const entry = (id: string) => ({
    ...({ id, kind: 'route', service: PLACE.service, remedy: 'repair-route' } as const),
    ...{ target: 'rtb-1', what: 'set it', undo: 'take it back', undoData: {} },
  });
  await writeUndo(site.ledger, entry('1.10.001'));
  expect(await isBegun(site.ledger, PLACE)).toBe(false);
  await writeUndo(site.ledger, entry('1.1.100'));
  expect(await isBegun(site.ledger, PLACE)).toBe(true);
});
