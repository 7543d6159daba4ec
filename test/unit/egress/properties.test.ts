import { BlockList } from 'node:net';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { parseAddress, parseCidr, type Range } from '../../../lib/egress/addresses.ts';
import { compileAcl, compileGroup, judgeAcl, judgeGroups } from '../../../lib/egress/firewall.ts';
import { judgeEgress } from '../../../lib/egress/judge.ts';
import { chooseRoutes, compileTable } from '../../../lib/egress/route.ts';
import * as t from './topology.ts';

/*
 * The references below know nothing of lib/egress: they ask node's own BlockList whether a block holds an address, one
 * question at a time.
 */
const holds = (cidr: string, address: string): boolean => {
  const [base, bits] = cidr.split('/');
  const family = cidr.includes(':') ? 'ipv6' : 'ipv4';
  if (address.includes(':') !== cidr.includes(':')) return false;
  const block = new BlockList();
  block.addSubnet(base ?? '', Number(bits), family);
  return block.check(address, family);
};

// Few octets, so that blocks and addresses meet often.
const octet = fc.constantFrom(0, 1, 10, 54, 128, 255);
const ipv4 = fc.tuple(octet, octet, octet, octet).map((octets) => octets.join('.'));
const ipv6 = fc
  .tuple(fc.constantFrom('2600', '2a00', 'fd00'), fc.constantFrom('0', '1', 'ffff'), fc.constantFrom('1', '2'))
  .map(([a, b, c]) => `${a}:${b}::${c}`);
const cidr4 = fc.tuple(ipv4, fc.constantFrom(0, 1, 8, 9, 16, 24, 31, 32)).map(([base, bits]) => `${base}/${bits}`);
const cidr6 = fc.tuple(ipv6, fc.constantFrom(0, 16, 32, 64, 128)).map(([base, bits]) => `${base}/${bits}`);
const cidr = fc.oneof(cidr4, cidr6);
const anyAddress = fc.oneof(ipv4, ipv6);
const port = fc.constantFrom(1, 22, 443, 587, 1024, 65535);
const at = (text: string): Range => t.must(parseAddress(text));

describe('addresses', () => {
  it('agree with node about what a block holds', () => {
    fc.assert(
      fc.property(cidr, anyAddress, (block, address) => {
        const range = t.must(parseCidr(block));
        const point = at(address);
        expect(range.family === point.family && range.lo <= point.lo && point.lo <= range.hi).toBe(
          holds(block, address),
        );
      }),
    );
  });

  it.each([
    '',
    '1.2.3',
    '1.2.3.4.5',
    '256.1.1.1',
    '1.2.3.4/33',
    'a.b.c.d',
    '1::2::3',
    '12345::',
    ':::',
    '1:2:3:4:5:6:7',
    'host.example',
  ])('refuse %j', (text) => {
    expect(parseCidr(text)).toBeUndefined();
    if (!text.includes('/')) expect(parseAddress(text)).toBeUndefined();
  });

  it('take a mapped IPv4 address for IPv4', () => {
    expect(at('::ffff:10.0.0.1')).toEqual(at('10.0.0.1'));
  });
});

interface TestRoute {
  DestinationPrefixListId?: string;
  DestinationCidrBlock?: string;
  DestinationIpv6CidrBlock?: string;
  Origin: string;
  State: string;
  NatGatewayId: string;
}

describe('routes', () => {
  const lists = { 'pl-1': ['54.0.0.0/8', '10.0.0.0/16'], 'pl-2': ['10.1.0.0/16', '1.0.0.0/8'] } as Record<
    string,
    string[]
  >;
  const destination = fc.oneof(
    cidr.map((block) => ({ block })),
    fc.constantFrom('pl-1', 'pl-2').map((prefixList) => ({ prefixList })),
  );
  const table = fc
    .array(
      fc.record({ destination, propagated: fc.boolean(), state: fc.constantFrom('active', 'active', 'blackhole') }),
      { maxLength: 12 },
    )
    .map((routes) =>
      routes.map(
        ({ destination: to, propagated, state }, i): TestRoute => ({
          ...('prefixList' in to
            ? { DestinationPrefixListId: to.prefixList }
            : to.block.includes(':')
              ? { DestinationIpv6CidrBlock: to.block }
              : { DestinationCidrBlock: to.block }),
          Origin: propagated ? 'EnableVgwRoutePropagation' : 'CreateRoute',
          State: state,
          NatGatewayId: `nat-${i}`,
        }),
      ),
    );

  it('are chosen as a slow reading of the rules says', () => {
    fc.assert(
      fc.property(table, anyAddress, (Routes, address) => {
        let best: { score: number; ids: string[] } = { score: -1, ids: [] };
        for (const route of Routes) {
          const own =
            'DestinationPrefixListId' in route
              ? (lists[route.DestinationPrefixListId ?? ''] ?? [])
              : [route.DestinationCidrBlock ?? route.DestinationIpv6CidrBlock ?? ''];
          for (const block of own) {
            if (!holds(block, address)) continue;
            const kind = route.Origin !== 'CreateRoute' ? 0 : 'DestinationPrefixListId' in route ? 1 : 2;
            const score = Number(block.split('/')[1]) * 10 + kind;
            if (score > best.score) best = { score, ids: [] };
            if (score === best.score) best.ids.push(route.NatGatewayId);
          }
        }
        const compiled = compileTable(
          { RouteTableId: 'rtb', Routes },
          (id) => (lists[id] ?? []).flatMap((block) => parseCidr(block) ?? []),
          [],
        );
        const chosen = chooseRoutes(compiled, { ranges: [at(address)], prefixListIds: [] });
        expect(chosen).toHaveLength(1);
        if (best.ids.length === 0) expect(chosen[0]?.route).toBeUndefined();
        else expect(best.ids).toContain(chosen[0]?.route?.id);
      }),
      { numRuns: 200 },
    );
  });

  it('split a block as they would choose for each of its addresses', () => {
    fc.assert(
      fc.property(table, ipv4, (Routes, address) => {
        const compiled = compileTable(
          { RouteTableId: 'rtb', Routes },
          (id) => (lists[id] ?? []).flatMap((block) => parseCidr(block) ?? []),
          [],
        );
        const block = t.must(parseCidr('0.0.0.0/0'));
        const point = at(address);
        const piece = chooseRoutes(compiled, { ranges: [block], prefixListIds: [] }).filter(({ ranges }) =>
          ranges.some(({ lo, hi }) => lo <= point.lo && point.lo <= hi),
        );
        expect(piece).toHaveLength(1);
        expect(piece[0]?.route).toEqual(chooseRoutes(compiled, { ranges: [point], prefixListIds: [] })[0]?.route);
      }),
    );
  });
});

describe('security groups', () => {
  const permission = fc.record({
    IpProtocol: fc.constantFrom('tcp', 'udp', '-1', '50'),
    FromPort: fc.constantFrom(0, 22, 443),
    ToPort: fc.constantFrom(443, 600, 65535),
    cidrs: fc.array(cidr, { maxLength: 3 }),
    groups: fc.subarray(['sg-x', 'sg-y']),
  });
  const groups = fc.array(fc.array(permission, { maxLength: 4 }), { minLength: 1, maxLength: 3 });
  const compile = (
    all: { IpProtocol: string; FromPort: number; ToPort: number; cidrs: string[]; groups: string[] }[][],
  ) =>
    all.map((rules, i) =>
      compileGroup(
        {
          GroupId: `sg-${i}`,
          IpPermissionsEgress: rules.map(({ cidrs, groups: pairs, ...rule }) => ({
            ...rule,
            IpRanges: cidrs.filter((block) => !block.includes(':')).map((CidrIp) => ({ CidrIp })),
            Ipv6Ranges: cidrs.filter((block) => block.includes(':')).map((CidrIpv6) => ({ CidrIpv6 })),
            UserIdGroupPairs: pairs.map((GroupId) => ({ GroupId })),
          })),
        },
        () => undefined,
      ),
    );

  it('let through what a slow reading of the rules lets through', () => {
    fc.assert(
      fc.property(
        groups,
        anyAddress,
        port,
        fc.constantFrom('tcp', 'udp'),
        fc.subarray(['sg-x', 'sg-y']),
        (all, address, number, protocol, own) => {
          const allowed = all
            .flat()
            .some(
              (rule) =>
                (rule.IpProtocol === '-1' ||
                  (rule.IpProtocol === protocol && rule.FromPort <= number && number <= rule.ToPort)) &&
                (rule.cidrs.some((block) => holds(block, address)) || rule.groups.some((id) => own.includes(id))),
            );
          const { cover } = judgeGroups(compile(all), 'out', protocol, number, { ranges: [at(address)], groups: own });
          expect(cover).toBe(allowed ? 'all' : 'none');
        },
      ),
      { numRuns: 200 },
    );
  });

  it('let through no less with a rule more', () => {
    fc.assert(
      fc.property(groups, permission, ipv4, port, (all, extra, address, number) => {
        const peer = { ranges: [at(address)], groups: [] };
        const before = judgeGroups(compile(all), 'out', 'tcp', number, peer).cover;
        if (before === 'all')
          expect(judgeGroups(compile([...all, [extra]]), 'out', 'tcp', number, peer).cover).toBe('all');
      }),
    );
  });
});

describe('network ACLs', () => {
  const entry = fc.record({
    allow: fc.boolean(),
    Protocol: fc.constantFrom('6', '17', '-1'),
    cidr: cidr4,
    ports: fc
      .tuple(fc.constantFrom(0, 443, 1024, 2000), fc.constantFrom(443, 1023, 2000, 65535))
      .filter(([from, to]) => from <= to),
  });
  const rules = fc.array(entry, { maxLength: 8 });
  const compile = (all: { allow: boolean; Protocol: string; cidr: string; ports: [number, number] }[]) =>
    compileAcl({
      NetworkAclId: 'acl',
      Entries: all
        .map(({ allow, Protocol, cidr: block, ports }, i) =>
          t.rule((i + 1) * 100, 'out', allow ? 'allow' : 'deny', block, Protocol, ports),
        )
        .reverse(),
    });
  const asks = [443, 1023, 1024, 1500, 2000, 2001, 65535];

  it('decide each port as a slow reading of the rules does', () => {
    fc.assert(
      fc.property(rules, ipv4, (all, address) => {
        for (const number of asks) {
          const first = all.find(
            (rule) =>
              holds(rule.cidr, address) &&
              (rule.Protocol === '-1' || (rule.Protocol === '6' && rule.ports[0] <= number && number <= rule.ports[1])),
          );
          const answers = judgeAcl(compile(all), 'out', 'tcp', [at(address)], { from: number, to: number });
          expect(answers).toMatchObject({
            all: Number(first?.allow === true),
            some: 0,
            none: Number(first?.allow !== true),
          });
        }
      }),
      { numRuns: 200 },
    );
  });

  it('decide a span of ports as all of its ports together', () => {
    fc.assert(
      fc.property(rules, ipv4, (all, address) => {
        const acl = compile(all);
        const remote = [at(address)];
        const single = asks
          .filter((number) => number >= 1024)
          .map((number) => judgeAcl(acl, 'out', 'tcp', remote, { from: number, to: number }).all);
        // The ports asked are the borders of every rule, so that together they stand for the whole span.
        const span = judgeAcl(acl, 'out', 'tcp', remote, { from: 1024, to: 65535 });
        const allowed = single.filter(Boolean).length;
        expect(span).toMatchObject({
          all: Number(allowed === single.length),
          some: Number(allowed > 0 && allowed < single.length),
          none: Number(allowed === 0),
        });
      }),
      { numRuns: 200 },
    );
  });

  it('give for a block the answers that its addresses get', () => {
    fc.assert(
      fc.property(rules, ipv4, (all, address) => {
        const acl = compile(all);
        const block = judgeAcl(acl, 'out', 'tcp', [t.must(parseCidr('0.0.0.0/0'))], { from: 443, to: 443 });
        const one = judgeAcl(acl, 'out', 'tcp', [at(address)], { from: 443, to: 443 });
        expect(one.all ? block.all : block.none).toBeGreaterThan(0);
        expect(block.all + block.some + block.none).toBe(2 ** 32);
      }),
    );
  });
});

/** Healthy accounts that differ in size, NAT, rules, endpoints, address families and links. */
const topology = fc
  .record({
    subnets: fc.subarray(['subnet-a', 'subnet-b', 'subnet-c'], { minLength: 1 }),
    mainTable: fc.boolean(),
    halves: fc.boolean(),
    nat: fc.constantFrom('zonal', 'regional', 'three'),
    groups: fc.constantFrom('open', 'narrow', 'split'),
    acls: fc.constantFrom('open', 'tight'),
    gateway: fc.boolean(),
    endpoint: fc.boolean(),
    smtp: fc.boolean(),
    six: fc.boolean(),
    peer: fc.boolean(),
    decoys: fc.boolean(),
    bpa: fc.constantFrom('off', 'block-ingress', undefined),
  })
  .map((how) => {
    const facts = t.healthy();
    const privateTable = t.table(facts, 'rtb-private');
    if (how.mainTable) {
      facts.RouteTables = facts.RouteTables.filter(({ RouteTableId }) => RouteTableId !== 'rtb-main');
      privateTable.Associations = [{ Main: true, AssociationState: { State: 'associated' } }];
    }
    if (how.halves)
      privateTable.Routes = [
        t.local(),
        t.route('0.0.0.0/1', { NatGatewayId: 'nat-1' }),
        t.route('128.0.0.0/1', { NatGatewayId: 'nat-1' }),
      ];
    if (how.nat === 'regional') {
      facts.NatGateways = [
        {
          NatGatewayId: 'nat-1',
          VpcId: 'vpc-1',
          State: 'available',
          AvailabilityMode: 'regional',
          RouteTableId: 'rtb-nat',
          NatGatewayAddresses: [{ PublicIp: '198.51.100.8', Status: 'succeeded', AvailabilityZone: 'us-east-1a' }],
        },
      ];
      facts.RouteTables.push({
        RouteTableId: 'rtb-nat',
        VpcId: 'vpc-1',
        Associations: [],
        Routes: [t.local(), t.route('0.0.0.0/0', { GatewayId: 'igw-1' })],
      });
    }
    if (how.nat === 'three' && !how.mainTable)
      for (const id of ['subnet-b', 'subnet-c']) {
        facts.NatGateways.push({ ...t.nat(facts), NatGatewayId: `nat-${id}` });
        t.ownTable(facts, id, t.route('0.0.0.0/0', { NatGatewayId: `nat-${id}` }));
      }
    const app = t.group(facts, 'sg-app');
    const open = [{ CidrIp: '0.0.0.0/0' }];
    if (how.groups === 'narrow')
      app.IpPermissionsEgress = [
        ...[443, 587, 6379].map((number) => ({
          IpProtocol: 'tcp',
          FromPort: number,
          ToPort: number,
          IpRanges: open,
          Ipv6Ranges: [{ CidrIpv6: '::/0' }],
        })),
        { IpProtocol: 'tcp', FromPort: 5432, ToPort: 5432, UserIdGroupPairs: [{ GroupId: 'sg-db' }] },
      ];
    if (how.groups === 'split') {
      app.IpPermissionsEgress = [
        { IpProtocol: 'tcp', FromPort: 0, ToPort: 65535, IpRanges: [{ CidrIp: '0.0.0.0/1' }] },
      ];
      facts.SecurityGroups.push({
        GroupId: 'sg-more',
        VpcId: 'vpc-1',
        IpPermissionsEgress: [
          { IpProtocol: '-1', IpRanges: [{ CidrIp: '128.0.0.0/1' }], Ipv6Ranges: [{ CidrIpv6: '::/0' }] },
        ],
      });
    }
    if (how.acls === 'tight' && !how.six)
      for (const id of ['acl-1', 'acl-pub'])
        t.acl(facts, id).Entries = [
          t.rule(90, 'out', 'deny', '192.0.2.0/24'),
          ...[443, 587, 5432, 6379].map((number, i) =>
            t.rule(100 + i, 'out', 'allow', '0.0.0.0/0', '6', [number, number]),
          ),
          t.rule(110, 'in', 'allow', '0.0.0.0/0', '6', [1024, 65535]),
          t.rule(111, 'in', 'allow', '10.0.0.0/16'),
          t.rule(120, 'out', 'allow', '10.0.0.0/16'),
          t.rule(130, 'in', 'deny', '0.0.0.0/0', '17', [0, 65535]),
        ];
    if (how.gateway) t.gatewayEndpoint(facts);
    if (how.endpoint) t.interfaceEndpoint(facts);
    if (how.smtp) {
      t.interfaceEndpoint(facts, 'email-smtp').Groups = [{ GroupId: 'sg-smtp' }];
      facts.SecurityGroups.push({
        GroupId: 'sg-smtp',
        VpcId: 'vpc-1',
        IpPermissions: [{ IpProtocol: 'tcp', FromPort: 587, ToPort: 587, UserIdGroupPairs: [{ GroupId: 'sg-app' }] }],
      });
    }
    if (how.six && !(how.nat === 'three' && !how.mainTable)) t.dualStack(facts);
    if (how.peer && !(how.nat === 'three' && !how.mainTable)) t.peered(facts);
    if (how.decoys) {
      facts.NatGateways.push({ NatGatewayId: 'nat-old', VpcId: 'vpc-1', SubnetId: 'subnet-pub', State: 'deleted' });
      facts.RouteTables.push({
        RouteTableId: 'rtb-unused',
        VpcId: 'vpc-1',
        Associations: [],
        Routes: [t.route('0.0.0.0/0', { NatGatewayId: 'nat-old' }, 'blackhole')],
      });
      privateTable.Routes?.push(t.route('192.0.2.0/24', { NatGatewayId: 'nat-old' }, 'blackhole'));
      facts.InternetGateways.push({ InternetGatewayId: 'igw-idle', Attachments: [] });
    }
    for (const item of [...facts.Vpcs, ...facts.Subnets])
      item.BlockPublicAccessStates = how.bpa ? { InternetGatewayBlockMode: how.bpa } : undefined;
    const connector = {
      subnetIds: how.subnets,
      securityGroupIds: how.groups === 'split' ? ['sg-app', 'sg-more'] : ['sg-app'],
    };
    const dual = facts.EgressOnlyInternetGateways.length > 0;
    const dependencies = [
      t.TWILIO,
      t.S3,
      t.SECRETS,
      t.DATABASE,
      { name: 'relay', host: 'smtp-relay.brevo.com', port: 587, protocol: 'tcp' as const },
      { name: 'mail', aws: 'email-smtp', port: 587, protocol: 'tcp' as const },
      { name: 'bucket', aws: 's3', port: 443, protocol: 'tcp' as const },
      {
        name: 'both',
        host: 'both.example',
        addresses: ['54.172.60.1', '2600:9000::1'],
        port: 443,
        protocol: 'tcp' as const,
      },
      ...(dual
        ? [{ name: 'six', host: 'six.example', addresses: ['2600:9000::1'], port: 443, protocol: 'tcp' as const }]
        : []),
      ...(facts.Vpcs.length > 1 ? [t.FAR] : []),
    ];
    return { facts, connector, dependencies };
  });

const shuffled = <T>(list: readonly T[], seed: number): T[] => {
  const copy = [...list];
  let state = seed >>> 0;
  for (let i = copy.length - 1; i > 0; i--) {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    const j = state % (i + 1);
    [copy[i], copy[j]] = [copy[j] as T, copy[i] as T];
  }
  return copy;
};

/** Every list at every depth in another order. */
const reordered = (value: unknown, seed: number): unknown => {
  if (Array.isArray(value)) return shuffled(value, seed).map((item) => reordered(item, seed + 1));
  if (value !== null && typeof value === 'object')
    return Object.fromEntries(Object.entries(value).map(([key, inner]) => [key, reordered(inner, seed + key.length)]));
  return value;
};

describe('whole accounts', () => {
  it('are called healthy, and no cause is named, when they are', () => {
    fc.assert(
      fc.property(topology, ({ facts, connector, dependencies }) => {
        for (const result of judgeEgress(facts, connector, dependencies)) {
          expect([result.name, result.status, result.because]).toEqual([result.name, 'ok', result.because]);
          expect(result.cause).toBeUndefined();
          for (const path of result.subnets) expect(path.cause).toBeUndefined();
        }
      }),
      { numRuns: 120 },
    );
  });

  it('are judged the same in whatever order their lists come', () => {
    fc.assert(
      fc.property(
        topology,
        fc.integer(),
        fc.constantFrom('none', 'nat', 'group', 'acl', 'route'),
        ({ facts, connector, dependencies }, seed, fault) => {
          if (fault === 'nat') t.nat(facts).State = 'failed';
          if (fault === 'group') t.group(facts, 'sg-db').IpPermissions = [];
          if (fault === 'acl')
            t.acl(facts, 'acl-pub').Entries = [t.rule(100, 'out', 'allow'), t.rule(50, 'out', 'deny', '54.0.0.0/8')];
          if (fault === 'route')
            t.table(facts, 'rtb-private').Routes?.push(
              t.route('54.172.0.0/16', { NatGatewayId: 'nat-gone' }, 'blackhole'),
            );
          const same = reordered(facts, seed) as t.Facts;
          expect(judgeEgress(same, connector, dependencies)).toEqual(judgeEgress(facts, connector, dependencies));
          const turned = { ...connector, securityGroupIds: [...connector.securityGroupIds].reverse() };
          expect(judgeEgress(facts, turned, dependencies)).toEqual(judgeEgress(facts, connector, dependencies));
        },
      ),
      { numRuns: 40 },
    );
  });

  it('are judged the same after a rule, route, group or gateway that has nothing to do with them', () => {
    const status = ({
      facts,
      connector,
      dependencies,
    }: {
      facts: t.Facts;
      connector: typeof t.CONNECTOR;
      dependencies: (typeof t.TWILIO)[];
    }) => judgeEgress(facts, connector, dependencies).map(({ name, status: health, cause }) => [name, health, cause]);
    fc.assert(
      fc.property(topology, fc.boolean(), (account, faulty) => {
        if (faulty) t.defaultRoute(account.facts);
        const before = status(account);
        const { facts } = account;
        facts.SecurityGroups.push({
          GroupId: 'sg-unrelated',
          VpcId: 'vpc-1',
          IpPermissionsEgress: [],
          IpPermissions: [],
        });
        t.group(facts, 'sg-app').IpPermissionsEgress?.push({
          IpProtocol: 'tcp',
          FromPort: 9,
          ToPort: 9,
          IpRanges: [{ CidrIp: '203.0.113.0/24' }],
        });
        t.acl(facts, 'acl-1').Entries?.push(
          t.rule(1, 'out', 'deny', '203.0.113.0/24'),
          t.rule(1, 'in', 'deny', '203.0.113.0/24', '17', [9, 9]),
        );
        t.table(facts, 'rtb-private').Routes?.push(t.route('203.0.113.0/24', { TransitGatewayId: 'tgw-9' }));
        facts.NatGateways.push({ NatGatewayId: 'nat-unrelated', State: 'failed', VpcId: 'vpc-1' });
        expect(status(account)).toEqual(before);
      }),
      { numRuns: 40 },
    );
  });
});
