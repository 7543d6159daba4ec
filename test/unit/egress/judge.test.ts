import { describe, expect, it } from 'vitest';
import type { Cause } from '../../../lib/domain/cause.ts';
import { type Health, Path } from '../../../lib/domain/finding.ts';
import {
  type EgressConnector,
  type EgressDependency,
  type EgressFacts,
  judgeEgress,
} from '../../../lib/egress/judge.ts';
import * as t from './topology.ts';

interface Row {
  it: string;
  change?: (facts: t.Facts) => void;
  dependency?: EgressDependency;
  connector?: EgressConnector;
  status: Health;
  cause?: Cause;
  says?: RegExp;
}

const judge = ({ change, dependency = t.TWILIO, connector = t.CONNECTOR }: Omit<Row, 'it' | 'status'>) => {
  const facts = t.healthy();
  change?.(facts);
  return t.must(judgeEgress(facts, connector, [dependency])[0]);
};

const check = (rows: Row[]) => {
  for (const row of rows)
    it(row.it, () => {
      const result = judge(row);
      expect({ status: result.status, cause: result.cause, because: result.because }).toEqual({
        status: row.status,
        cause: row.cause,
        because: row.says ? expect.stringMatching(row.says) : expect.any(String),
      });
      for (const path of result.subnets) expect(Path.parse(path)).toEqual(path);
    });
};

const inAB = (facts: t.Facts, ids = ['subnet-a', 'subnet-b']): void => {
  const shared = t.table(facts, 'rtb-private');
  shared.Associations = (shared.Associations ?? []).filter(({ SubnetId }) => ids.includes(SubnetId ?? ''));
};
const out = (facts: t.Facts, ...rules: object[]) => {
  t.group(facts, 'sg-app').IpPermissionsEgress = rules;
};
const tcp = (from: number, to: number, where: object) => ({ IpProtocol: 'tcp', FromPort: from, ToPort: to, ...where });
const anywhere = { IpRanges: [{ CidrIp: '0.0.0.0/0' }] };
const without = (field: keyof EgressFacts) => (facts: t.Facts) => {
  delete (facts as EgressFacts)[field];
};
const unresolved: EgressDependency = { name: 'relay', host: 'smtp-relay.brevo.com', port: 587, protocol: 'tcp' };
const address = (text: string, port = 443): EgressDependency => ({
  name: 'address',
  addresses: [text],
  port,
  protocol: 'tcp',
});

describe('which route table', () => {
  check([
    { it: 'lets a healthy service out through the NAT gateway', status: 'ok', says: /all 3 subnets/ },
    {
      it: 'takes the main table where no association is explicit',
      change: (f) => inAB(f, []),
      status: 'broken',
      cause: 'no-route',
      says: /rtb-main/,
    },
    {
      it: 'ignores an association that is not in force',
      change: (f) => {
        for (const association of t.table(f, 'rtb-private').Associations ?? [])
          association.AssociationState = { State: 'disassociated' };
      },
      status: 'broken',
      cause: 'no-route',
    },
    {
      it: 'ignores gateway associations',
      change: (f) =>
        f.RouteTables.push({
          RouteTableId: 'rtb-edge',
          VpcId: 'vpc-1',
          Associations: [{ GatewayId: 'igw-1', SubnetId: 'subnet-a', Main: true }],
          Routes: [],
        }),
      status: 'ok',
    },
    {
      it: 'does not know without route tables',
      change: without('RouteTables'),
      status: 'unknown',
      says: /ec2:DescribeRouteTables/,
    },
    {
      it: 'does not know when neither the subnet nor the VPC has a table among the collected',
      change: (f) => {
        f.RouteTables = [];
      },
      status: 'unknown',
    },
  ]);
});

describe('which route wins', () => {
  check([
    {
      it: 'finds no route',
      change: (f) => t.defaultRoute(f),
      status: 'broken',
      cause: 'no-route',
      says: /rtb-private of subnet-a has no route to verify\.twilio\.com/,
    },
    {
      it: 'loses the traffic in a blackhole',
      change: (f) => t.defaultRoute(f, { NatGatewayId: 'nat-1' }, 'blackhole'),
      status: 'broken',
      cause: 'blackhole-route',
    },
    {
      it: 'loses the traffic in a filtered route',
      change: (f) => t.defaultRoute(f, { NatGatewayId: 'nat-1' }, 'filtered'),
      status: 'broken',
      cause: 'blackhole-route',
      says: /filtered/,
    },
    {
      it: 'lets a longer blackhole win over a good default route',
      change: (f) =>
        t.table(f, 'rtb-private').Routes?.push(t.route('54.172.0.0/16', { NatGatewayId: 'nat-gone' }, 'blackhole')),
      status: 'broken',
      cause: 'blackhole-route',
    },
    {
      it: 'lets a longer good route win over a blackhole default',
      change: (f) => {
        t.defaultRoute(f, { NatGatewayId: 'nat-gone' }, 'blackhole');
        t.table(f, 'rtb-private').Routes?.push(t.route('54.0.0.0/8', { NatGatewayId: 'nat-1' }));
      },
      status: 'ok',
    },
    {
      it: 'prefers a static route to a propagated one of the same length',
      change: (f) =>
        t.table(f, 'rtb-private').Routes?.unshift({
          DestinationCidrBlock: '0.0.0.0/0',
          GatewayId: 'vgw-1',
          State: 'active',
          Origin: 'EnableVgwRoutePropagation',
        }),
      status: 'ok',
    },
    {
      it: 'prefers a static route to a prefix list of the same length',
      change: (f) => {
        f.PrefixLists.push({ PrefixListId: 'pl-own', PrefixListName: 'own', Cidrs: ['54.172.60.0/24'] });
        t.table(f, 'rtb-private').Routes?.push(
          { DestinationPrefixListId: 'pl-own', TransitGatewayId: 'tgw-1', State: 'active', Origin: 'CreateRoute' },
          t.route('54.172.60.0/24', { NatGatewayId: 'nat-1' }),
        );
      },
      status: 'ok',
    },
    {
      it: 'prefers a prefix list to a propagated route of the same length',
      change: (f) => {
        f.PrefixLists.push({ PrefixListId: 'pl-own', PrefixListName: 'own', Cidrs: ['54.172.60.0/24'] });
        t.table(f, 'rtb-private').Routes?.push(
          { DestinationPrefixListId: 'pl-own', NatGatewayId: 'nat-1', State: 'active', Origin: 'CreateRoute' },
          { ...t.route('54.172.60.0/24', { GatewayId: 'vgw-1' }), Origin: 'EnableVgwRoutePropagation' },
        );
      },
      status: 'ok',
    },
    {
      it: 'does not know when the entries of a prefix list that might win were not collected',
      change: (f) =>
        t.table(f, 'rtb-private').Routes?.push({
          DestinationPrefixListId: 'pl-own',
          TransitGatewayId: 'tgw-1',
          State: 'active',
          Origin: 'CreateRoute',
        }),
      status: 'unknown',
      says: /pl-own/,
    },
    {
      it: 'judges an unresolved host as anywhere on the internet',
      dependency: unresolved,
      status: 'ok',
    },
    {
      it: 'finds no route for an unresolved host',
      dependency: unresolved,
      change: (f) => t.defaultRoute(f),
      status: 'broken',
      cause: 'no-route',
    },
    {
      it: 'takes two halves of the internet for a default route',
      dependency: unresolved,
      change: (f) => {
        t.table(f, 'rtb-private').Routes = [
          t.local(),
          t.route('0.0.0.0/1', { NatGatewayId: 'nat-1' }),
          t.route('128.0.0.0/1', { NatGatewayId: 'nat-1' }),
        ];
      },
      status: 'ok',
    },
    {
      it: 'calls a host with one address in a blackhole degraded',
      dependency: { ...t.TWILIO, addresses: ['54.172.60.1', '9.9.9.9'] },
      change: (f) =>
        t.table(f, 'rtb-private').Routes?.push(t.route('9.9.9.0/24', { NatGatewayId: 'nat-gone' }, 'blackhole')),
      status: 'degraded',
      cause: 'blackhole-route',
    },
  ]);

  it('says in a hop that an unresolved host was judged as any address', () => {
    const { subnets } = judge({ dependency: unresolved });
    expect(subnets[0]?.hops[0]?.because).toBe(
      'smtp-relay.brevo.com was not resolved: it is judged as some address anywhere on the internet.',
    );
  });
});

describe('next hops', () => {
  check([
    {
      it: 'gives no internet through an internet gateway',
      change: (f) => t.defaultRoute(f, { GatewayId: 'igw-1' }),
      status: 'broken',
      cause: 'internet-gateway-without-public-address',
      says: /no public address/,
    },
    ...(
      [
        ['a transit gateway', { TransitGatewayId: 'tgw-1' }],
        ['a VPN gateway', { GatewayId: 'vgw-1' }],
        ['a core network', { CoreNetworkArn: 'arn:aws:networkmanager::111111111111:core-network/core-1' }],
        ['a local gateway', { LocalGatewayId: 'lgw-1' }],
        ['a carrier gateway', { CarrierGatewayId: 'cagw-1' }],
        ['an appliance by its interface', { NetworkInterfaceId: 'eni-fw' }],
        ['a NAT instance', { InstanceId: 'i-1', NetworkInterfaceId: 'eni-nat' }],
        ['something new', { GatewayId: 'new-1' }],
      ] as [string, Record<string, string>][]
    ).map(
      ([name, target]): Row => ({
        it: `does not know what lies behind ${name}`,
        change: (f) => t.defaultRoute(f, target),
        status: 'unknown',
        says: /outside this check/,
      }),
    ),
    {
      it: 'does not know what a Gateway Load Balancer does',
      change: (f) => {
        t.defaultRoute(f, { GatewayId: 'vpce-gwlb' });
        f.VpcEndpoints.push({
          VpcEndpointId: 'vpce-gwlb',
          VpcEndpointType: 'GatewayLoadBalancer',
          VpcId: 'vpc-1',
          State: 'available',
        });
      },
      status: 'unknown',
      says: /appliance/,
    },
    {
      it: 'gives no internet through a peering',
      change: (f) => t.defaultRoute(f, { VpcPeeringConnectionId: 'pcx-1' }),
      status: 'broken',
      cause: 'no-route',
      says: /never leads to the internet/,
    },
    {
      it: 'gives no IPv4 through an egress-only internet gateway',
      change: (f) => t.defaultRoute(f, { EgressOnlyInternetGatewayId: 'eigw-1' }),
      status: 'broken',
      cause: 'no-route',
    },
    {
      it: 'carries no private address through NAT to the internet',
      dependency: address('192.168.1.1'),
      status: 'broken',
      cause: 'no-route',
      says: /private address/,
    },
  ]);
});

describe('NAT gateways', () => {
  const natIs = (change: object) => (f: t.Facts) => Object.assign(t.nat(f), change);
  const regional = (f: t.Facts) => {
    f.NatGateways = [
      {
        NatGatewayId: 'nat-1',
        VpcId: 'vpc-1',
        State: 'available',
        AvailabilityMode: 'regional',
        ConnectivityType: 'public',
        RouteTableId: 'rtb-nat',
        NatGatewayAddresses: [{ PublicIp: '198.51.100.8', Status: 'succeeded' }],
      },
    ];
    f.RouteTables.push({
      RouteTableId: 'rtb-nat',
      VpcId: 'vpc-1',
      Associations: [],
      Routes: [t.local(), t.route('0.0.0.0/0', { GatewayId: 'igw-1' })],
    });
  };
  check([
    ...['failed', 'deleting', 'deleted'].map(
      (State): Row => ({
        it: `is stopped by one that is ${State}`,
        change: natIs({ State }),
        status: 'broken',
        cause: 'nat-unavailable',
        says: new RegExp(State),
      }),
    ),
    {
      it: 'does not know while one is being made',
      change: natIs({ State: 'pending', NatGatewayAddresses: [{ Status: 'associating' }] }),
      status: 'unknown',
      says: /nat-1 is being made: look again in a few minutes/,
    },
    {
      it: 'is stopped behind one that is being made',
      change: (f) => {
        natIs({ State: 'pending' })(f);
        t.must(t.table(f, 'rtb-public').Routes?.[1]).State = 'blackhole';
      },
      status: 'broken',
      cause: 'nat-not-public',
    },
    {
      it: 'names why one failed',
      change: natIs({ State: 'failed', FailureCode: 'Gateway.NotAttached' }),
      status: 'broken',
      cause: 'nat-unavailable',
      says: /Gateway\.NotAttached/,
    },
    {
      it: 'is stopped by one that is not there',
      change: (f) => f.NatGateways.pop(),
      status: 'broken',
      cause: 'nat-unavailable',
    },
    {
      it: 'does not know one that belongs to the owner of a shared VPC',
      change: (f) => {
        f.NatGateways.pop();
        t.vpc(f).OwnerId = '222222222222';
      },
      status: 'unknown',
    },
    {
      it: 'does not know without the list',
      change: without('NatGateways'),
      status: 'unknown',
      says: /ec2:DescribeNatGateways/,
    },
    {
      it: 'is stopped by one whose address failed',
      change: natIs({ NatGatewayAddresses: [{ Status: 'failed' }] }),
      status: 'broken',
      cause: 'nat-unavailable',
    },
    {
      it: 'is content with one good address of two',
      change: natIs({ NatGatewayAddresses: [{ Status: 'failed' }, { PublicIp: '198.51.100.7', Status: 'succeeded' }] }),
      status: 'ok',
    },
    {
      it: 'gets no internet from a private one',
      change: natIs({
        ConnectivityType: 'private',
        NatGatewayAddresses: [{ PrivateIp: '10.0.100.10', Status: 'succeeded' }],
      }),
      status: 'broken',
      cause: 'nat-not-public',
      says: /private NAT/,
    },
    {
      it: 'does not know where a private one in front of a transit gateway leads',
      change: (f) => {
        Object.assign(t.nat(f), { ConnectivityType: 'private' });
        t.table(f, 'rtb-public').Routes = [t.local(), t.route('0.0.0.0/0', { TransitGatewayId: 'tgw-1' })];
      },
      status: 'unknown',
    },
    {
      it: 'is stopped where its own subnet has no way out',
      change: (f) => {
        t.table(f, 'rtb-public').Routes = [t.local()];
      },
      status: 'broken',
      cause: 'nat-not-public',
    },
    {
      it: 'is stopped where the route of its own subnet is dead',
      change: (f) => {
        t.table(f, 'rtb-public').Routes = [t.local(), t.route('0.0.0.0/0', { GatewayId: 'igw-1' }, 'blackhole')];
      },
      status: 'broken',
      cause: 'nat-not-public',
    },
    {
      it: 'is stopped by a detached internet gateway',
      change: (f) => {
        f.InternetGateways = [{ InternetGatewayId: 'igw-1', Attachments: [] }];
      },
      status: 'broken',
      cause: 'nat-not-public',
    },
    {
      it: 'takes `attached` for attached',
      change: (f) => {
        f.InternetGateways = [{ InternetGatewayId: 'igw-1', Attachments: [{ VpcId: 'vpc-1', State: 'attached' }] }];
      },
      status: 'ok',
    },
    {
      it: 'does not know without the list of internet gateways',
      change: without('InternetGateways'),
      status: 'unknown',
    },
    {
      it: 'goes in a circle in the subnet of the service',
      change: natIs({ SubnetId: 'subnet-a' }),
      connector: { ...t.CONNECTOR, subnetIds: ['subnet-a'] },
      status: 'broken',
      cause: 'nat-not-public',
      says: /circle/,
    },
    { it: 'lets a regional one out by its own table', change: regional, status: 'ok' },
    {
      it: 'does not ask for the addresses of a regional one',
      change: (f) => {
        regional(f);
        t.nat(f).NatGatewayAddresses = [];
      },
      status: 'ok',
    },
    {
      it: 'is stopped by a regional one whose table leads nowhere',
      change: (f) => {
        regional(f);
        t.table(f, 'rtb-nat').Routes = [t.local()];
      },
      status: 'broken',
      cause: 'nat-not-public',
    },
    {
      it: 'lets a regional one out by the attached internet gateway when it names no table',
      change: (f) => {
        regional(f);
        delete t.nat(f).RouteTableId;
      },
      status: 'ok',
    },
    {
      it: 'does not know when the answers go back through an appliance',
      change: (f) => t.table(f, 'rtb-public').Routes?.push(t.route('10.0.1.0/24', { NetworkInterfaceId: 'eni-fw' })),
      connector: { ...t.CONNECTOR, subnetIds: ['subnet-a'] },
      status: 'unknown',
    },
  ]);
});

describe('security groups of the connector', () => {
  check([
    {
      it: 'denies without a rule',
      change: (f) => out(f),
      status: 'broken',
      cause: 'security-group-denies',
      says: /No rule of sg-app/,
    },
    {
      it: 'denies on another port',
      change: (f) => out(f, tcp(80, 80, anywhere)),
      status: 'broken',
      cause: 'security-group-denies',
    },
    {
      it: 'denies on another protocol',
      change: (f) => out(f, { ...tcp(443, 443, anywhere), IpProtocol: 'udp' }),
      status: 'broken',
      cause: 'security-group-denies',
    },
    { it: 'lets a range of ports through', change: (f) => out(f, tcp(400, 500, anywhere)), status: 'ok' },
    { it: 'lets all protocols through', change: (f) => out(f, { IpProtocol: '-1', ...anywhere }), status: 'ok' },
    {
      it: 'ignores protocols by number that are not TCP',
      change: (f) => out(f, { IpProtocol: '50', ...anywhere }),
      status: 'broken',
      cause: 'security-group-denies',
    },
    {
      it: 'knows TCP by its number',
      change: (f) => out(f, { ...tcp(443, 443, anywhere), IpProtocol: '6' }),
      status: 'ok',
    },
    {
      it: 'denies another address',
      change: (f) => out(f, tcp(443, 443, { IpRanges: [{ CidrIp: '10.0.0.0/8' }] })),
      status: 'broken',
      cause: 'security-group-denies',
    },
    {
      it: 'takes two halves for all',
      dependency: unresolved,
      change: (f) => out(f, tcp(587, 587, { IpRanges: [{ CidrIp: '0.0.0.0/1' }, { CidrIp: '128.0.0.0/1' }] })),
      status: 'ok',
    },
    {
      it: 'does not know whether an unresolved host is among some addresses',
      dependency: unresolved,
      change: (f) => out(f, tcp(587, 587, { IpRanges: [{ CidrIp: '54.0.0.0/8' }] })),
      status: 'unknown',
    },
    {
      it: 'calls a host of which some addresses are allowed degraded',
      dependency: { ...t.TWILIO, addresses: ['54.172.60.1', '3.3.3.3'] },
      change: (f) => out(f, tcp(443, 443, { IpRanges: [{ CidrIp: '54.0.0.0/8' }] })),
      status: 'degraded',
      cause: 'security-group-denies',
    },
    {
      it: 'denies the internet to a rule that refers to a group',
      change: (f) => out(f, tcp(443, 443, { UserIdGroupPairs: [{ GroupId: 'sg-app' }] })),
      status: 'broken',
      cause: 'security-group-denies',
    },
    {
      it: 'lets a private address through by the group of its interface',
      dependency: t.DATABASE,
      change: (f) => out(f, tcp(5432, 5432, { UserIdGroupPairs: [{ GroupId: 'sg-db' }] })),
      status: 'ok',
    },
    {
      it: 'lets a prefix list through',
      dependency: t.S3,
      change: (f) => out(f, tcp(443, 443, { PrefixListIds: [{ PrefixListId: 'pl-s3' }] })),
      status: 'ok',
    },
    {
      it: 'does not know a prefix list without entries',
      change: (f) => out(f, tcp(443, 443, { PrefixListIds: [{ PrefixListId: 'pl-own' }] })),
      status: 'unknown',
    },
    {
      it: 'takes all groups together',
      change: (f) => {
        out(f);
        f.SecurityGroups.push({ GroupId: 'sg-more', VpcId: 'vpc-1', IpPermissionsEgress: [t.OPEN_EGRESS] });
      },
      connector: { ...t.CONNECTOR, securityGroupIds: ['sg-app', 'sg-more'] },
      status: 'ok',
    },
    {
      it: 'is content when the groups that are seen let it through',
      connector: { ...t.CONNECTOR, securityGroupIds: ['sg-app', 'sg-unseen'] },
      status: 'ok',
    },
    {
      it: 'does not know when a group that might let it through was not seen',
      change: (f) => out(f),
      connector: { ...t.CONNECTOR, securityGroupIds: ['sg-app', 'sg-unseen'] },
      status: 'unknown',
      says: /sg-unseen/,
    },
    {
      it: 'does not know without the list',
      change: without('SecurityGroups'),
      status: 'unknown',
      says: /ec2:DescribeSecurityGroups/,
    },
    {
      it: 'takes the default group of the VPC when the connector names none',
      change: (f) =>
        f.SecurityGroups.push({ GroupId: 'sg-default', GroupName: 'default', VpcId: 'vpc-1', IpPermissionsEgress: [] }),
      connector: { ...t.CONNECTOR, securityGroupIds: [] },
      status: 'broken',
      cause: 'security-group-denies',
      says: /sg-default/,
    },
    {
      it: 'names a second hop that is broken as well',
      change: (f) => {
        out(f);
        t.defaultRoute(f);
      },
      status: 'broken',
      cause: 'security-group-denies',
      says: /Also: .*no route/,
    },
  ]);
});

describe('network ACLs', () => {
  const entries =
    (id: string, ...rules: ReturnType<typeof t.rule>[]) =>
    (f: t.Facts) => {
      t.acl(f, id).Entries = rules;
    };
  const denyFirst = (id: string, rule: ReturnType<typeof t.rule>) => (f: t.Facts) => {
    t.acl(f, id).Entries = [...t.OPEN_ACL, rule];
  };
  for (const [id, where] of [
    ['acl-1', 'the subnet of the service'],
    ['acl-pub', 'the subnet of the NAT gateway'],
  ] as const) {
    check([
      {
        it: `denies the request out at ${where}`,
        change: denyFirst(id, t.rule(10, 'out', 'deny', '0.0.0.0/0', '6', [443, 443])),
        status: 'broken',
        cause: 'network-acl-denies',
        says: new RegExp(`${id} .*denies tcp/443 out`),
      },
      {
        it: `denies the answers at ${where}`,
        change: denyFirst(id, t.rule(10, 'in', 'deny', '54.0.0.0/8')),
        status: 'broken',
        cause: 'network-acl-denies',
        says: /answers/,
      },
      {
        it: `calls a part of the ephemeral ports degraded at ${where}`,
        change: (f) => {
          t.acl(f, id).Entries = [
            t.rule(100, 'out', 'allow'),
            t.rule(90, 'in', 'allow', '10.0.0.0/16'),
            t.rule(100, 'in', 'allow', '0.0.0.0/0', '6', [32768, 65535]),
          ];
        },
        status: 'degraded',
        cause: 'network-acl-denies',
      },
      {
        it: `is content with all ephemeral ports at ${where}`,
        change: entries(
          id,
          t.rule(100, 'out', 'allow'),
          t.rule(90, 'in', 'allow', '10.0.0.0/16'),
          t.rule(100, 'in', 'allow', '0.0.0.0/0', '6', [1024, 65535]),
        ),
        status: 'ok',
      },
    ]);
  }
  const hardened = (id: string) => (f: t.Facts) => {
    t.acl(f, id).Entries = [
      ...t.OPEN_ACL,
      ...[3389, 3306, 5432, 6379].flatMap((port, i) => [
        t.rule(10 + i, 'in', 'deny', '0.0.0.0/0', '6', [port, port]),
        t.rule(10 + i, 'out', 'deny', '0.0.0.0/0', '6', [port, port]),
      ]),
    ];
  };
  const answersTo =
    (id: string, ...ports: [number, number][]) =>
    (f: t.Facts) => {
      t.acl(f, id).Entries = [
        t.rule(50, 'in', 'allow', '10.0.0.0/16'),
        t.rule(50, 'out', 'allow'),
        ...ports.map((range, i) => t.rule(100 + i, 'in', 'allow', '0.0.0.0/0', '6', range)),
      ];
    };
  for (const id of ['acl-1', 'acl-pub'])
    check([
      { it: `is content when ${id} denies a few ephemeral ports`, change: hardened(id), status: 'ok' },
      {
        it: `is content with 99 % of the ephemeral ports at ${id}`,
        change: answersTo(id, [1024 + 645, 65535]),
        status: 'ok',
      },
      {
        it: `calls less than 99 % of the ephemeral ports degraded at ${id}`,
        change: answersTo(id, [1024 + 646, 65535]),
        status: 'degraded',
        cause: 'network-acl-denies',
      },
      {
        it: `adds up the ports of several rules of ${id}`,
        change: answersTo(id, [1024, 30000], [30001, 65534]),
        status: 'ok',
      },
      {
        it: `is stopped when ${id} lets no ephemeral port in`,
        change: answersTo(id, [443, 443]),
        status: 'broken',
        cause: 'network-acl-denies',
      },
    ]);
  check([
    {
      it: 'is content when the ACL of the database denies a few ephemeral ports',
      dependency: t.DATABASE,
      change: (f) => {
        t.acl(f, 'acl-db').Entries = [...t.OPEN_ACL, t.rule(10, 'out', 'deny', '0.0.0.0/0', '6', [3389, 3389])];
      },
      status: 'ok',
    },
    {
      it: 'still denies the port of the dependency itself',
      dependency: { ...t.DATABASE },
      change: hardened('acl-1'),
      status: 'broken',
      cause: 'network-acl-denies',
    },
    {
      it: 'adds up what different addresses are denied',
      connector: { ...t.CONNECTOR, subnetIds: ['subnet-a'] },
      change: (f) => {
        t.acl(f, 'acl-pub').Entries = [...t.OPEN_ACL, t.rule(10, 'out', 'deny', '10.0.1.0/25', '6', [1024, 40000])];
      },
      status: 'degraded',
      cause: 'network-acl-denies',
    },
  ]);
  it('says in the hop which ephemeral ports an ACL denies', () => {
    const { subnets } = judge({ change: hardened('acl-1') });
    expect(subnets[0]?.hops.find(({ id }) => id === 'acl-1')).toMatchObject({
      status: 'ok',
      because: expect.stringMatching(/but for 4 of the 64512 ports 1024-65535/),
    });
  });
  check([
    { it: 'denies what no rule matches', change: entries('acl-1'), status: 'broken', cause: 'network-acl-denies' },
    {
      it: 'goes by the number and not by the place in the list',
      change: entries('acl-1', t.rule(200, 'out', 'deny'), t.rule(100, 'out', 'allow'), t.rule(100, 'in', 'allow')),
      status: 'ok',
    },
    {
      it: 'does not let UDP rules carry TCP',
      change: entries('acl-1', t.rule(100, 'out', 'allow', '0.0.0.0/0', '17', [0, 65535]), t.rule(100, 'in', 'allow')),
      status: 'broken',
      cause: 'network-acl-denies',
    },
    {
      it: 'denies the request in at the NAT gateway',
      change: denyFirst('acl-pub', t.rule(10, 'in', 'deny', '10.0.0.0/16', '6', [443, 443])),
      status: 'broken',
      cause: 'network-acl-denies',
    },
    {
      it: 'denies the answers out of the NAT gateway',
      change: denyFirst('acl-pub', t.rule(10, 'out', 'deny', '10.0.0.0/16')),
      status: 'broken',
      cause: 'network-acl-denies',
    },
    {
      it: 'calls half of the subnet degraded at the NAT gateway',
      change: denyFirst('acl-pub', t.rule(10, 'in', 'deny', '10.0.1.0/25')),
      connector: { ...t.CONNECTOR, subnetIds: ['subnet-a'] },
      status: 'degraded',
      cause: 'network-acl-denies',
    },
    {
      it: 'looks at the address of the interface instead of the whole subnet where it is known',
      change: (f) => {
        denyFirst('acl-pub', t.rule(10, 'in', 'deny', '10.0.1.0/25'))(f);
        f.NetworkInterfaces.push({
          NetworkInterfaceId: 'eni-app',
          VpcId: 'vpc-1',
          SubnetId: 'subnet-a',
          Description: 'AWSAppRunner ENI',
          PrivateIpAddress: '10.0.1.200',
          Groups: [{ GroupId: 'sg-app' }],
          TagSet: [{ Key: 'AWSAppRunnerManaged', Value: 'true' }],
        });
      },
      connector: { ...t.CONNECTOR, subnetIds: ['subnet-a'] },
      status: 'ok',
    },
    {
      it: 'does not take an unresolved host for one of a few denied addresses',
      dependency: unresolved,
      change: denyFirst('acl-1', t.rule(10, 'out', 'deny', '198.51.100.0/24')),
      status: 'ok',
    },
    {
      it: 'does not know whether an unresolved host is among many denied addresses',
      dependency: unresolved,
      change: denyFirst('acl-1', t.rule(10, 'out', 'deny', '48.0.0.0/5')),
      status: 'unknown',
    },
    {
      it: 'does not know without the list',
      change: without('NetworkAcls'),
      status: 'unknown',
      says: /ec2:DescribeNetworkAcls/,
    },
    {
      it: 'is skipped inside one subnet',
      dependency: { name: 'cache', addresses: ['10.0.1.77'], port: 6379, protocol: 'tcp' },
      change: (f) => {
        t.acl(f, 'acl-1').Entries = [];
        f.NetworkInterfaces.push({
          NetworkInterfaceId: 'eni-cache',
          VpcId: 'vpc-1',
          SubnetId: 'subnet-a',
          PrivateIpAddress: '10.0.1.77',
          Groups: [],
        });
      },
      connector: { ...t.CONNECTOR, subnetIds: ['subnet-a'] },
      status: 'ok',
    },
  ]);
});

describe('VPC Block Public Access', () => {
  const modes =
    (subnetMode: string | undefined, vpcMode: string | undefined, account = 'off') =>
    (f: t.Facts) => {
      for (const subnet of f.Subnets)
        subnet.BlockPublicAccessStates = subnetMode ? { InternetGatewayBlockMode: subnetMode } : undefined;
      t.vpc(f).BlockPublicAccessStates = vpcMode ? { InternetGatewayBlockMode: vpcMode } : undefined;
      f.VpcBlockPublicAccessOptions = { ...f.VpcBlockPublicAccessOptions, InternetGatewayBlockMode: account };
    };
  const excluding =
    (id: string, mode: string, state = 'create-complete') =>
    (f: t.Facts) => {
      modes(undefined, undefined, 'block-bidirectional')(f);
      f.VpcBlockPublicAccessExclusions = [
        {
          ExclusionId: 'x',
          ResourceArn: `arn:aws:ec2:us-east-1:111111111111:${id.startsWith('vpc') ? 'vpc' : 'subnet'}/${id}`,
          InternetGatewayExclusionMode: mode,
          State: state,
        },
      ];
    };
  check([
    {
      it: 'blocks both ways on the VPC',
      change: modes(undefined, 'block-bidirectional'),
      status: 'broken',
      cause: 'public-access-blocked',
      says: /block-bidirectional on vpc-1/,
    },
    {
      it: 'blocks both ways on the subnet',
      change: modes('block-bidirectional', 'block-bidirectional'),
      status: 'broken',
      cause: 'public-access-blocked',
    },
    {
      it: 'blocks both ways on the account',
      change: modes(undefined, undefined, 'block-bidirectional'),
      status: 'broken',
      cause: 'public-access-blocked',
      says: /the account/,
    },
    {
      it: 'lets NAT gateways out when only ingress is blocked',
      change: modes('block-ingress', 'block-ingress', 'block-ingress'),
      status: 'ok',
    },
    {
      it: 'believes the state of an excluded subnet',
      change: modes('off', 'block-bidirectional', 'block-bidirectional'),
      status: 'ok',
    },
    { it: 'lets an excluded VPC out', change: excluding('vpc-1', 'allow-egress'), status: 'ok' },
    {
      it: 'lets the excluded subnet of the NAT gateway out',
      change: excluding('subnet-pub', 'allow-bidirectional'),
      status: 'ok',
    },
    {
      it: 'does not count an exclusion of another subnet',
      change: excluding('subnet-db', 'allow-bidirectional'),
      status: 'broken',
      cause: 'public-access-blocked',
    },
    {
      it: 'does not count an exclusion that is gone',
      change: excluding('vpc-1', 'allow-egress', 'delete-complete'),
      status: 'broken',
      cause: 'public-access-blocked',
    },
    {
      it: 'does not know when nothing was collected about it',
      change: (f) => {
        modes(undefined, undefined)(f);
        without('Vpcs')(f);
        without('VpcBlockPublicAccessOptions')(f);
      },
      status: 'unknown',
    },
    {
      it: 'leaves traffic inside the VPC alone',
      dependency: t.DATABASE,
      change: modes('block-bidirectional', 'block-bidirectional'),
      status: 'ok',
    },
  ]);
});

describe('gateway endpoints', () => {
  const onlyEndpoint = (f: t.Facts) => {
    t.defaultRoute(f);
    t.gatewayEndpoint(f);
  };
  const bare: EgressDependency = { name: 'files', aws: 's3', port: 443, protocol: 'tcp' };
  check([
    { it: 'carries S3 without any other way out', dependency: t.S3, change: onlyEndpoint, status: 'ok' },
    { it: 'carries S3 that was not resolved', dependency: bare, change: onlyEndpoint, status: 'ok' },
    {
      it: 'carries S3 by its host name',
      dependency: { name: 'files', host: 'bond.s3.us-east-1.amazonaws.com', port: 443, protocol: 'tcp' },
      change: onlyEndpoint,
      status: 'ok',
    },
    {
      it: 'carries S3 also when the entries of the list were not collected',
      dependency: bare,
      change: (f) => {
        onlyEndpoint(f);
        without('PrefixLists')(f);
      },
      status: 'ok',
    },
    {
      it: 'is not known while it is being made',
      dependency: t.S3,
      change: (f) => {
        onlyEndpoint(f);
        t.must(f.VpcEndpoints[0]).State = 'Pending';
      },
      status: 'unknown',
      says: /is being made: look again in a few minutes/,
    },
    { it: 'carries nothing but its service', change: onlyEndpoint, status: 'broken', cause: 'no-route' },
    {
      it: 'does not carry S3 of another region',
      dependency: { name: 'files', host: 'bond.s3.us-west-2.amazonaws.com', port: 443, protocol: 'tcp' },
      change: onlyEndpoint,
      status: 'broken',
      cause: 'no-route',
    },
    {
      it: 'leaves S3 unreachable where its route is missing',
      dependency: t.S3,
      change: (f) => t.defaultRoute(f),
      status: 'broken',
      cause: 'no-route',
    },
    {
      it: 'mentions an endpoint that is not attached to the table',
      dependency: t.S3,
      change: (f) => {
        t.gatewayEndpoint(f);
        t.defaultRoute(f);
      },
      status: 'broken',
      cause: 'no-route',
      says: /vpce-s3 exists, but is not attached to rtb-private/,
    },
    {
      it: 'is closed when it is not available',
      dependency: t.S3,
      change: (f) => {
        onlyEndpoint(f);
        t.must(f.VpcEndpoints[0]).State = 'Failed';
      },
      status: 'broken',
      cause: 'endpoint-closed',
    },
    {
      it: 'compares states without regard to case',
      dependency: t.S3,
      change: (f) => {
        onlyEndpoint(f);
        t.must(f.VpcEndpoints[0]).State = 'Available';
      },
      status: 'ok',
    },
    {
      it: 'needs the security group to let the prefix list out',
      dependency: t.S3,
      change: (f) => {
        onlyEndpoint(f);
        out(f, tcp(443, 443, { IpRanges: [{ CidrIp: '10.0.0.0/16' }] }));
      },
      status: 'broken',
      cause: 'security-group-denies',
    },
    {
      it: 'does not know without the list of endpoints',
      dependency: t.S3,
      change: (f) => {
        onlyEndpoint(f);
        without('VpcEndpoints')(f);
      },
      status: 'unknown',
      says: /ec2:DescribeVpcEndpoints/,
    },
  ]);

  it('notes a policy without judging it', () => {
    const path = (policy: string) =>
      judge({
        dependency: t.S3,
        change: (f) => {
          onlyEndpoint(f);
          t.must(f.VpcEndpoints[0]).PolicyDocument = policy;
        },
      }).subnets[0]?.hops.at(-1)?.because;
    expect(path('{"Statement":[{"Effect":"Allow","Principal":"*","Action":"s3:GetObject","Resource":"*"}]}')).toMatch(
      /policy of its own/,
    );
    expect(
      path('{"Version":"2008-10-17","Statement":[{"Effect":"Allow","Principal":"*","Action":"*","Resource":"*"}]}'),
    ).not.toMatch(/policy/);
  });
});

describe('interface endpoints', () => {
  const only =
    (change?: (endpoint: t.Facts['VpcEndpoints'][number], f: t.Facts) => void, service?: string) => (f: t.Facts) => {
      t.defaultRoute(f);
      const endpoint = t.interfaceEndpoint(f, service);
      change?.(endpoint, f);
    };
  const mail = (port: number): EgressDependency => ({ name: 'mail', aws: 'email-smtp', port, protocol: 'tcp' });
  const smtpGroup =
    (from: number, to = from) =>
    (_: unknown, f: t.Facts) => {
      t.group(f, 'sg-vpce').IpPermissions = [
        { IpProtocol: 'tcp', FromPort: from, ToPort: to, UserIdGroupPairs: [{ GroupId: 'sg-app' }] },
      ];
    };
  check([
    { it: 'carries its service without any other way out', dependency: t.SECRETS, change: only(), status: 'ok' },
    {
      it: 'carries it by the host name alone',
      dependency: { ...t.SECRETS, aws: undefined },
      change: only(),
      status: 'ok',
    },
    {
      it: 'leaves the service unreachable where private DNS is off',
      dependency: t.SECRETS,
      change: only((e) => {
        e.PrivateDnsEnabled = false;
      }),
      status: 'broken',
      cause: 'dns-disabled',
    },
    {
      it: 'does no harm without private DNS where there is another way',
      dependency: t.SECRETS,
      change: (f) => {
        t.interfaceEndpoint(f).PrivateDnsEnabled = false;
      },
      status: 'ok',
    },
    {
      it: 'needs enableDnsHostnames',
      dependency: t.SECRETS,
      change: only((_, f) => {
        f.VpcAttributes = [
          { VpcId: 'vpc-1', EnableDnsSupport: { Value: true } },
          { VpcId: 'vpc-1', EnableDnsHostnames: { Value: false } },
        ];
      }),
      status: 'broken',
      cause: 'dns-disabled',
      says: /enableDnsHostnames/,
    },
    {
      it: 'needs enableDnsSupport',
      dependency: t.SECRETS,
      change: only((_, f) => {
        f.VpcAttributes = [{ VpcId: 'vpc-1', EnableDnsSupport: false, EnableDnsHostnames: true }];
      }),
      status: 'broken',
      cause: 'dns-disabled',
    },
    {
      it: 'does not know without the DNS attributes',
      dependency: t.SECRETS,
      change: only((_, f) => without('VpcAttributes')(f)),
      status: 'unknown',
      says: /ec2:DescribeVpcAttribute/,
    },
    {
      it: 'answers to its own name whatever private DNS says',
      dependency: {
        name: 'secrets',
        host: 'vpce-secretsmanager-abc.secretsmanager.us-east-1.vpce.amazonaws.com',
        port: 443,
        protocol: 'tcp',
      },
      change: only((e) => {
        e.PrivateDnsEnabled = false;
      }),
      status: 'ok',
    },
    ...['pendingAcceptance', 'Failed', 'Rejected', 'deleting'].map(
      (State): Row => ({
        it: `is closed when it is ${State}`,
        dependency: t.SECRETS,
        change: only((e) => {
          e.State = State;
        }),
        status: 'broken',
        cause: 'endpoint-closed',
      }),
    ),
    {
      it: 'is not known while it is being made',
      dependency: t.SECRETS,
      change: only((e) => {
        e.State = 'pending';
      }),
      status: 'unknown',
      says: /not known\. The interface endpoint vpce-secretsmanager is being made: look again in a few minutes/,
    },
    {
      it: 'is not known by its own name while it is being made',
      dependency: {
        name: 'secrets',
        host: 'vpce-secretsmanager-abc.secretsmanager.us-east-1.vpce.amazonaws.com',
        port: 443,
        protocol: 'tcp',
      },
      change: only((e) => {
        e.State = 'Pending';
      }),
      status: 'unknown',
      says: /is being made/,
    },
    {
      it: 'leaves the other way to its service while it is being made',
      dependency: t.SECRETS,
      change: (f) => {
        t.interfaceEndpoint(f).State = 'pending';
      },
      status: 'ok',
    },
    {
      it: 'is no hope while it is being made without private DNS',
      dependency: t.SECRETS,
      change: only((e) => {
        Object.assign(e, { State: 'pending', PrivateDnsEnabled: false });
      }),
      status: 'broken',
      cause: 'dns-disabled',
    },
    {
      it: 'is waited for while another one has no private DNS',
      dependency: t.SECRETS,
      change: only((e, f) => {
        f.VpcEndpoints.push({ ...e, VpcEndpointId: 'vpce-z', State: 'pending' });
        e.PrivateDnsEnabled = false;
      }),
      status: 'unknown',
      says: /vpce-z is being made/,
    },
    {
      it: 'compares states without regard to case',
      dependency: t.SECRETS,
      change: only((e) => {
        e.State = 'Available';
      }),
      status: 'ok',
    },
    {
      it: 'is closed when its group does not let the port in',
      dependency: t.SECRETS,
      change: only((_, f) => {
        t.group(f, 'sg-vpce').IpPermissions = [tcp(80, 80, anywhere)];
      }),
      status: 'broken',
      cause: 'endpoint-closed',
      says: /sg-vpce/,
    },
    {
      it: 'is closed even where NAT would do, because the name leads to it',
      dependency: t.SECRETS,
      change: (f) => {
        t.interfaceEndpoint(f);
        t.group(f, 'sg-vpce').IpPermissions = [];
      },
      status: 'broken',
      cause: 'endpoint-closed',
    },
    { it: 'is open to the group of the connector', dependency: t.SECRETS, change: only(smtpGroup(443)), status: 'ok' },
    {
      it: 'is degraded when its group lets in a part of the subnet',
      dependency: t.SECRETS,
      connector: { ...t.CONNECTOR, subnetIds: ['subnet-a'] },
      change: only((_, f) => {
        t.group(f, 'sg-vpce').IpPermissions = [tcp(443, 443, { IpRanges: [{ CidrIp: '10.0.1.0/25' }] })];
      }),
      status: 'degraded',
      cause: 'endpoint-closed',
    },
    {
      it: 'needs the group of the connector to let it out',
      dependency: t.SECRETS,
      change: only((_, f) => out(f, tcp(443, 443, { IpRanges: [{ CidrIp: '192.168.0.0/16' }] }))),
      status: 'broken',
      cause: 'security-group-denies',
    },
    {
      it: 'needs the ACL of its subnet to let it in',
      dependency: t.SECRETS,
      change: only((_, f) => {
        t.acl(f, 'acl-db').Entries = [];
      }),
      status: 'broken',
      cause: 'network-acl-denies',
    },
    {
      it: 'works from its subnets when its interfaces were not collected',
      dependency: t.SECRETS,
      change: only((_, f) => without('NetworkInterfaces')(f)),
      status: 'ok',
    },
    {
      it: 'is degraded when one of two interfaces is closed off',
      dependency: t.SECRETS,
      change: only((e, f) => {
        e.NetworkInterfaceIds?.push('eni-vpce2');
        f.NetworkInterfaces.push({
          NetworkInterfaceId: 'eni-vpce2',
          VpcId: 'vpc-1',
          SubnetId: 'subnet-pub',
          PrivateIpAddress: '10.0.100.20',
          Groups: [{ GroupId: 'sg-vpce' }],
        });
        t.acl(f, 'acl-pub').Entries = [];
      }),
      status: 'degraded',
      cause: 'network-acl-denies',
    },
    {
      it: 'carries SES mail on an SMTP port',
      dependency: mail(587),
      change: only(smtpGroup(587), 'email-smtp'),
      status: 'ok',
    },
    {
      it: 'does not carry SES mail when its group lets only 443 in',
      dependency: mail(587),
      change: only(undefined, 'email-smtp'),
      status: 'broken',
      cause: 'endpoint-closed',
    },
    {
      it: 'does not carry SES mail on 443',
      dependency: mail(443),
      change: only(undefined, 'email-smtp'),
      status: 'broken',
      cause: 'endpoint-closed',
      says: /SMTP on the ports/,
    },
    {
      it: 'does not carry the SES API',
      dependency: { name: 'mail', aws: 'email', port: 443, protocol: 'tcp' },
      change: only(undefined, 'email-smtp'),
      status: 'broken',
      cause: 'no-route',
    },
    {
      it: 'does not stand in the way of the SES API',
      dependency: { name: 'mail', aws: 'ses', port: 443, protocol: 'tcp' },
      change: (f) => t.interfaceEndpoint(f, 'email-smtp'),
      status: 'ok',
    },
    {
      it: 'of S3 for resolvers outside leaves S3 to the gateway endpoint',
      dependency: t.S3,
      change: (f) => {
        t.defaultRoute(f);
        t.gatewayEndpoint(f);
        t.interfaceEndpoint(f, 's3').DnsOptions = { PrivateDnsOnlyForInboundResolverEndpoint: true };
      },
      status: 'ok',
    },
    {
      it: 'does not count where the name leads to another private address',
      dependency: { ...t.SECRETS, addresses: ['10.0.50.77'] },
      change: only((_, f) => {
        t.group(f, 'sg-vpce').IpPermissions = [];
      }),
      status: 'unknown',
      says: /10\.0\.50\.77/,
    },
    {
      it: 'counts where the name leads to its address',
      dependency: { ...t.SECRETS, addresses: ['10.0.50.20'] },
      change: only(),
      status: 'ok',
    },
    {
      it: 'is not known to answer on another port than 443',
      dependency: { ...t.SECRETS, port: 8443 },
      change: only(),
      status: 'unknown',
      says: /8443/,
    },
    {
      it: 'of another VPC does not count',
      dependency: t.SECRETS,
      change: only((e) => {
        e.VpcId = 'vpc-9';
      }),
      status: 'broken',
      cause: 'no-route',
    },
  ]);
});

describe('DNS', () => {
  check([
    {
      it: 'resolves nothing without enableDnsSupport',
      change: (f) => {
        f.VpcAttributes = [{ VpcId: 'vpc-1', EnableDnsSupport: false, EnableDnsHostnames: true }];
      },
      status: 'broken',
      cause: 'dns-disabled',
    },
    {
      it: 'does not matter to an address',
      dependency: address('54.172.60.1'),
      change: (f) => {
        f.VpcAttributes = [{ VpcId: 'vpc-1', EnableDnsSupport: false }];
      },
      status: 'ok',
    },
    {
      it: 'does not know what other DNS servers answer',
      change: (f) => {
        f.VpcAttributes = [{ VpcId: 'vpc-1', EnableDnsSupport: false }];
        t.vpc(f).DhcpOptionsId = 'dopt-1';
        f.DhcpOptions = [
          {
            DhcpOptionsId: 'dopt-1',
            DhcpConfigurations: [{ Key: 'domain-name-servers', Values: [{ Value: '10.0.9.9' }] }],
          },
        ];
      },
      status: 'unknown',
    },
    {
      it: 'is reached past groups and ACLs',
      dependency: { name: 'dns', addresses: ['10.0.0.2'], port: 53, protocol: 'udp' },
      change: (f) => out(f),
      status: 'ok',
    },
    {
      it: 'says that link-local addresses never enter the VPC',
      dependency: address('169.254.169.254', 80),
      status: 'unknown',
    },
  ]);
});

describe('names that nobody resolved', () => {
  const named = (host: string, more: Partial<EgressDependency> = {}): EgressDependency => ({
    name: 'cache',
    host,
    port: 6379,
    protocol: 'tcp',
    ...more,
  });
  const noWayOut = (f: t.Facts) => t.defaultRoute(f);
  const PRIVATE_ZONE = /did not resolve here; it may be a name of a private zone that only the VPC knows/;
  check([
    ...[
      'cache.prod.internal',
      'orders.cluster-xyz.us-east-1.rds.amazonaws.com',
      'sessions.abc.0001.use1.cache.amazonaws.com',
      'api.example.com',
    ].flatMap((host): Row[] => [
      {
        it: `does not know where ${host} is when it was looked up and not found, without a way out`,
        dependency: named(host, { resolved: false }),
        change: noWayOut,
        status: 'unknown',
        says: PRIVATE_ZONE,
      },
      {
        it: `does not know where ${host} is when it was looked up and not found, with a NAT gateway`,
        dependency: named(host, { resolved: false }),
        status: 'unknown',
        says: PRIVATE_ZONE,
      },
    ]),
    ...[
      'cache.prod.internal',
      'Printer.LOCAL.',
      'redis',
      'orders.cluster-xyz.us-east-1.rds.amazonaws.com',
      'sessions.abc.0001.use1.cache.amazonaws.com',
    ].flatMap((host): Row[] => [
      {
        it: `does not take ${host} for the internet when nobody looked, with a NAT gateway`,
        dependency: named(host),
        status: 'unknown',
        says: /only the VPC knows/,
      },
      {
        it: `does not take ${host} for the internet when nobody looked, without a way out`,
        dependency: named(host),
        change: noWayOut,
        status: 'unknown',
      },
    ]),
    {
      it: 'takes any other name for the internet when nobody looked',
      dependency: named('api.example.com'),
      change: noWayOut,
      status: 'broken',
      cause: 'no-route',
    },
    {
      it: 'keeps its verdict on a known service that was not found',
      dependency: { ...t.SECRETS, addresses: [], resolved: false },
      change: noWayOut,
      status: 'broken',
      cause: 'no-route',
    },
    {
      it: 'keeps its verdict on an endpoint for a service that was not found',
      dependency: { ...t.SECRETS, addresses: [], resolved: false },
      change: (f) => {
        noWayOut(f);
        t.interfaceEndpoint(f);
      },
      status: 'ok',
    },
    {
      it: 'keeps its verdict on a database that is among the collected',
      dependency: {
        ...t.DATABASE,
        rds: undefined,
        host: 'orders-db.xyz.us-east-1.rds.amazonaws.com',
        resolved: false,
      },
      status: 'ok',
    },
    {
      it: 'does not know a public database of another VPC whose name was not found',
      dependency: { ...t.DATABASE, host: 'orders-db.xyz.us-east-1.rds.amazonaws.com', resolved: false },
      change: (f) => {
        noWayOut(f);
        Object.assign(t.must(f.DBInstances[0]), {
          PubliclyAccessible: true,
          DBSubnetGroup: { VpcId: 'vpc-9', Subnets: [] },
        });
      },
      status: 'unknown',
      says: PRIVATE_ZONE,
    },
    {
      it: 'is certain that no name resolves without the DNS of the VPC',
      dependency: named('cache.prod.internal', { resolved: false }),
      change: (f) => {
        f.VpcAttributes = [{ VpcId: 'vpc-1', EnableDnsSupport: false, EnableDnsHostnames: true }];
      },
      status: 'broken',
      cause: 'dns-disabled',
    },
  ]);
});

describe('dual stack', () => {
  const six = (...more: string[]): EgressDependency => ({
    name: 'six',
    host: 'six.example',
    addresses: ['2a00:1450::1', ...more],
    port: 443,
    protocol: 'tcp',
  });
  const sixTo = (target?: Record<string, string>) => (f: t.Facts) => {
    t.dualStack(f);
    const table = t.table(f, 'rtb-private');
    table.Routes = [
      ...(table.Routes ?? []).slice(0, 3),
      ...(target ? [{ DestinationIpv6CidrBlock: '::/0', ...target, State: 'active', Origin: 'CreateRoute' }] : []),
    ];
  };
  check([
    {
      it: 'lets IPv6 out through an egress-only internet gateway',
      dependency: six(),
      change: t.dualStack,
      status: 'ok',
    },
    {
      it: 'lets IPv6 out through an internet gateway, because its addresses are public',
      dependency: six(),
      change: sixTo({ GatewayId: 'igw-1' }),
      status: 'ok',
    },
    {
      it: 'is stopped without a route for IPv6',
      dependency: six(),
      change: sixTo(),
      status: 'broken',
      cause: 'no-route',
    },
    {
      it: 'does not send IPv6 through NAT',
      dependency: six(),
      change: sixTo({ NatGatewayId: 'nat-1' }),
      status: 'broken',
      cause: 'no-route',
    },
    {
      it: 'is stopped by a detached egress-only internet gateway',
      dependency: six(),
      change: (f) => {
        t.dualStack(f);
        f.EgressOnlyInternetGateways = [];
      },
      status: 'broken',
      cause: 'no-route',
    },
    {
      it: 'does not know without the list',
      dependency: six(),
      change: (f) => {
        t.dualStack(f);
        without('EgressOnlyInternetGateways')(f);
      },
      status: 'unknown',
    },
    {
      it: 'is blocked by VPC Block Public Access',
      dependency: six(),
      change: (f) => {
        t.dualStack(f);
        for (const s of f.Subnets) s.BlockPublicAccessStates = { InternetGatewayBlockMode: 'block-bidirectional' };
      },
      status: 'broken',
      cause: 'public-access-blocked',
    },
    {
      it: 'is not let out through an internet gateway when ingress is blocked, since that is no outbound-only gateway',
      dependency: six(),
      change: (f) => {
        sixTo({ GatewayId: 'igw-1' })(f);
        for (const s of f.Subnets) s.BlockPublicAccessStates = { InternetGatewayBlockMode: 'block-ingress' };
      },
      status: 'broken',
      cause: 'public-access-blocked',
    },
    {
      it: 'cannot reach an IPv6 host from IPv4 subnets',
      dependency: six(),
      status: 'broken',
      cause: 'no-route',
      says: /IPv6 addresses only/,
    },
    { it: 'uses only IPv4 from IPv4 subnets', dependency: six('54.172.60.1'), status: 'ok' },
    { it: 'uses both', dependency: six('54.172.60.1'), change: t.dualStack, status: 'ok' },
    {
      it: 'takes IPv4 where no interface shows an IPv6 address and IPv6 leads nowhere',
      dependency: six('54.172.60.1'),
      change: sixTo(),
      status: 'ok',
    },
    {
      it: 'stays broken where neither family leads anywhere',
      dependency: six('54.172.60.1'),
      change: (f) => {
        t.dualStack(f);
        t.defaultRoute(f);
      },
      status: 'broken',
      cause: 'no-route',
    },
    {
      it: 'is degraded when one family leads nowhere and an interface has an address of it',
      dependency: six('54.172.60.1'),
      change: (f) => {
        sixTo()(f);
        for (const [i, SubnetId] of t.CONNECTOR.subnetIds.entries())
          f.NetworkInterfaces.push({
            NetworkInterfaceId: `eni-app${i}`,
            VpcId: 'vpc-1',
            SubnetId,
            Description: 'AWSAppRunner ENI',
            PrivateIpAddress: `10.0.${i + 1}.9`,
            Ipv6Addresses: [{ Ipv6Address: `2600:1f16:0:${i + 1}::9` }],
            Groups: [{ GroupId: 'sg-app' }],
          });
      },
      status: 'degraded',
      cause: 'no-route',
    },
    {
      it: 'needs an IPv6 rule',
      dependency: six(),
      change: (f) => {
        t.dualStack(f);
        out(f, tcp(443, 443, anywhere));
      },
      status: 'broken',
      cause: 'security-group-denies',
    },
  ]);
});

describe('destinations inside the VPC', () => {
  check([
    { it: 'reaches a database by its identifier', dependency: t.DATABASE, status: 'ok' },
    {
      it: 'reaches a database by its name',
      dependency: { name: 'db', host: 'orders-db.xyz.us-east-1.rds.amazonaws.com', port: 5432, protocol: 'tcp' },
      status: 'ok',
    },
    { it: 'reaches a database by its address', dependency: address('10.0.50.10', 5432), status: 'ok' },
    {
      it: 'takes the private address of a public database',
      dependency: { ...t.DATABASE, addresses: ['203.0.113.9'] },
      change: (f) => {
        t.must(f.DBInstances[0]).PubliclyAccessible = true;
        t.must(f.NetworkInterfaces[0]).Association = { PublicIp: '203.0.113.9' };
        t.defaultRoute(f);
      },
      status: 'ok',
    },
    {
      it: 'is stopped by the group of the database',
      dependency: t.DATABASE,
      change: (f) => {
        t.group(f, 'sg-db').IpPermissions = [];
      },
      status: 'broken',
      cause: 'security-group-denies',
      says: /No rule of sg-db/,
    },
    {
      it: 'is stopped by a group that lets in another group',
      dependency: t.DATABASE,
      change: (f) => {
        t.group(f, 'sg-db').IpPermissions = [tcp(5432, 5432, { UserIdGroupPairs: [{ GroupId: 'sg-other' }] })];
      },
      status: 'broken',
      cause: 'security-group-denies',
    },
    {
      it: 'is stopped by the ACL of the destination',
      dependency: t.DATABASE,
      change: (f) => {
        t.acl(f, 'acl-db').Entries = [t.rule(100, 'in', 'allow')];
      },
      status: 'broken',
      cause: 'network-acl-denies',
      says: /answers out/,
    },
    {
      it: 'finds a stopped database',
      dependency: t.DATABASE,
      change: (f) => {
        t.must(f.DBInstances[0]).DBInstanceStatus = 'stopped';
      },
      status: 'broken',
      cause: 'database-unreachable',
    },
    {
      it: 'reaches a database under backup',
      dependency: t.DATABASE,
      change: (f) => {
        t.must(f.DBInstances[0]).DBInstanceStatus = 'backing-up';
      },
      status: 'ok',
    },
    {
      it: 'does not know a database that was not collected',
      dependency: t.DATABASE,
      change: without('DBInstances'),
      status: 'unknown',
      says: /rds:DescribeDBInstances/,
    },
    {
      it: 'does not know a database that is not listed',
      dependency: { ...t.DATABASE, rds: 'other-db' },
      status: 'unknown',
    },
    {
      it: 'works from the subnets of a database whose interface was not collected',
      dependency: t.DATABASE,
      change: without('NetworkInterfaces'),
      status: 'ok',
    },
    {
      it: 'finds that nothing can be at an address outside all subnets',
      dependency: address('10.0.200.5'),
      status: 'broken',
      cause: 'no-route',
      says: /in none of its subnets/,
    },
    {
      it: 'does not know the groups of an unseen interface',
      dependency: address('10.0.50.99', 5432),
      status: 'unknown',
    },
    {
      it: 'does not know without interfaces',
      dependency: address('10.0.50.10', 5432),
      change: without('NetworkInterfaces'),
      status: 'unknown',
      says: /ec2:DescribeNetworkInterfaces/,
    },
    {
      it: 'does not know when the answers take another way',
      dependency: t.DATABASE,
      change: (f) => t.table(f, 'rtb-main').Routes?.push(t.route('10.0.1.0/24', { NetworkInterfaceId: 'eni-fw' })),
      status: 'unknown',
    },
    {
      it: 'finds a dead way back',
      dependency: t.DATABASE,
      connector: { ...t.CONNECTOR, subnetIds: ['subnet-a'] },
      change: (f) =>
        t.table(f, 'rtb-main').Routes?.push(t.route('10.0.1.0/24', { NetworkInterfaceId: 'eni-fw' }, 'blackhole')),
      status: 'broken',
      cause: 'blackhole-route',
    },
    { it: 'needs no NAT gateway', dependency: t.DATABASE, change: (f) => t.defaultRoute(f), status: 'ok' },
  ]);
});

describe('destinations behind a peering or a transit gateway', () => {
  const viaTransit = (f: t.Facts) => {
    t.peered(f);
    for (const table of f.RouteTables)
      for (const one of table.Routes ?? []) {
        if (!one.VpcPeeringConnectionId) continue;
        delete one.VpcPeeringConnectionId;
        one.TransitGatewayId = 'tgw-1';
      }
  };
  check([
    { it: 'reaches a peer whose facts are at hand', dependency: t.FAR, change: t.peered, status: 'ok' },
    {
      it: 'is stopped by the group of the peer',
      dependency: t.FAR,
      change: (f) => {
        t.peered(f);
        t.group(f, 'sg-far').IpPermissions = [];
      },
      status: 'broken',
      cause: 'security-group-denies',
    },
    {
      it: 'is stopped by the ACL of the peer',
      dependency: t.FAR,
      change: (f) => {
        t.peered(f);
        t.acl(f, 'acl-far').Entries = [];
      },
      status: 'broken',
      cause: 'network-acl-denies',
    },
    {
      it: 'misses the way back',
      dependency: t.FAR,
      change: (f) => {
        t.peered(f);
        t.table(f, 'rtb-far').Routes = [t.local('172.16.0.0/16')];
      },
      status: 'broken',
      cause: 'no-route',
      says: /no route back/,
    },
    {
      it: 'does not know a peer that was not collected',
      dependency: t.FAR,
      change: (f) => {
        t.table(f, 'rtb-private').Routes?.push(t.route('172.16.0.0/16', { VpcPeeringConnectionId: 'pcx-1' }));
      },
      status: 'unknown',
    },
    {
      it: 'leads no further than the peer',
      dependency: address('172.31.0.5'),
      change: (f) => {
        t.peered(f);
        t.table(f, 'rtb-private').Routes?.push(t.route('172.31.0.0/16', { VpcPeeringConnectionId: 'pcx-1' }));
      },
      status: 'broken',
      cause: 'no-route',
    },
    {
      it: 'does not know a good end behind a transit gateway',
      dependency: t.FAR,
      change: viaTransit,
      status: 'unknown',
    },
    {
      it: 'knows a bad end behind a transit gateway',
      dependency: t.FAR,
      change: (f) => {
        viaTransit(f);
        t.group(f, 'sg-far').IpPermissions = [];
      },
      status: 'broken',
      cause: 'security-group-denies',
    },
  ]);
});

describe('several subnets', () => {
  check([
    {
      it: 'calls one bad subnet of three intermittent',
      change: (f) => t.ownTable(f, 'subnet-b'),
      status: 'degraded',
      cause: 'no-route',
      says: /^Intermittent: .* cannot be reached from 1 of 3 subnets: subnet-b \(subnet-a, subnet-c: ok\)/,
    },
    {
      it: 'does not know a subnet that was not collected',
      connector: { ...t.CONNECTOR, subnetIds: ['subnet-z'] },
      status: 'unknown',
    },
    { it: 'does not know without subnets', change: without('Subnets'), status: 'unknown', says: /ec2:DescribeSubnets/ },
    {
      it: 'does not know a connector without subnets',
      connector: { ...t.CONNECTOR, subnetIds: [] },
      status: 'unknown',
    },
  ]);

  it('reports each subnet by itself', () => {
    const { subnets } = judge({ change: (f) => t.ownTable(f, 'subnet-b') });
    expect(subnets.map(({ subnetId, status }) => [subnetId, status])).toEqual([
      ['subnet-a', 'ok'],
      ['subnet-b', 'broken'],
      ['subnet-c', 'ok'],
    ]);
  });

  it('lists the hops in the order a packet meets them', () => {
    const kinds = judge({}).subnets[0]?.hops.map(({ kind }) => kind);
    expect(kinds).toEqual([
      'security-group',
      'network-acl',
      'route-table',
      'nat-gateway',
      'network-acl',
      'route-table',
      'internet-gateway',
    ]);
  });
});

describe('what was not collected', () => {
  it('is never called broken in an account that works', () => {
    const dependencies = [t.TWILIO, t.S3, t.SECRETS, t.DATABASE, unresolved];
    for (const field of Object.keys(t.healthy()) as (keyof EgressFacts)[]) {
      const facts: EgressFacts = t.healthy();
      delete facts[field];
      for (const { name, status, cause } of judgeEgress(facts, t.CONNECTOR, dependencies)) {
        expect([field, name, ['ok', 'unknown'].includes(status)]).toEqual([field, name, true]);
        expect(cause).toBeUndefined();
      }
    }
  });

  it('judges nothing at all from no facts', () => {
    expect(judgeEgress({}, t.CONNECTOR, [t.TWILIO])[0]?.status).toBe('unknown');
  });
});
