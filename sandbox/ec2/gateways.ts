import type { Account } from '../account.ts';
import type { Collection } from './collections.ts';

const tags = { 'tag-key': 'Tags.Key' };

/** GetManagedPrefixListEntries and DescribePrefixLists show the same lists in different shapes. */
const prefixLists = ({ ec2 }: Account) =>
  ec2.prefixLists.map(({ PrefixListId, PrefixListName, cidrs }) => ({ PrefixListId, PrefixListName, Cidrs: cidrs }));

/** As `COLLECTIONS`: gateways, endpoints, and what AWS itself has to offer. */
export const GATEWAY_COLLECTIONS: Readonly<Record<string, Collection>> = {
  DescribeNatGateways: {
    items: ({ ec2 }) => ec2.natGateways,
    ids: ['NatGatewayIds', 'NatGatewayId'],
    prefix: 'nat',
    notFound: (id) => ['NatGatewayNotFound', `The Nat Gateway ${id} was not found`],
    malformed: 'NatGatewayMalformed',
    result: 'NatGateways',
    filters: {
      ...tags,
      'nat-gateway-id': 'NatGatewayId',
      state: 'State',
      'subnet-id': 'SubnetId',
      'vpc-id': 'VpcId',
    },
  },
  DescribeAddresses: {
    items: ({ ec2 }) => ec2.addresses,
    ids: ['AllocationIds', 'AllocationId'],
    prefix: 'eipalloc',
    notFound: (id) => ['InvalidAllocationID.NotFound', `The allocation ID '${id}' does not exist`],
    malformed: 'InvalidAllocationID.Malformed',
    result: 'Addresses',
    filters: {
      ...tags,
      'allocation-id': 'AllocationId',
      'association-id': 'AssociationId',
      domain: 'Domain',
      'network-border-group': 'NetworkBorderGroup',
      'network-interface-id': 'NetworkInterfaceId',
      'network-interface-owner-id': 'NetworkInterfaceOwnerId',
      'private-ip-address': 'PrivateIpAddress',
      'public-ip': 'PublicIp',
    },
  },
  DescribeInternetGateways: {
    items: ({ ec2 }) => ec2.internetGateways,
    ids: ['InternetGatewayIds', 'InternetGatewayId'],
    prefix: 'igw',
    notFound: (id) => ['InvalidInternetGatewayID.NotFound', `The internetGateway ID '${id}' does not exist`],
    malformed: 'InvalidInternetGatewayId.Malformed',
    result: 'InternetGateways',
    filters: {
      ...tags,
      'attachment.state': 'Attachments.State',
      'attachment.vpc-id': 'Attachments.VpcId',
      'internet-gateway-id': 'InternetGatewayId',
      'owner-id': 'OwnerId',
    },
  },
  DescribeEgressOnlyInternetGateways: {
    items: ({ ec2 }) => ec2.egressOnlyInternetGateways,
    ids: ['EgressOnlyInternetGatewayIds', 'EgressOnlyInternetGatewayId'],
    prefix: 'eigw',
    notFound: (id) => ['InvalidGatewayID.NotFound', `The eigw ID '${id}' does not exist`],
    malformed: 'InvalidEgressOnlyInternetGatewayId.Malformed',
    result: 'EgressOnlyInternetGateways',
    filters: tags,
  },
  DescribeVpcEndpoints: {
    items: ({ ec2 }) => ec2.vpcEndpoints,
    ids: ['VpcEndpointIds', 'VpcEndpointId'],
    prefix: 'vpce',
    notFound: (id) => ['InvalidVpcEndpointId.NotFound', `The Vpc Endpoint Id '${id}' does not exist`],
    malformed: 'InvalidVpcEndpointId.Malformed',
    result: 'VpcEndpoints',
    pageSize: [5, 1000],
    filters: {
      ...tags,
      'ip-address-type': 'IpAddressType',
      'service-name': 'ServiceName',
      'service-region': 'ServiceRegion',
      'vpc-id': 'VpcId',
      'vpc-endpoint-id': 'VpcEndpointId',
      'vpc-endpoint-state': 'State',
      'vpc-endpoint-type': 'VpcEndpointType',
    },
  },
  DescribeVpcEndpointServices: {
    items: ({ ec2 }) => ec2.endpointServices,
    ids: ['ServiceNames', 'ServiceName'],
    notFound: (id) => ['InvalidServiceName', `The Vpc Endpoint Service '${id}' does not exist`],
    result: 'ServiceDetails',
    pageSize: [5, 1000],
    filters: {
      ...tags,
      owner: 'Owner',
      'service-name': 'ServiceName',
      'service-region': 'ServiceRegion',
      'service-type': 'ServiceType.ServiceType',
      'supported-ip-address-types': 'SupportedIpAddressTypes',
    },
  },
  DescribePrefixLists: {
    items: prefixLists,
    ids: ['PrefixListIds', 'PrefixListId'],
    prefix: 'pl',
    notFound: (id) => ['InvalidPrefixListId.NotFound', `The prefix list ID '${id}' does not exist`],
    malformed: 'InvalidPrefixListId.Malformed',
    result: 'PrefixLists',
    pageSize: [5, 1000],
    filters: { 'prefix-list-id': 'PrefixListId', 'prefix-list-name': 'PrefixListName' },
  },
  DescribeVpcBlockPublicAccessExclusions: {
    items: ({ ec2 }) => ec2.blockPublicAccessExclusions,
    ids: ['ExclusionIds', 'ExclusionId'],
    prefix: 'vpcbpa-exclude',
    notFound: (id) => ['InvalidVpcBlockPublicAccessExclusionId.NotFound', `The exclusion ID '${id}' does not exist`],
    malformed: 'InvalidVpcBlockPublicAccessExclusionId.Malformed',
    result: 'VpcBlockPublicAccessExclusions',
    filters: {
      ...tags,
      'resource-arn': 'ResourceArn',
      'internet-gateway-exclusion-mode': 'InternetGatewayExclusionMode',
      state: 'State',
    },
  },
  DescribeAvailabilityZones: {
    items: ({ ec2 }) => ec2.availabilityZones,
    ids: ['ZoneNames', 'ZoneName'],
    notFound: (id) => ['InvalidParameterValue', `Invalid availability zone: [${id}]`],
    result: 'AvailabilityZones',
    filters: {
      'group-name': 'GroupName',
      'opt-in-status': 'OptInStatus',
      'region-name': 'RegionName',
      state: 'State',
      'zone-id': 'ZoneId',
      'zone-name': 'ZoneName',
      'zone-type': 'ZoneType',
    },
  },
};
