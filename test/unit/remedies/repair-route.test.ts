import { describe, expect, it } from 'vitest';
import type { Basis, Proposal } from '../../../lib/remedies/remedy.ts';
import { repairRoute } from '../../../lib/remedies/repair-route.ts';
import { weigh } from '../../../lib/remedies/weigh.ts';
import {
  DATABASE,
  defaultRoute,
  FAR,
  type Facts,
  must,
  nat,
  ownTable,
  peered,
  route,
  TWILIO,
  table,
} from '../egress/topology.ts';
import { basisOf, roomy, secondPublic, statuses, unmet } from './network.ts';

const GONE = { NatGatewayId: 'nat-gone' };
const blackhole = (change: (facts: Facts) => void = () => {}): Facts => {
  const facts = roomy();
  defaultRoute(facts, GONE, 'blackhole');
  change(facts);
  return facts;
};
const propose = (facts: Facts, more: Partial<Basis> = {}): Proposal => {
  const [proposal, ...rest] = repairRoute.propose(basisOf(facts, more));
  expect(rest).toEqual([]);
  return must(proposal);
};
const secondNat = (facts: Facts) => {
  secondPublic(facts);
  facts.NatGateways.push({ ...nat(facts), NatGatewayId: 'nat-0', SubnetId: 'subnet-pub-b' });
};

describe('a route that leads nowhere', () => {
  it('is not touched in a VPC of another account', () => {
    const facts = blackhole((made) => {
      for (const vpc of made.Vpcs) vpc.OwnerId = '222222222222';
    });
    expect(unmet(propose(facts))).toMatchObject([{ what: 'the VPC belongs to this account', met: 'no' }]);
    expect(weigh(repairRoute, basisOf(facts))).toMatchObject([{ option: { blocked: true } }]);
  });

  it('says which services shared its table', () => {
    const neighbours = [{ name: 'quotes', connector: { subnetIds: ['subnet-b'], securityGroupIds: ['sg-app'] } }];
    expect(propose(blackhole(), { neighbours }).step?.details).toMatchObject({
      routes: [{ knownNeighbours: ['quotes'] }],
    });
  });

  it('is led to the NAT gateway that is there, for nothing', () => {
    const facts = blackhole();
    const proposal = propose(facts);
    expect(statuses(facts)).toEqual({ twilio: 'broken', database: 'ok' });
    expect(statuses(must(proposal.after))).toEqual({ twilio: 'ok', database: 'ok' });
    expect(unmet(proposal)).toEqual([]);
    expect(weigh(repairRoute, basisOf(facts))).toMatchObject([{ option: { blocked: false, fixes: ['twilio'] } }]);
    expect(proposal).toMatchObject({ monthlyCostUsd: 0, redeploys: false, reversible: true });
    expect(proposal.step).toEqual({
      target: 'rtb-private',
      changes: ['0.0.0.0/0 of rtb-private, which leads to nat-gone (blackhole) → nat-1'],
      undo: 'the route 0.0.0.0/0 of rtb-private is led back to nat-gone if AWS still takes that; else it is deleted, and the traffic is dropped as it was before',
      details: {
        routes: [
          {
            routeTableId: 'rtb-private',
            destination: '0.0.0.0/0',
            before: { by: 'NatGatewayId', id: 'nat-gone', state: 'blackhole' },
            knownNeighbours: [],
            natGatewayId: 'nat-1',
          },
        ],
      },
    });
  });

  it('may be missing altogether: then it says that the subnets get a way to the whole internet', () => {
    const facts = roomy();
    ownTable(facts, 'subnet-b');
    const proposal = propose(facts);
    expect(statuses(facts).twilio).toBe('degraded');
    expect(statuses(must(proposal.after)).twilio).toBe('ok');
    expect(proposal.security).toContain('every subnet on rtb-subnet-b gets a way out to the whole internet');
    expect(proposal.step?.undo).toBe('the route 0.0.0.0/0 of rtb-subnet-b is deleted: there was none');
  });

  it('is led to the NAT gateway in its own zone, else to the first', () => {
    const facts = blackhole((made) => {
      secondNat(made);
      ownTable(made, 'subnet-c', route('0.0.0.0/0', GONE, 'blackhole'));
    });
    expect(propose(facts).step?.details).toMatchObject({
      routes: [
        { routeTableId: 'rtb-private', natGatewayId: 'nat-0' },
        { routeTableId: 'rtb-subnet-c', natGatewayId: 'nat-0' },
      ],
    });
    const alone = blackhole((made) => {
      secondNat(made);
      ownTable(made, 'subnet-a', route('0.0.0.0/0', GONE, 'blackhole'));
    });
    expect(propose(alone).step?.details).toMatchObject({
      routes: [
        { routeTableId: 'rtb-private', natGatewayId: 'nat-0' },
        { routeTableId: 'rtb-subnet-a', natGatewayId: 'nat-1' },
      ],
    });
  });

  it.each<[string, (facts: Facts) => void, 'no' | 'unknown']>([
    ['is failed', (made) => Object.assign(nat(made), { State: 'failed' }), 'no'],
    ['is private', (made) => Object.assign(nat(made), { ConnectivityType: 'private' }), 'no'],
    ['has no public address', (made) => Object.assign(nat(made), { NatGatewayAddresses: [] }), 'no'],
    ['belongs to another VPC', (made) => Object.assign(nat(made), { VpcId: 'vpc-2' }), 'no'],
    ['stands in a subnet of the connector', (made) => Object.assign(nat(made), { SubnetId: 'subnet-a' }), 'no'],
    [
      'has no way out',
      (made) => Object.assign(must(table(made, 'rtb-public').Routes?.[1]), { State: 'blackhole' }),
      'no',
    ],
    ['was not seen', (made) => Reflect.deleteProperty(made, 'NatGateways'), 'unknown'],
    ['is only planned', (made) => Object.assign(nat(made), { NatGatewayId: 'nat-planned-1' }), 'no'],
  ])('stays as it is where the NAT gateway %s', (_, change, met) => {
    const proposal = propose(blackhole(change));
    expect(unmet(proposal)).toMatchObject([{ what: 'a NAT gateway of the VPC works', met }]);
    expect(proposal.step).toBeUndefined();
  });

  it('takes a regional NAT gateway', () => {
    const facts = blackhole((made) => {
      const { SubnetId: _, ...regional } = nat(made);
      made.NatGateways = [{ ...regional, AvailabilityMode: 'regional' }];
    });
    expect(statuses(must(propose(facts).after)).twilio).toBe('ok');
  });

  it('is nothing of its own where there is neither a route nor a NAT gateway', () => {
    const facts = roomy();
    defaultRoute(facts);
    facts.NatGateways = [];
    expect(repairRoute.propose(basisOf(facts))).toEqual([]);
  });

  it('has nothing to do with a healthy service, or with a default route that is alive', () => {
    expect(repairRoute.propose(basisOf(roomy()))).toEqual([]);
    const facts = roomy();
    defaultRoute(facts, { GatewayId: 'igw-1' });
    expect(repairRoute.propose(basisOf(facts))).toEqual([]);
  });
});

describe('a narrower route that leads nowhere', () => {
  const narrow = (destination: string, change: (facts: Facts) => void = () => {}) => {
    const facts = roomy();
    table(facts, 'rtb-private').Routes?.push(route(destination, { VpcPeeringConnectionId: 'pcx-gone' }, 'blackhole'));
    change(facts);
    return facts;
  };

  it('is led to the NAT gateway where its addresses are on the internet, and cannot be put back where another takes over', () => {
    const facts = narrow('54.172.0.0/16');
    const proposal = propose(facts);
    expect(statuses(must(proposal.after)).twilio).toBe('ok');
    expect(proposal.reversible).toBe(false);
    expect(proposal.step?.undo).toContain(
      'else it stays as it is, because without it the traffic would leave by 0.0.0.0/0 to nat-1',
    );
    expect(proposal.warnings.join()).toContain('was meant to go to pcx-gone');
    expect(proposal.security).toContain('54.172.0.0/16');
  });

  it('is set before the broader one, so that it is put back after it', () => {
    const facts = narrow('54.172.0.0/16', (made) => {
      const routes = must(table(made, 'rtb-private').Routes);
      Object.assign(must(routes[1]), { ...GONE, State: 'blackhole' });
    });
    const sentry = { ...TWILIO, name: 'sentry', addresses: ['35.186.247.156'] };
    const proposal = propose(facts, { dependencies: [TWILIO, sentry] });
    expect(proposal.step?.details).toMatchObject({
      routes: [{ destination: '54.172.0.0/16' }, { destination: '0.0.0.0/0' }],
    });
    expect(proposal.reversible).toBe(true);
  });

  it('to private addresses is for a person, and does not hold up the rest', () => {
    const facts = roomy();
    peered(facts);
    const routes = must(table(facts, 'rtb-private').Routes);
    Object.assign(must(routes[2]), { State: 'blackhole' });
    const more = { dependencies: [TWILIO, FAR, DATABASE] };
    const alone = propose(facts, more);
    expect(unmet(alone)).toMatchObject([{ met: 'no', because: expect.stringContaining('172.16.0.0/16') }]);
    expect(alone.byHand?.join()).toContain('replace-route');
    expect(alone.step).toBeUndefined();
    Object.assign(must(routes[1]), { ...GONE, State: 'blackhole' });
    const both = weigh(repairRoute, basisOf(facts, more));
    expect(both.map(({ option }) => [option.blocked, option.fixes])).toEqual([
      [false, ['twilio']],
      [true, []],
    ]);
  });

  it.each([
    ['alone', [FAR], ['no']],
    ['before what is on the internet', [FAR, TWILIO], ['yes']],
    ['after it', [TWILIO, FAR], ['yes']],
  ])('is the default route, which a private address took, %s', (_, dependencies, met) => {
    const facts = blackhole((made) => {
      made.Vpcs.push({ VpcId: 'vpc-2', CidrBlock: '172.16.0.0/16', OwnerId: '111111111111' });
    });
    const basis = basisOf(facts, {
      dependencies,
      egress: dependencies.map(({ name }) => ({ subject: name, status: 'broken' })),
    });
    const proposals = repairRoute.propose(basis);
    expect(proposals.flatMap(({ preconditions }) => preconditions.map((one) => one.met))).toEqual(met);
  });

  it('is not for a NAT gateway where a part of it is private', () => {
    expect(unmet(propose(narrow('54.0.0.0/6')))).toEqual([]);
    const facts = narrow('0.0.0.0/1');
    expect(unmet(propose(facts))).toMatchObject([
      {
        met: 'no',
        because:
          '0.0.0.0/1 of rtb-private leads to pcx-gone (blackhole), and a NAT gateway is no way to all that was behind it',
      },
    ]);
  });

  it('is led to another NAT gateway, whatever its block, where it led to one before', () => {
    const facts = narrow('0.0.0.0/1', (made) => {
      Object.assign(must(table(made, 'rtb-private').Routes?.at(-1)), { VpcPeeringConnectionId: undefined, ...GONE });
    });
    const proposal = propose(facts);
    expect(unmet(proposal)).toEqual([]);
    expect(statuses(must(proposal.after)).twilio).toBe('ok');
    expect(proposal.warnings.join()).not.toContain('was meant to go');
  });

  it('has a warning where the NAT gateway that it led to was a private one', () => {
    const facts = blackhole((made) => {
      made.NatGateways.push({ ...nat(made), NatGatewayId: 'nat-gone', State: 'deleted', ConnectivityType: 'private' });
    });
    expect(propose(facts).warnings.join()).toContain('was meant to go to nat-gone');
  });

  it('is told with a command that AWS takes, for the region of the service', () => {
    const arn = 'arn:aws:apprunner:eu-west-1:123456789012:service/app/1';
    const more = { service: { name: 'app', arn, id: '1', url: '' } };
    expect(propose(narrow('0.0.0.0/1'), more).byHand).toEqual([
      'Make pcx-gone anew, or find out what took its place',
      'lead the route there: aws ec2 replace-route --region eu-west-1 --route-table-id rtb-private --destination-cidr-block 0.0.0.0/1 --vpc-peering-connection-id <the new one>',
    ]);
  });

  it('that was propagated is not set in the place of what announces it', () => {
    const facts = narrow('54.172.0.0/16', (made) => {
      Object.assign(must(table(made, 'rtb-private').Routes?.at(-1)), {
        VpcPeeringConnectionId: undefined,
        GatewayId: 'vgw-gone',
        Origin: 'EnableVgwRoutePropagation',
      });
    });
    const proposal = propose(facts);
    expect(unmet(proposal)).toMatchObject([
      {
        because:
          '54.172.0.0/16 of rtb-private leads to vgw-gone (blackhole), and is propagated: what announces it has to be put right',
      },
    ]);
    expect(proposal.byHand?.join()).toContain('vgw-gone');
    expect(proposal.byHand?.join()).not.toContain('replace-route');
  });

  it('to what is private does not lead through a NAT gateway of the internet', () => {
    const facts = roomy();
    peered(facts);
    const routes = must(table(facts, 'rtb-private').Routes);
    Object.assign(must(routes[2]), { VpcPeeringConnectionId: undefined, ...GONE, State: 'blackhole' });
    expect(unmet(propose(facts, { dependencies: [FAR] }))).toMatchObject([
      {
        because:
          '172.16.0.0/16 of rtb-private leads to nat-gone (blackhole), and what goes there is private: no public NAT gateway leads to it',
      },
    ]);
  });
});

describe('a dead route to a prefix list', () => {
  const listed = (target: object, Cidrs: string[] = ['54.172.0.0/16']) => {
    const facts = roomy();
    facts.PrefixLists?.push({ PrefixListId: 'pl-partners', PrefixListName: 'partners', Cidrs });
    table(facts, 'rtb-private').Routes?.push({
      DestinationPrefixListId: 'pl-partners',
      Origin: 'CreateRoute',
      State: 'blackhole',
      ...target,
    });
    return facts;
  };

  it('is led to a NAT gateway that works where it led to one before', () => {
    const facts = listed(GONE, ['54.172.0.0/16', '10.200.0.0/16']);
    const proposal = propose(facts);
    expect(statuses(facts).twilio).toBe('broken');
    expect(statuses(must(proposal.after)).twilio).toBe('ok');
    expect(unmet(proposal)).toEqual([]);
    expect(proposal.step).toMatchObject({
      changes: ['pl-partners of rtb-private, which leads to nat-gone (blackhole) → nat-1'],
      details: { routes: [{ destination: 'pl-partners', before: { by: 'NatGatewayId', id: 'nat-gone' } }] },
    });
  });

  it('is led there with a warning where it led elsewhere, and all of the list is on the internet', () => {
    const target = { TransitGatewayId: 'tgw-gone' };
    expect(propose(listed(target)).warnings).toContain(
      'pl-partners of rtb-private was meant to go to tgw-gone; it would go to the internet by nat-1',
    );
    expect(unmet(propose(listed(target, ['54.172.0.0/16', '10.200.0.0/16'])))).toMatchObject([{ met: 'no' }]);
  });

  it('cannot be put back where a route to the internet may take its traffic', () => {
    const proposal = propose(listed(GONE));
    expect(proposal.reversible).toBe(false);
    expect(proposal.step?.undo).toContain('else it stays as it is');
    const facts = listed(GONE);
    const routes = must(table(facts, 'rtb-private').Routes);
    routes.splice(1, 1, route('172.16.0.0/12', { VpcPeeringConnectionId: 'pcx-1' }));
    expect(propose(facts)).toMatchObject({
      reversible: true,
      step: { undo: expect.stringContaining('else it is deleted') },
    });
  });

  it('names the list in a command for a person', () => {
    const facts = listed({ NetworkInterfaceId: 'eni-gone' }, ['54.172.0.0/16', '10.200.0.0/16']);
    expect(unmet(propose(facts))[0]?.because).toContain('pl-partners of rtb-private leads to eni-gone (blackhole)');
    expect(propose(facts).byHand?.join()).toContain(
      '--destination-prefix-list-id pl-partners --network-interface-id <the new one>',
    );
  });

  it('of a gateway endpoint is changed through the endpoint only', () => {
    const facts = listed({ GatewayId: 'vpce-gone' });
    const proposal = propose(facts);
    expect(unmet(proposal)).toMatchObject([
      { because: expect.stringContaining('leads to vpce-gone (blackhole), and only its endpoint changes that route') },
    ]);
    expect(proposal.byHand?.join()).not.toContain('replace-route');
  });
});
