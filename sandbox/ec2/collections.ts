import type { Account } from '../account.ts';
import type { Filters } from './filter.ts';
import { allRules } from './rules.ts';

/** One Describe call that lists things: where they are, how they are named, what they can be filtered by. */
export interface Collection {
  readonly items: (account: Account) => readonly object[];
  /** Member of the request that names some of them, and the member of the entity it stands for. */
  readonly ids?: readonly [request: string, entity: string];
  readonly prefix?: string;
  readonly notFound?: (id: string) => readonly [code: string, message: string];
  readonly malformed?: string;
  /** Member of the answer. */
  readonly result: string;
  readonly filters: Filters;
  /** What MaxResults may be, where the model does not say. */
  readonly pageSize?: readonly [least: number, most: number];
}

const permission = (name: string, member: string): Filters => ({
  [`${name}cidr`]: `${member}.IpRanges.CidrIp`,
  [`${name}ipv6-cidr`]: `${member}.Ipv6Ranges.CidrIpv6`,
  [`${name}from-port`]: `${member}.FromPort`,
  [`${name}to-port`]: `${member}.ToPort`,
  [`${name}protocol`]: `${member}.IpProtocol`,
  [`${name}group-id`]: `${member}.UserIdGroupPairs.GroupId`,
  [`${name}prefix-list-id`]: `${member}.PrefixListIds.PrefixListId`,
});

const tags: Filters = { 'tag-key': 'Tags.Key' };
const missing = (code: string, what: string) => (id: string) => [code, `The ${what} '${id}' does not exist`] as const;

/** Names of filters: the reference page of each action, https://docs.aws.amazon.com/AWSEC2/latest/APIReference/ */
export const COLLECTIONS: Readonly<Record<string, Collection>> = {
  DescribeVpcs: {
    items: ({ ec2 }) => ec2.vpcs,
    ids: ['VpcIds', 'VpcId'],
    prefix: 'vpc',
    notFound: missing('InvalidVpcID.NotFound', 'vpc ID'),
    malformed: 'InvalidVpcId.Malformed',
    result: 'Vpcs',
    filters: {
      ...tags,
      cidr: 'CidrBlock',
      'cidr-block-association.cidr-block': 'CidrBlockAssociationSet.CidrBlock',
      'cidr-block-association.association-id': 'CidrBlockAssociationSet.AssociationId',
      'cidr-block-association.state': 'CidrBlockAssociationSet.CidrBlockState.State',
      'dhcp-options-id': 'DhcpOptionsId',
      'is-default': 'IsDefault',
      'owner-id': 'OwnerId',
      state: 'State',
      'vpc-id': 'VpcId',
    },
  },
  DescribeSubnets: {
    items: ({ ec2 }) => ec2.subnets,
    ids: ['SubnetIds', 'SubnetId'],
    prefix: 'subnet',
    notFound: missing('InvalidSubnetID.NotFound', 'subnet ID'),
    malformed: 'InvalidSubnetId.Malformed',
    result: 'Subnets',
    filters: {
      ...tags,
      'availability-zone': 'AvailabilityZone',
      availabilityZone: 'AvailabilityZone',
      'availability-zone-id': 'AvailabilityZoneId',
      availabilityZoneId: 'AvailabilityZoneId',
      'available-ip-address-count': 'AvailableIpAddressCount',
      'cidr-block': 'CidrBlock',
      cidr: 'CidrBlock',
      cidrBlock: 'CidrBlock',
      'default-for-az': 'DefaultForAz',
      defaultForAz: 'DefaultForAz',
      'ipv6-cidr-block-association.ipv6-cidr-block': 'Ipv6CidrBlockAssociationSet.Ipv6CidrBlock',
      'map-public-ip-on-launch': 'MapPublicIpOnLaunch',
      'owner-id': 'OwnerId',
      state: 'State',
      'subnet-arn': 'SubnetArn',
      'subnet-id': 'SubnetId',
      'vpc-id': 'VpcId',
    },
  },
  DescribeRouteTables: {
    items: ({ ec2 }) => ec2.routeTables,
    ids: ['RouteTableIds', 'RouteTableId'],
    prefix: 'rtb',
    notFound: missing('InvalidRouteTableID.NotFound', 'routeTable ID'),
    malformed: 'InvalidRouteTableId.Malformed',
    result: 'RouteTables',
    filters: {
      ...tags,
      'association.gateway-id': 'Associations.GatewayId',
      'association.route-table-association-id': 'Associations.RouteTableAssociationId',
      'association.route-table-id': 'Associations.RouteTableId',
      // Implicit associations have no SubnetId: a subnet that uses the main table finds nothing by this.
      'association.subnet-id': 'Associations.SubnetId',
      'association.main': 'Associations.Main',
      'owner-id': 'OwnerId',
      'route-table-id': 'RouteTableId',
      'route.destination-cidr-block': 'Routes.DestinationCidrBlock',
      'route.destination-ipv6-cidr-block': 'Routes.DestinationIpv6CidrBlock',
      'route.destination-prefix-list-id': 'Routes.DestinationPrefixListId',
      'route.egress-only-internet-gateway-id': 'Routes.EgressOnlyInternetGatewayId',
      'route.gateway-id': 'Routes.GatewayId',
      'route.instance-id': 'Routes.InstanceId',
      'route.nat-gateway-id': 'Routes.NatGatewayId',
      'route.transit-gateway-id': 'Routes.TransitGatewayId',
      'route.origin': 'Routes.Origin',
      'route.state': 'Routes.State',
      'route.vpc-peering-connection-id': 'Routes.VpcPeeringConnectionId',
      'vpc-id': 'VpcId',
    },
  },
  DescribeSecurityGroups: {
    items: ({ ec2 }) => ec2.securityGroups,
    ids: ['GroupIds', 'GroupId'],
    prefix: 'sg',
    notFound: missing('InvalidGroup.NotFound', 'security group'),
    malformed: 'InvalidGroupId.Malformed',
    result: 'SecurityGroups',
    pageSize: [5, 1000],
    filters: {
      ...tags,
      ...permission('ip-permission.', 'IpPermissions'),
      ...permission('egress.ip-permission.', 'IpPermissionsEgress'),
      description: 'Description',
      'group-id': 'GroupId',
      'group-name': 'GroupName',
      'owner-id': 'OwnerId',
      'vpc-id': 'VpcId',
    },
  },
  DescribeSecurityGroupRules: {
    items: allRules,
    ids: ['SecurityGroupRuleIds', 'SecurityGroupRuleId'],
    prefix: 'sgr',
    notFound: missing('InvalidSecurityGroupRuleId.NotFound', 'security group rule ID'),
    malformed: 'InvalidSecurityGroupRuleId.Malformed',
    result: 'SecurityGroupRules',
    pageSize: [5, 1000],
    filters: { ...tags, 'group-id': 'GroupId', 'security-group-rule-id': 'SecurityGroupRuleId' },
  },
  DescribeNetworkAcls: {
    items: ({ ec2 }) => ec2.networkAcls,
    ids: ['NetworkAclIds', 'NetworkAclId'],
    prefix: 'acl',
    notFound: missing('InvalidNetworkAclID.NotFound', 'networkAcl ID'),
    malformed: 'InvalidNetworkAclId.Malformed',
    result: 'NetworkAcls',
    filters: {
      ...tags,
      'association.association-id': 'Associations.NetworkAclAssociationId',
      'association.network-acl-id': 'Associations.NetworkAclId',
      'association.subnet-id': 'Associations.SubnetId',
      default: 'IsDefault',
      'entry.cidr': 'Entries.CidrBlock',
      'entry.ipv6-cidr': 'Entries.Ipv6CidrBlock',
      'entry.port-range.from': 'Entries.PortRange.From',
      'entry.port-range.to': 'Entries.PortRange.To',
      'entry.protocol': 'Entries.Protocol',
      'entry.rule-action': 'Entries.RuleAction',
      'entry.egress': 'Entries.Egress',
      'entry.rule-number': 'Entries.RuleNumber',
      'network-acl-id': 'NetworkAclId',
      'owner-id': 'OwnerId',
      'vpc-id': 'VpcId',
    },
  },
  DescribeNetworkInterfaces: {
    items: ({ ec2 }) => ec2.networkInterfaces,
    ids: ['NetworkInterfaceIds', 'NetworkInterfaceId'],
    prefix: 'eni',
    notFound: missing('InvalidNetworkInterfaceID.NotFound', 'networkInterface ID'),
    malformed: 'InvalidNetworkInterfaceId.Malformed',
    result: 'NetworkInterfaces',
    filters: {
      'tag-key': 'TagSet.Key',
      'addresses.private-ip-address': 'PrivateIpAddresses.PrivateIpAddress',
      'addresses.primary': 'PrivateIpAddresses.Primary',
      'association.allocation-id': 'Association.AllocationId',
      'association.association-id': 'Association.AssociationId',
      'association.ip-owner-id': 'Association.IpOwnerId',
      'association.public-ip': 'Association.PublicIp',
      'availability-zone': 'AvailabilityZone',
      description: 'Description',
      'group-id': 'Groups.GroupId',
      'group-name': 'Groups.GroupName',
      'interface-type': 'InterfaceType',
      'network-interface-id': 'NetworkInterfaceId',
      'owner-id': 'OwnerId',
      'private-ip-address': 'PrivateIpAddress',
      'requester-managed': 'RequesterManaged',
      'source-dest-check': 'SourceDestCheck',
      status: 'Status',
      'subnet-id': 'SubnetId',
      'vpc-id': 'VpcId',
    },
  },
};
