/*
 * How many subnet × dependency paths the judge decides per second on one core, and how that compares to a naive reading of
 * the same facts in the same run. Run: `node bench/egress.ts` (with `--expose-gc` for exact memory).
 */
import { type EgressDependency, type EgressFacts, judgeEgress } from '../lib/egress/judge.ts';

const SUBNETS = 200;
const ROUTES = 50;
const RULES = 20;
const DEPENDENCIES = 50;
const SECONDS = 3;

const cidrOf = (i: number): string => `10.${Math.floor(i / 256)}.${i % 256}.0/24`;

function account(): EgressFacts {
  const ids = Array.from({ length: SUBNETS }, (_, i) => i);
  const subnets = ids.map((i) => ({ SubnetId: `subnet-${i}`, VpcId: 'vpc-1', CidrBlock: cidrOf(i) }));
  const local = { DestinationCidrBlock: '10.0.0.0/16', GatewayId: 'local', State: 'active' };
  const routes = (i: number, target: object) => [
    local,
    ...Array.from({ length: ROUTES - 2 }, (_, n) => ({
      DestinationCidrBlock: `${60 + n}.${i}.0.0/16`,
      TransitGatewayId: 'tgw-1',
      State: 'active',
      Origin: 'CreateRoute',
    })),
    { DestinationCidrBlock: '0.0.0.0/0', ...target, State: 'active', Origin: 'CreateRoute' },
  ];
  const entries = [false, true].flatMap((Egress) => [
    ...Array.from({ length: RULES - 1 }, (_, n) => ({
      RuleNumber: 10 + n,
      Egress,
      RuleAction: 'deny',
      Protocol: '6',
      CidrBlock: `203.0.${n}.0/24`,
      PortRange: { From: 0, To: 65535 },
    })),
    { RuleNumber: 1000, Egress, RuleAction: 'allow', Protocol: '-1', CidrBlock: '0.0.0.0/0' },
  ]);
  return {
    Region: 'us-east-1',
    Vpcs: [{ VpcId: 'vpc-1', CidrBlock: '10.0.0.0/16' }],
    Subnets: [...subnets, { SubnetId: 'subnet-pub', VpcId: 'vpc-1', CidrBlock: '10.0.250.0/24' }],
    RouteTables: [
      ...ids.map((i) => ({
        RouteTableId: `rtb-${i}`,
        VpcId: 'vpc-1',
        Associations: [{ SubnetId: `subnet-${i}`, AssociationState: { State: 'associated' } }],
        Routes: routes(i, { NatGatewayId: 'nat-1' }),
      })),
      {
        RouteTableId: 'rtb-pub',
        VpcId: 'vpc-1',
        Associations: [{ SubnetId: 'subnet-pub' }],
        Routes: routes(255, { GatewayId: 'igw-1' }),
      },
    ],
    NatGateways: [
      {
        NatGatewayId: 'nat-1',
        VpcId: 'vpc-1',
        SubnetId: 'subnet-pub',
        State: 'available',
        NatGatewayAddresses: [{ PublicIp: '198.51.100.1', Status: 'succeeded' }],
      },
    ],
    InternetGateways: [{ InternetGatewayId: 'igw-1', Attachments: [{ VpcId: 'vpc-1', State: 'available' }] }],
    SecurityGroups: [
      {
        GroupId: 'sg-1',
        VpcId: 'vpc-1',
        IpPermissionsEgress: [
          ...Array.from({ length: RULES - 1 }, (_, n) => ({
            IpProtocol: 'tcp',
            FromPort: 443,
            ToPort: 443,
            IpRanges: [{ CidrIp: `203.0.${n}.0/24` }],
          })),
          { IpProtocol: 'tcp', FromPort: 443, ToPort: 443, IpRanges: [{ CidrIp: '0.0.0.0/0' }] },
        ],
      },
    ],
    NetworkAcls: [...ids.map((i) => `subnet-${i}`), 'subnet-pub'].map((SubnetId) => ({
      NetworkAclId: `acl-${SubnetId}`,
      VpcId: 'vpc-1',
      Associations: [{ SubnetId }],
      Entries: entries,
    })),
    VpcEndpoints: [],
    PrefixLists: [],
    NetworkInterfaces: [],
  };
}

const facts = account();
const connector = {
  subnetIds: Array.from({ length: SUBNETS }, (_, i) => `subnet-${i}`),
  securityGroupIds: ['sg-1'],
};
const dependencies = Array.from(
  { length: DEPENDENCIES },
  (_, i): EgressDependency => ({
    name: `dependency-${i}`,
    host: `host-${i}.example`,
    addresses: [`54.172.${i}.1`],
    port: 443,
    protocol: 'tcp',
  }),
);

/* The naive baseline: per path find everything in the lists and read every CIDR again. No hops, no sentences. */
const number = (text: string): number => text.split('.').reduce((sum, octet) => sum * 256 + Number(octet), 0);
const holds = (cidr: string | undefined, address: string): boolean => {
  const [base = '', bits = '32'] = (cidr ?? '').split('/');
  const size = 2 ** (32 - Number(bits));
  return Math.floor(number(base) / size) === Math.floor(number(address) / size);
};
const naiveRoute = (subnetId: string, address: string) => {
  const table = facts.RouteTables?.find(({ Associations }) => Associations?.some((one) => one.SubnetId === subnetId));
  return table?.Routes?.filter(({ DestinationCidrBlock }) => holds(DestinationCidrBlock, address)).sort(
    (a, b) => Number(b.DestinationCidrBlock?.split('/')[1]) - Number(a.DestinationCidrBlock?.split('/')[1]),
  )[0];
};
const naiveAcl = (subnetId: string, egress: boolean, address: string): boolean =>
  facts.NetworkAcls?.find(({ Associations }) => Associations?.some((one) => one.SubnetId === subnetId))
    ?.Entries?.filter(({ Egress }) => Egress === egress)
    .sort((a, b) => (a.RuleNumber ?? 0) - (b.RuleNumber ?? 0))
    .find(({ CidrBlock }) => holds(CidrBlock, address))?.RuleAction === 'allow';
const naive = (subnetId: string, address: string): boolean => {
  const own = facts.Subnets?.find(({ SubnetId }) => SubnetId === subnetId)?.CidrBlock?.split('/')[0] ?? '';
  const nat = facts.NatGateways?.find(
    ({ NatGatewayId }) => NatGatewayId === naiveRoute(subnetId, address)?.NatGatewayId,
  );
  const there = nat?.SubnetId ?? '';
  return (
    facts.SecurityGroups?.[0]?.IpPermissionsEgress?.some((rule) =>
      rule.IpRanges?.some(({ CidrIp }) => holds(CidrIp, address)),
    ) === true &&
    naiveAcl(subnetId, true, address) &&
    naiveAcl(subnetId, false, address) &&
    naiveAcl(there, false, own) &&
    naiveAcl(there, true, address) &&
    naiveAcl(there, false, address) &&
    naiveAcl(there, true, own) &&
    naiveRoute(there, address)?.GatewayId === 'igw-1'
  );
};

const measure = (round: () => number): number => {
  round();
  const start = performance.now();
  let paths = 0;
  while (performance.now() - start < SECONDS * 1000) paths += round();
  return (paths / (performance.now() - start)) * 1000;
};
const heap = (): number => {
  globalThis.gc?.();
  return process.memoryUsage().heapUsed / 2 ** 20;
};

const judgeAll = (): number => {
  const results = judgeEgress(facts, connector, dependencies);
  if (results.some(({ status }) => status !== 'ok')) throw new Error(`not healthy: ${results[0]?.because}`);
  return SUBNETS * DEPENDENCIES;
};
const judgeOne = (): number => {
  judgeEgress(facts, connector, dependencies.slice(0, 1));
  return SUBNETS;
};
const naiveAll = (): number => {
  for (const subnetId of connector.subnetIds.slice(0, 20))
    for (const { addresses } of dependencies.slice(0, 5))
      if (!naive(subnetId, addresses?.[0] ?? '')) throw new Error('not healthy');
  return 100;
};

const many = measure(judgeAll);
const before = heap();
const again = measure(judgeAll);
const after = heap();
const one = measure(judgeOne);
const baseline = measure(naiveAll);
const rate = (value: number): string => Math.round(value).toLocaleString('en-US').padStart(9);

console.log(
  `${SUBNETS} subnets, ${SUBNETS} route tables of ${ROUTES} routes, groups and ACLs of ${RULES} rules, one core`,
);
console.log(`judge, ${DEPENDENCIES} dependencies  ${rate((many + again) / 2)} paths/s`);
console.log(`judge, 1 dependency    ${rate(one)} paths/s (facts indexed anew for every 200 paths)`);
console.log(`naive baseline         ${rate(baseline)} paths/s`);
console.log(
  `ratio to naive         ${((many + again) / 2 / baseline).toFixed(1)}×, with one dependency ${(one / baseline).toFixed(1)}×`,
);
console.log(`heap ${before.toFixed(1)} MiB → ${after.toFixed(1)} MiB after ${SECONDS} s more`);
const TARGET = 20_000;
if (Math.min(many, again) < TARGET) {
  console.error(`below the target of ${TARGET} paths/s`);
  process.exitCode = 1;
}
