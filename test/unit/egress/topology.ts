import type { EgressConnector, EgressDependency, EgressFacts } from '../../../lib/egress/judge.ts';

type List<K extends keyof EgressFacts> = NonNullable<EgressFacts[K]>;
export type Facts = {
  [K in Exclude<keyof EgressFacts, 'Region'>]-?: NonNullable<EgressFacts[K]>;
} & { Region: string };

export const OPEN_EGRESS = {
  IpProtocol: '-1',
  IpRanges: [{ CidrIp: '0.0.0.0/0' }],
  Ipv6Ranges: [{ CidrIpv6: '::/0' }],
};

type AclEntry = NonNullable<List<'NetworkAcls'>[number]['Entries']>[number];

export const rule = (
  RuleNumber: number,
  direction: 'in' | 'out',
  RuleAction: 'allow' | 'deny',
  CidrBlock = '0.0.0.0/0',
  Protocol = '-1',
  ports?: [number, number],
): AclEntry => ({
  RuleNumber,
  Egress: direction === 'out',
  RuleAction,
  Protocol,
  ...(CidrBlock.includes(':') ? { Ipv6CidrBlock: CidrBlock } : { CidrBlock }),
  ...(ports && { PortRange: { From: ports[0], To: ports[1] } }),
});

export const OPEN_ACL = [
  rule(100, 'in', 'allow'),
  rule(100, 'out', 'allow'),
  rule(101, 'in', 'allow', '::/0'),
  rule(101, 'out', 'allow', '::/0'),
  rule(32767, 'in', 'deny'),
  rule(32767, 'out', 'deny'),
];

export const local = (cidr = '10.0.0.0/16') => ({
  DestinationCidrBlock: cidr,
  GatewayId: 'local',
  State: 'active',
  Origin: 'CreateRouteTable',
});
export const local6 = {
  DestinationIpv6CidrBlock: '2600:1f16::/56',
  GatewayId: 'local',
  State: 'active',
  Origin: 'CreateRouteTable',
};
export const route = (DestinationCidrBlock: string, target: Record<string, string>, State = 'active') => ({
  DestinationCidrBlock,
  ...target,
  State,
  Origin: 'CreateRoute',
});

const associated = { State: 'associated' };

export const S3_CIDRS = ['52.216.0.0/15', '3.5.0.0/19'];

/**
 * VPC 10.0.0.0/16: the service in subnet-a, -b, -c (10.0.1-3.0/24), a NAT gateway in subnet-pub (10.0.100.0/24), a database
 * in subnet-db (10.0.50.0/24). Everything works.
 */
export function healthy(): Facts {
  return {
    Region: 'us-east-1',
    Vpcs: [
      {
        VpcId: 'vpc-1',
        CidrBlock: '10.0.0.0/16',
        OwnerId: '111111111111',
        CidrBlockAssociationSet: [{ CidrBlock: '10.0.0.0/16', CidrBlockState: associated }],
        Ipv6CidrBlockAssociationSet: [],
        BlockPublicAccessStates: { InternetGatewayBlockMode: 'off' },
      },
    ],
    Subnets: [
      ['subnet-a', '10.0.1.0/24', 'us-east-1a'],
      ['subnet-b', '10.0.2.0/24', 'us-east-1b'],
      ['subnet-c', '10.0.3.0/24', 'us-east-1c'],
      ['subnet-pub', '10.0.100.0/24', 'us-east-1a'],
      ['subnet-db', '10.0.50.0/24', 'us-east-1a'],
    ].map(([SubnetId, CidrBlock, AvailabilityZone]) => ({
      SubnetId,
      CidrBlock,
      AvailabilityZone,
      VpcId: 'vpc-1',
      OwnerId: '111111111111',
      BlockPublicAccessStates: { InternetGatewayBlockMode: 'off' },
    })),
    RouteTables: [
      {
        RouteTableId: 'rtb-private',
        VpcId: 'vpc-1',
        Associations: ['subnet-a', 'subnet-b', 'subnet-c'].map((SubnetId) => ({
          SubnetId,
          Main: false,
          AssociationState: associated,
        })),
        Routes: [local(), route('0.0.0.0/0', { NatGatewayId: 'nat-1' })],
      },
      {
        RouteTableId: 'rtb-public',
        VpcId: 'vpc-1',
        Associations: [{ SubnetId: 'subnet-pub', Main: false, AssociationState: associated }],
        Routes: [local(), route('0.0.0.0/0', { GatewayId: 'igw-1' })],
      },
      {
        RouteTableId: 'rtb-main',
        VpcId: 'vpc-1',
        Associations: [{ Main: true, AssociationState: associated }],
        Routes: [local()],
      },
    ],
    NatGateways: [
      {
        NatGatewayId: 'nat-1',
        VpcId: 'vpc-1',
        SubnetId: 'subnet-pub',
        State: 'available',
        ConnectivityType: 'public',
        NatGatewayAddresses: [{ PublicIp: '198.51.100.7', PrivateIp: '10.0.100.10', Status: 'succeeded' }],
      },
    ],
    InternetGateways: [{ InternetGatewayId: 'igw-1', Attachments: [{ VpcId: 'vpc-1', State: 'available' }] }],
    EgressOnlyInternetGateways: [],
    SecurityGroups: [
      {
        GroupId: 'sg-app',
        GroupName: 'app',
        VpcId: 'vpc-1',
        OwnerId: '111111111111',
        IpPermissions: [],
        IpPermissionsEgress: [OPEN_EGRESS],
      },
      {
        GroupId: 'sg-db',
        GroupName: 'db',
        VpcId: 'vpc-1',
        OwnerId: '111111111111',
        IpPermissions: [{ IpProtocol: 'tcp', FromPort: 5432, ToPort: 5432, UserIdGroupPairs: [{ GroupId: 'sg-app' }] }],
        IpPermissionsEgress: [],
      },
      {
        GroupId: 'sg-vpce',
        GroupName: 'endpoint',
        VpcId: 'vpc-1',
        OwnerId: '111111111111',
        IpPermissions: [{ IpProtocol: 'tcp', FromPort: 443, ToPort: 443, IpRanges: [{ CidrIp: '10.0.0.0/16' }] }],
        IpPermissionsEgress: [],
      },
    ],
    NetworkAcls: [
      {
        NetworkAclId: 'acl-1',
        VpcId: 'vpc-1',
        IsDefault: true,
        Associations: ['subnet-a', 'subnet-b', 'subnet-c'].map((SubnetId) => ({ SubnetId, NetworkAclId: 'acl-1' })),
        Entries: [...OPEN_ACL],
      },
      {
        NetworkAclId: 'acl-pub',
        VpcId: 'vpc-1',
        Associations: [{ SubnetId: 'subnet-pub', NetworkAclId: 'acl-pub' }],
        Entries: [...OPEN_ACL],
      },
      {
        NetworkAclId: 'acl-db',
        VpcId: 'vpc-1',
        Associations: [{ SubnetId: 'subnet-db', NetworkAclId: 'acl-db' }],
        Entries: [...OPEN_ACL],
      },
    ],
    VpcEndpoints: [],
    PrefixLists: [{ PrefixListId: 'pl-s3', PrefixListName: 'com.amazonaws.us-east-1.s3', Cidrs: S3_CIDRS }],
    NetworkInterfaces: [
      {
        NetworkInterfaceId: 'eni-db',
        VpcId: 'vpc-1',
        SubnetId: 'subnet-db',
        Description: 'RDSNetworkInterface',
        PrivateIpAddress: '10.0.50.10',
        Groups: [{ GroupId: 'sg-db' }],
      },
    ],
    VpcAttributes: [{ VpcId: 'vpc-1', EnableDnsSupport: true, EnableDnsHostnames: true }],
    VpcBlockPublicAccessOptions: { AwsAccountId: '111111111111', InternetGatewayBlockMode: 'off' },
    VpcBlockPublicAccessExclusions: [],
    DhcpOptions: [],
    DBInstances: [
      {
        DBInstanceIdentifier: 'orders-db',
        DBInstanceStatus: 'available',
        Endpoint: { Address: 'orders-db.xyz.us-east-1.rds.amazonaws.com', Port: 5432 },
        PubliclyAccessible: false,
        AvailabilityZone: 'us-east-1a',
        VpcSecurityGroups: [{ VpcSecurityGroupId: 'sg-db', Status: 'active' }],
        DBSubnetGroup: {
          VpcId: 'vpc-1',
          Subnets: [{ SubnetIdentifier: 'subnet-db', SubnetAvailabilityZone: { Name: 'us-east-1a' } }],
        },
      },
    ],
  };
}

export const CONNECTOR: EgressConnector = {
  subnetIds: ['subnet-a', 'subnet-b', 'subnet-c'],
  securityGroupIds: ['sg-app'],
};

export const TWILIO: EgressDependency = {
  name: 'twilio',
  host: 'verify.twilio.com',
  addresses: ['54.172.60.1'],
  port: 443,
  protocol: 'tcp',
};
export const S3: EgressDependency = { name: 'files', aws: 's3', addresses: ['52.216.8.8'], port: 443, protocol: 'tcp' };
export const DATABASE: EgressDependency = { name: 'database', rds: 'orders-db', port: 5432, protocol: 'tcp' };
export const SECRETS: EgressDependency = {
  name: 'secrets',
  aws: 'secretsmanager',
  host: 'secretsmanager.us-east-1.amazonaws.com',
  addresses: ['52.94.1.1'],
  port: 443,
  protocol: 'tcp',
};

export const must = <T>(value: T | undefined): T => {
  if (value === undefined) throw new Error('the topology has no such thing');
  return value;
};

export const table = (facts: Facts, id: string) =>
  must(facts.RouteTables.find(({ RouteTableId }) => RouteTableId === id));
export const group = (facts: Facts, id: string) => must(facts.SecurityGroups.find(({ GroupId }) => GroupId === id));
export const acl = (facts: Facts, id: string) =>
  must(facts.NetworkAcls.find(({ NetworkAclId }) => NetworkAclId === id));
export const subnet = (facts: Facts, id: string) => must(facts.Subnets.find(({ SubnetId }) => SubnetId === id));
export const nat = (facts: Facts) => must(facts.NatGateways[0]);
export const vpc = (facts: Facts) => must(facts.Vpcs[0]);

/** What the default route of the private subnets leads to. */
export const defaultRoute = (facts: Facts, target?: Record<string, string>, state = 'active'): void => {
  table(facts, 'rtb-private').Routes = [local(), ...(target ? [route('0.0.0.0/0', target, state)] : [])];
};

/** A route table of its own for one subnet of the service. */
export const ownTable = (facts: Facts, subnetId: string, ...routes: object[]): void => {
  const shared = table(facts, 'rtb-private');
  shared.Associations = (shared.Associations ?? []).filter((association) => association.SubnetId !== subnetId);
  facts.RouteTables.push({
    RouteTableId: `rtb-${subnetId}`,
    VpcId: 'vpc-1',
    Associations: [{ SubnetId: subnetId, Main: false, AssociationState: associated }],
    Routes: [local(), ...routes],
  });
};

export const gatewayEndpoint = (facts: Facts): void => {
  facts.VpcEndpoints.push({
    VpcEndpointId: 'vpce-s3',
    VpcEndpointType: 'Gateway',
    VpcId: 'vpc-1',
    ServiceName: 'com.amazonaws.us-east-1.s3',
    State: 'available',
    RouteTableIds: ['rtb-private'],
  });
  table(facts, 'rtb-private').Routes?.push({
    DestinationPrefixListId: 'pl-s3',
    GatewayId: 'vpce-s3',
    State: 'active',
    Origin: 'CreateRoute',
  });
};

export const interfaceEndpoint = (facts: Facts, service = 'secretsmanager') => {
  const endpoint: Facts['VpcEndpoints'][number] = {
    VpcEndpointId: `vpce-${service}`,
    VpcEndpointType: 'Interface',
    VpcId: 'vpc-1',
    ServiceName: `com.amazonaws.us-east-1.${service}`,
    State: 'available',
    PrivateDnsEnabled: true,
    SubnetIds: ['subnet-db'],
    NetworkInterfaceIds: ['eni-vpce'],
    Groups: [{ GroupId: 'sg-vpce', GroupName: 'endpoint' }],
    DnsEntries: [{ DnsName: `vpce-${service}-abc.${service}.us-east-1.vpce.amazonaws.com` }],
  };
  facts.VpcEndpoints.push(endpoint);
  facts.NetworkInterfaces.push({
    NetworkInterfaceId: 'eni-vpce',
    VpcId: 'vpc-1',
    SubnetId: 'subnet-db',
    InterfaceType: 'vpc_endpoint',
    PrivateIpAddress: '10.0.50.20',
    Groups: [{ GroupId: 'sg-vpce' }],
  });
  return endpoint;
};

/** IPv6 beside IPv4 in the VPC and in the subnets of the service, with an egress-only internet gateway. */
export const dualStack = (facts: Facts): void => {
  vpc(facts).Ipv6CidrBlockAssociationSet = [{ Ipv6CidrBlock: '2600:1f16::/56', Ipv6CidrBlockState: associated }];
  for (const [i, id] of CONNECTOR.subnetIds.entries())
    subnet(facts, id).Ipv6CidrBlockAssociationSet = [
      { Ipv6CidrBlock: `2600:1f16:0:${i + 1}::/64`, Ipv6CidrBlockState: associated },
    ];
  facts.EgressOnlyInternetGateways = [
    { EgressOnlyInternetGatewayId: 'eigw-1', Attachments: [{ VpcId: 'vpc-1', State: 'attached' }] },
  ];
  table(facts, 'rtb-private').Routes?.push(local6, {
    DestinationIpv6CidrBlock: '::/0',
    EgressOnlyInternetGatewayId: 'eigw-1',
    State: 'active',
    Origin: 'CreateRoute',
  });
};

/** vpc-2, 172.16.0.0/16, with a host at 172.16.5.5 behind pcx-1. */
export const peered = (facts: Facts): void => {
  facts.Vpcs.push({ VpcId: 'vpc-2', CidrBlock: '172.16.0.0/16', OwnerId: '111111111111' });
  facts.Subnets.push({ SubnetId: 'subnet-far', VpcId: 'vpc-2', CidrBlock: '172.16.5.0/24', OwnerId: '111111111111' });
  facts.RouteTables.push({
    RouteTableId: 'rtb-far',
    VpcId: 'vpc-2',
    Associations: [{ Main: true, AssociationState: associated }],
    Routes: [local('172.16.0.0/16'), route('10.0.0.0/16', { VpcPeeringConnectionId: 'pcx-1' })],
  });
  facts.NetworkAcls.push({
    NetworkAclId: 'acl-far',
    VpcId: 'vpc-2',
    Associations: [{ SubnetId: 'subnet-far' }],
    Entries: [...OPEN_ACL],
  });
  facts.SecurityGroups.push({
    GroupId: 'sg-far',
    VpcId: 'vpc-2',
    OwnerId: '111111111111',
    IpPermissions: [{ IpProtocol: 'tcp', FromPort: 6379, ToPort: 6379, IpRanges: [{ CidrIp: '10.0.0.0/16' }] }],
    IpPermissionsEgress: [OPEN_EGRESS],
  });
  facts.NetworkInterfaces.push({
    NetworkInterfaceId: 'eni-far',
    VpcId: 'vpc-2',
    SubnetId: 'subnet-far',
    PrivateIpAddress: '172.16.5.5',
    Groups: [{ GroupId: 'sg-far' }],
  });
  table(facts, 'rtb-private').Routes?.push(route('172.16.0.0/16', { VpcPeeringConnectionId: 'pcx-1' }));
};

export const FAR: EgressDependency = { name: 'far', addresses: ['172.16.5.5'], port: 6379, protocol: 'tcp' };
