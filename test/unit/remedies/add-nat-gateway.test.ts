import { describe, expect, it } from 'vitest';
import { addNatGateway } from '../../../lib/remedies/add-nat-gateway.ts';
import type { Basis, Proposal } from '../../../lib/remedies/remedy.ts';
import { weigh } from '../../../lib/remedies/weigh.ts';
import {
  acl,
  CONNECTOR,
  defaultRoute,
  type Facts,
  must,
  nat,
  ownTable,
  route,
  rule,
  subnet,
  table,
  vpc,
} from '../egress/topology.ts';
import { basisOf, onePerZone, roomy, secondPublic, statuses, unmet } from './network.ts';

const cut = (change: (facts: Facts) => void = () => {}): Facts => {
  const facts = roomy();
  defaultRoute(facts);
  facts.NatGateways = [];
  change(facts);
  return facts;
};

const propose = (facts: Facts, more: Partial<Basis> = {}): Proposal => {
  const [proposal, ...rest] = addNatGateway.propose(basisOf(facts, more));
  expect(rest).toEqual([]);
  return must(proposal);
};

describe('a NAT gateway', () => {
  it('brings back what has no way out, and leaves what works', () => {
    const facts = cut();
    const proposal = propose(facts);
    expect(statuses(facts)).toEqual({ twilio: 'broken', database: 'ok' });
    expect(statuses(must(proposal.after))).toEqual({ twilio: 'ok', database: 'ok' });
    expect(unmet(proposal)).toEqual([]);
    expect(weigh(addNatGateway, basisOf(facts))).toMatchObject([{ option: { blocked: false, fixes: ['twilio'] } }]);
  });

  it('says what it will make, what it costs and how it goes back', () => {
    const { monthlyCostUsd, redeploys, reversible, step, warnings, security } = propose(cut());
    expect({ monthlyCostUsd, redeploys, reversible }).toEqual({
      monthlyCostUsd: 36.5,
      redeploys: false,
      reversible: true,
    });
    expect(security).toContain('rtb-private');
    expect(warnings.join()).toContain('$0.045 a GB');
    expect(step).toEqual({
      target: 'vpc-1',
      changes: [
        'a new Elastic IP address for the NAT gateway in subnet-pub',
        'a new public NAT gateway in subnet-pub',
        '0.0.0.0/0 of rtb-private, which is not there → the NAT gateway in subnet-pub',
      ],
      undo: 'the route 0.0.0.0/0 of rtb-private is deleted: there was none; then the NAT gateway is deleted and its address released, unless something else leads to it by then',
      details: {
        vpcId: 'vpc-1',
        gateways: [{ subnetId: 'subnet-pub', routeTableId: 'rtb-public', internetGatewayId: 'igw-1' }],
        routes: [
          { routeTableId: 'rtb-private', destination: '0.0.0.0/0', before: null, knownNeighbours: [], gateway: 0 },
        ],
      },
    });
  });

  it('takes the prices of the profile', () => {
    const prices = { natGatewayHour: 0.05, publicIpv4Hour: 0.01, interfaceEndpointHour: 0 };
    expect(propose(cut(), { prices }).monthlyCostUsd).toBe(43.8);
  });

  it('has nothing to do with a healthy service, one that leaves by DEFAULT, or a cut that is no missing route', () => {
    expect(addNatGateway.propose(basisOf(roomy()))).toEqual([]);
    expect(addNatGateway.propose({ ...basisOf(cut()), connector: null })).toEqual([]);
    const facts = roomy();
    acl(facts, 'acl-1').Entries = [rule(100, 'in', 'allow')];
    expect(addNatGateway.propose(basisOf(facts))).toEqual([]);
  });

  it('replaces a blackhole, and says that it cannot be set again', () => {
    const facts = cut((made) => defaultRoute(made, { NatGatewayId: 'nat-gone' }, 'blackhole'));
    const proposal = propose(facts);
    expect(statuses(must(proposal.after))).toEqual({ twilio: 'ok', database: 'ok' });
    expect(proposal.step?.details).toMatchObject({
      routes: [{ before: { by: 'NatGatewayId', id: 'nat-gone', state: 'blackhole' } }],
    });
    expect(proposal.step?.undo).toContain('back to nat-gone if AWS still takes that; else it is deleted');
  });

  it.each([
    ['a transit gateway', { TransitGatewayId: 'tgw-gone' }],
    ['an appliance', { NetworkInterfaceId: 'eni-gone' }],
    ['a VPN that propagated it', { GatewayId: 'vgw-gone' }],
  ])('warns that what was meant to go to %s would go to the internet', (_, target) => {
    const facts = cut((made) => {
      defaultRoute(made, target, 'blackhole');
      if ('GatewayId' in target)
        Object.assign(must(table(made, 'rtb-private').Routes?.at(-1)), { Origin: 'EnableVgwRoutePropagation' });
    });
    const [id] = Object.values(target);
    expect(propose(facts).step?.changes.at(-1)).toContain(`which leads to ${id} (blackhole) →`);
    expect(propose(facts).warnings).toContain(
      `0.0.0.0/0 of rtb-private was meant to go to ${id}; it would go to the internet by the NAT gateway in subnet-pub`,
    );
  });

  it('warns that a private NAT gateway led elsewhere', () => {
    const facts = roomy();
    Object.assign(nat(facts), { State: 'deleted', ConnectivityType: 'private' });
    expect(propose(facts).warnings.join()).toContain('was meant to go to nat-1');
  });

  it('warns of nothing where the dead route led to a NAT gateway, or where there was none', () => {
    const dead = cut((made) => defaultRoute(made, { NatGatewayId: 'nat-gone' }, 'blackhole'));
    for (const facts of [dead, cut()]) expect(propose(facts).warnings.join()).not.toContain('was meant to go');
  });

  it('replaces a route to a NAT gateway that could not be made', () => {
    const facts = roomy();
    nat(facts).State = 'failed';
    expect(statuses(must(propose(facts).after))).toEqual({ twilio: 'ok', database: 'ok' });
  });

  it.each([
    ['a transit gateway', { TransitGatewayId: 'tgw-1' }],
    ['an appliance', { NetworkInterfaceId: 'eni-proxy' }],
    ['another NAT gateway', { NatGatewayId: 'nat-1' }],
  ])('leaves the default route to %s as it is', (_, target) => {
    const facts = roomy();
    ownTable(facts, 'subnet-b');
    defaultRoute(facts, target);
    const { step, preconditions, after } = propose(facts);
    expect(step?.details).toMatchObject({ routes: [{ routeTableId: 'rtb-subnet-b' }] });
    expect(preconditions).toContainEqual(
      expect.objectContaining({ met: 'yes', because: expect.stringContaining('is left as it is') }),
    );
    expect(after?.RouteTables?.find(({ RouteTableId }) => RouteTableId === 'rtb-private')).toEqual(
      table(facts, 'rtb-private'),
    );
  });

  it('is not for a connector in public subnets', () => {
    const facts = cut((made) => defaultRoute(made, { GatewayId: 'igw-1' }));
    const proposal = propose(facts);
    expect(unmet(proposal)).toMatchObject([
      { met: 'no', because: expect.stringContaining('rtb-private, which is public') },
    ]);
    expect(proposal.step).toBeUndefined();
    const mixed = cut((made) => ownTable(made, 'subnet-b', route('0.0.0.0/0', { GatewayId: 'igw-1' })));
    expect(unmet(propose(mixed))).toMatchObject([{ met: 'no' }]);
  });

  it('never stands in a subnet whose own default route would lead to it', () => {
    const facts = cut((made) => {
      table(made, 'rtb-public').Associations = [];
      made.RouteTables = made.RouteTables.filter(({ RouteTableId }) => RouteTableId !== 'rtb-public');
    });
    const proposal = propose(facts);
    expect(proposal.step).toBeUndefined();
    expect(unmet(proposal)).toMatchObject([
      { what: 'a public subnet can hold the NAT gateway', met: 'no' },
      { what: 'the public subnet has a free address', met: 'no' },
    ]);
  });

  it.each<[string, (facts: Facts) => void, 'no' | 'unknown']>([
    ['is detached', (made) => Object.assign(must(made.InternetGateways[0]), { Attachments: [] }), 'no'],
    ['was not seen', (made) => Reflect.deleteProperty(made, 'InternetGateways'), 'unknown'],
    [
      'is a blackhole',
      (made) => Object.assign(must(table(made, 'rtb-public').Routes?.[1]), { State: 'blackhole' }),
      'no',
    ],
  ])('finds no public subnet where the internet gateway %s', (_, change, met) => {
    expect(unmet(propose(cut(change)))[0]).toMatchObject({ what: 'a public subnet can hold the NAT gateway', met });
  });

  it('is held up by VPC Block Public Access', () => {
    const facts = cut((made) => {
      vpc(made).BlockPublicAccessStates = { InternetGatewayBlockMode: 'block-bidirectional' };
      for (const one of made.Subnets) one.BlockPublicAccessStates = { InternetGatewayBlockMode: 'block-bidirectional' };
    });
    expect(unmet(propose(facts))[0]).toMatchObject({
      met: 'no',
      because: expect.stringContaining('Block Public Access'),
    });
  });

  it.each([
    [0, 'no'],
    [undefined, 'unknown'],
  ])('needs a free address: %s', (count, met) => {
    const facts = cut((made) => Object.assign(subnet(made, 'subnet-pub'), { AvailableIpAddressCount: count }));
    expect(unmet(propose(facts))).toMatchObject([{ what: 'the public subnet has a free address', met }]);
  });

  it('does not know the way out of a subnet that was not seen', () => {
    const facts = cut((made) => {
      made.Subnets = made.Subnets.filter(({ SubnetId }) => SubnetId !== 'subnet-c');
    });
    expect(unmet(propose(facts))).toMatchObject([{ what: 'the route table of subnet-c is known', met: 'unknown' }]);
  });

  it('names who shares the route tables', () => {
    const facts = cut((made) => ownTable(made, 'subnet-c'));
    const neighbours = [
      { name: 'billing', connector: { subnetIds: ['subnet-b'], securityGroupIds: ['sg-app'] } },
      { name: 'far', connector: { subnetIds: ['subnet-db'], securityGroupIds: ['sg-app'] } },
    ];
    const connector = { ...CONNECTOR, subnetIds: ['subnet-a'] };
    expect(propose(facts, { neighbours, connector }).affects).toEqual([
      'billing leaves by rtb-private too',
      'subnet-b obeys rtb-private too',
    ]);
    expect(propose(facts, { neighbours, connector }).step?.details).toMatchObject({
      routes: [{ knownNeighbours: ['billing'] }],
    });
  });

  it('stands where the network ACL lets most through', () => {
    const facts = cut((made) => {
      secondPublic(made);
      acl(made, 'acl-pub').Associations = [{ SubnetId: 'subnet-pub-b' }];
      made.NetworkAcls.push({
        NetworkAclId: 'acl-shut',
        VpcId: 'vpc-1',
        Associations: [{ SubnetId: 'subnet-pub' }],
        Entries: [rule(32767, 'in', 'deny'), rule(32767, 'out', 'deny')],
      });
    });
    expect(propose(facts).step?.details).toMatchObject({ gateways: [{ subnetId: 'subnet-pub-b' }] });
  });

  it('mentions a NAT gateway that is there and works', () => {
    const facts = roomy();
    defaultRoute(facts);
    expect(propose(facts).warnings.join()).toContain('nat-1 works in this VPC already');
  });
});

describe('one NAT gateway or one for each zone', () => {
  const tables = (change: (facts: Facts) => void = () => {}) =>
    cut((made) => {
      secondPublic(made);
      ownTable(made, 'subnet-b');
      ownTable(made, 'subnet-c');
      change(made);
    });

  it('makes one, and says what that means for the other zones', () => {
    const { step, warnings, monthlyCostUsd } = propose(tables());
    expect(step?.details.gateways).toHaveLength(1);
    expect(monthlyCostUsd).toBe(36.5);
    expect(warnings.filter((text) => text.includes('between zones'))).toHaveLength(2);
  });

  it('makes one for each zone that has a public subnet; the others share one', () => {
    const proposal = propose(tables(), { profile: onePerZone() });
    expect(proposal.monthlyCostUsd).toBe(73);
    expect(proposal.step?.details).toMatchObject({
      gateways: [{ subnetId: 'subnet-pub' }, { subnetId: 'subnet-pub-b' }],
      routes: [
        { routeTableId: 'rtb-private', gateway: 0 },
        { routeTableId: 'rtb-subnet-b', gateway: 1 },
        { routeTableId: 'rtb-subnet-c', gateway: 0 },
      ],
    });
    expect(proposal.warnings.filter((text) => text.includes('between zones'))).toEqual([
      expect.stringContaining('rtb-subnet-c leads from us-east-1c to subnet-pub in us-east-1a'),
    ]);
    expect(statuses(must(proposal.after))).toEqual({ twilio: 'ok', database: 'ok' });
  });

  it('makes no more than the route tables can lead to', () => {
    const facts = cut(secondPublic);
    expect(propose(facts, { profile: onePerZone() }).step?.details.gateways).toHaveLength(1);
  });

  it('is the same whatever the order of the lists', () => {
    const backwards = tables((made) => {
      made.Subnets.reverse();
      made.RouteTables.reverse();
    });
    const more = { profile: onePerZone() };
    const connector = { ...CONNECTOR, subnetIds: [...CONNECTOR.subnetIds].reverse() };
    expect(propose(backwards, { ...more, connector }).step).toEqual(propose(tables(), more).step);
  });
});
