import type { Route } from '../network/routing.ts';
import { defaultGroup, networkInterface } from './interfaces.ts';
import { arn, DAY, minutesAgo, type Site } from './site.ts';

export interface NewVpc {
  readonly vpcId: string;
  readonly mainTableId: string;
  readonly aclId: string;
}

export function availabilityZones(site: Site, letters: string): void {
  const { region } = site.account;
  site.account.ec2.availabilityZones = [...letters].map((letter, index) => ({
    OptInStatus: 'opt-in-not-required',
    RegionName: region,
    ZoneName: `${region}${letter}`,
    ZoneId: `${region.replace(/^(\w+)-(\w)\w*-(\d)$/, '$1$2$3')}-az${index + 1}`,
    GroupName: `${region}-zg-1`,
    NetworkBorderGroup: region,
    ZoneType: 'availability-zone',
    State: 'available',
    Messages: [],
  }));
}

/** A VPC as AWS makes it: a main route table with the local route only, an open network ACL, its default group. */
export function vpc(site: Site, options: { cidr: string; name: string }): NewVpc {
  const { ec2, id: ownerId } = site.account;
  const vpcId = site.random.id('vpc');
  ec2.vpcs.push({
    VpcId: vpcId,
    CidrBlock: options.cidr,
    CidrBlockAssociationSet: [
      {
        AssociationId: site.random.id('vpc-cidr-assoc'),
        CidrBlock: options.cidr,
        CidrBlockState: { State: 'associated' },
      },
    ],
    DhcpOptionsId: site.random.id('dopt'),
    InstanceTenancy: 'default',
    IsDefault: false,
    OwnerId: ownerId,
    State: 'available',
    Tags: [{ Key: 'Name', Value: options.name }],
  });
  ec2.vpcAttributes[vpcId] = { enableDnsSupport: true, enableDnsHostnames: true };
  const mainTableId = routeTable(site, vpcId, { cidr: options.cidr, main: true, subnets: [] });
  defaultGroup(site, vpcId);
  const aclId = site.random.id('acl');
  ec2.networkAcls.push({
    NetworkAclId: aclId,
    VpcId: vpcId,
    IsDefault: true,
    OwnerId: ownerId,
    Associations: [],
    Tags: [],
    Entries: [true, false].flatMap((Egress) => [
      { CidrBlock: '0.0.0.0/0', Egress, Protocol: '-1', RuleAction: 'allow', RuleNumber: 100 },
      { CidrBlock: '0.0.0.0/0', Egress, Protocol: '-1', RuleAction: 'deny', RuleNumber: 32767 },
    ]),
  });
  return { vpcId, mainTableId, aclId };
}

export function subnet(
  site: Site,
  { vpcId, aclId }: NewVpc,
  options: { cidr: string; zone: number; name: string },
): string {
  const { ec2, id: ownerId } = site.account;
  const subnetId = site.random.id('subnet');
  const zone = ec2.availabilityZones[options.zone];
  ec2.subnets.push({
    SubnetId: subnetId,
    SubnetArn: arn(site, 'ec2', `subnet/${subnetId}`),
    VpcId: vpcId,
    CidrBlock: options.cidr,
    AvailabilityZone: zone?.ZoneName,
    AvailabilityZoneId: zone?.ZoneId,
    AvailableIpAddressCount: 251,
    DefaultForAz: false,
    MapPublicIpOnLaunch: false,
    AssignIpv6AddressOnCreation: false,
    Ipv6CidrBlockAssociationSet: [],
    OwnerId: ownerId,
    State: 'available',
    Tags: [{ Key: 'Name', Value: options.name }],
  });
  ec2.networkAcls
    .find(({ NetworkAclId }) => NetworkAclId === aclId)
    ?.Associations?.push({
      NetworkAclAssociationId: site.random.id('aclassoc'),
      NetworkAclId: aclId,
      SubnetId: subnetId,
    });
  return subnetId;
}

type Entry = NonNullable<Site['account']['ec2']['networkAcls'][number]['Entries']>[number];

/** One rule of a network ACL; `ports` left out means all traffic. */
export const aclEntry = (
  direction: 'in' | 'out',
  number: number,
  rest: { cidr: string; ports?: readonly [number, number]; deny?: boolean },
): Entry => ({
  RuleNumber: number,
  Egress: direction === 'out',
  CidrBlock: rest.cidr,
  RuleAction: rest.deny ? 'deny' : 'allow',
  Protocol: rest.ports ? '6' : '-1',
  ...(rest.ports && { PortRange: { From: rest.ports[0], To: rest.ports[1] } }),
});

/** A network ACL of its own for these subnets, instead of the one they had. */
export function networkAcl(site: Site, vpcId: string, subnets: readonly string[], entries: readonly Entry[]): string {
  const { ec2, id: OwnerId } = site.account;
  const NetworkAclId = site.random.id('acl');
  for (const acl of ec2.networkAcls) {
    acl.Associations = acl.Associations?.filter(({ SubnetId = '' }) => !subnets.includes(SubnetId));
  }
  const last = (direction: 'in' | 'out') => aclEntry(direction, 32767, { cidr: '0.0.0.0/0', deny: true });
  ec2.networkAcls.push({
    NetworkAclId,
    VpcId: vpcId,
    IsDefault: false,
    OwnerId,
    Associations: subnets.map((SubnetId) => ({
      NetworkAclAssociationId: site.random.id('aclassoc'),
      NetworkAclId,
      SubnetId,
    })),
    Tags: [],
    Entries: [...entries, last('out'), last('in')],
  });
  return NetworkAclId;
}

export function routeTable(
  site: Site,
  vpcId: string,
  options: { cidr: string; main?: boolean; subnets: string[]; routes?: Route[] },
): string {
  const routeTableId = site.random.id('rtb');
  const link = (rest: { Main: boolean; SubnetId?: string }) => ({
    RouteTableAssociationId: site.random.id('rtbassoc'),
    RouteTableId: routeTableId,
    AssociationState: { State: 'associated' },
    ...rest,
  });
  site.account.ec2.routeTables.push({
    RouteTableId: routeTableId,
    VpcId: vpcId,
    OwnerId: site.account.id,
    Associations: [
      ...(options.main ? [link({ Main: true })] : []),
      ...options.subnets.map((SubnetId) => link({ Main: false, SubnetId })),
    ],
    PropagatingVgws: [],
    Routes: [
      { DestinationCidrBlock: options.cidr, GatewayId: 'local', Origin: 'CreateRouteTable', State: 'active' },
      ...(options.routes ?? []),
    ],
    Tags: [],
  });
  return routeTableId;
}

export const route = (destination: string, target: Partial<Route>): Route => ({
  DestinationCidrBlock: destination,
  Origin: 'CreateRoute',
  State: 'active',
  ...target,
});

export function internetGateway(site: Site, vpcId: string): string {
  const InternetGatewayId = site.random.id('igw');
  site.account.ec2.internetGateways.push({
    InternetGatewayId,
    OwnerId: site.account.id,
    // The API answers `available` for an attached gateway, whatever the SDK's enumeration lists.
    // https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_InternetGatewayAttachment.html
    Attachments: [{ State: 'available', VpcId: vpcId }],
    Tags: [],
  });
  return InternetGatewayId;
}

export function natGateway(site: Site, subnetId: string): string {
  const { account, random } = site;
  const vpcId = account.ec2.subnets.find(({ SubnetId }) => SubnetId === subnetId)?.VpcId;
  const NatGatewayId = `nat-0${random.hex(16)}`;
  const PublicIp = `54.85.${Math.floor(random.between(1, 254))}.${Math.floor(random.between(1, 254))}`;
  const link = networkInterface(site, subnetId, {
    Description: `Interface for NAT Gateway ${NatGatewayId}`,
    InterfaceType: 'nat_gateway',
  });
  const AllocationId = random.id('eipalloc');
  const AssociationId = random.id('eipassoc');
  link.Association = { AllocationId, AssociationId, PublicIp, IpOwnerId: account.id };
  account.ec2.addresses.push({
    PublicIp,
    AllocationId,
    AssociationId,
    Domain: 'vpc',
    NetworkBorderGroup: account.region,
    PublicIpv4Pool: 'amazon',
    NetworkInterfaceId: link.NetworkInterfaceId,
    NetworkInterfaceOwnerId: account.id,
    PrivateIpAddress: link.PrivateIpAddress,
    Tags: [],
  });
  account.ec2.natGateways.push({
    NatGatewayId,
    SubnetId: subnetId,
    VpcId: vpcId,
    ConnectivityType: 'public',
    State: 'available',
    CreateTime: minutesAgo(site, 90 * DAY),
    NatGatewayAddresses: [
      {
        AllocationId,
        AssociationId,
        NetworkInterfaceId: link.NetworkInterfaceId,
        PrivateIp: link.PrivateIpAddress,
        PublicIp,
        IsPrimary: true,
        Status: 'succeeded',
      },
    ],
    Tags: [],
  });
  return NatGatewayId;
}
