import {
  DescribeAvailabilityZonesCommand,
  DescribeInternetGatewaysCommand,
  DescribeNatGatewaysCommand,
  DescribeNetworkAclsCommand,
  DescribeNetworkInterfacesCommand,
  DescribePrefixListsCommand,
  DescribeRouteTablesCommand,
  DescribeSecurityGroupsCommand,
  DescribeSubnetsCommand,
  DescribeVpcAttributeCommand,
  DescribeVpcBlockPublicAccessOptionsCommand,
  DescribeVpcEndpointServicesCommand,
  DescribeVpcEndpointsCommand,
  DescribeVpcsCommand,
  GetManagedPrefixListEntriesCommand,
} from '@aws-sdk/client-ec2';
import { describe, expect, it } from 'vitest';
import { gatewayEndpoint } from '../../../sandbox/build/endpoints.ts';
import { natGateway } from '../../../sandbox/build/network.ts';
import { Random } from '../../../sandbox/random.ts';
import { sandboxOf } from './support.ts';

const named = (name: string) => expect.objectContaining({ name });

async function box() {
  const made = await sandboxOf('otp-egress', { speed: 1 });
  const { account } = made.sandbox;
  const site = { account, random: new Random(3), now: new Date('2026-01-01T00:00:00Z') };
  const connector = account.apprunner.connectors[0];
  return {
    ...made,
    account,
    site,
    connector,
    vpcId: account.ec2.vpcs[0]?.VpcId ?? '',
    subnetId: connector?.Subnets?.[0] ?? '',
  };
}

describe('EC2 through the real client', () => {
  it('finds no route table for a subnet that uses the main one, and the main one by its filter', async () => {
    const { ec2, vpcId, subnetId } = await box();
    const tables = (...Filters: { Name: string; Values: string[] }[]) =>
      ec2.send(new DescribeRouteTablesCommand({ Filters }));
    expect((await tables({ Name: 'association.subnet-id', Values: [subnetId] })).RouteTables).toEqual([]);
    const main = await tables({ Name: 'vpc-id', Values: [vpcId] }, { Name: 'association.main', Values: ['true'] });
    expect(main.RouteTables).toMatchObject([
      { Routes: [{ DestinationCidrBlock: '10.0.0.0/16', GatewayId: 'local', State: 'active' }] },
    ]);
  });

  it('shows subnets, groups, ACLs and interfaces of the connector', async () => {
    const { ec2, connector, vpcId, subnetId } = await box();
    const { Subnets } = await ec2.send(new DescribeSubnetsCommand({ SubnetIds: connector?.Subnets }));
    expect(Subnets).toMatchObject([
      {
        CidrBlock: '10.0.10.0/24',
        VpcId: vpcId,
        MapPublicIpOnLaunch: false,
        BlockPublicAccessStates: { InternetGatewayBlockMode: 'off' },
      },
      { CidrBlock: '10.0.11.0/24', AvailabilityZone: 'us-east-1b', AvailabilityZoneId: 'use1-az2' },
    ]);
    const { SecurityGroups } = await ec2.send(
      new DescribeSecurityGroupsCommand({ GroupIds: connector?.SecurityGroups }),
    );
    expect(SecurityGroups).toMatchObject([
      { IpPermissions: [], IpPermissionsEgress: [{ IpProtocol: '-1', IpRanges: [{ CidrIp: '0.0.0.0/0' }] }] },
    ]);
    const { NetworkAcls } = await ec2.send(
      new DescribeNetworkAclsCommand({ Filters: [{ Name: 'association.subnet-id', Values: [subnetId] }] }),
    );
    expect(NetworkAcls?.[0]?.Entries).toContainEqual({
      CidrBlock: '0.0.0.0/0',
      Egress: true,
      Protocol: '-1',
      RuleAction: 'deny',
      RuleNumber: 32767,
    });
    const { NetworkInterfaces } = await ec2.send(
      new DescribeNetworkInterfacesCommand({ Filters: [{ Name: 'tag-key', Values: ['AWSAppRunnerManaged'] }] }),
    );
    expect(NetworkInterfaces).toHaveLength(2);
    expect(NetworkInterfaces?.[0]).toMatchObject({ InterfaceType: 'fargate', SubnetId: subnetId, Status: 'in-use' });
    expect(NetworkInterfaces?.[0]).not.toHaveProperty('Association');
  });

  it('reports states as the API does, not as the SDK lists them', async () => {
    const { ec2, account, site, vpcId } = await box();
    const { InternetGateways } = await ec2.send(
      new DescribeInternetGatewaysCommand({ Filters: [{ Name: 'attachment.vpc-id', Values: [vpcId] }] }),
    );
    expect(InternetGateways?.[0]?.Attachments).toEqual([{ State: 'available', VpcId: vpcId }]);
    gatewayEndpoint(site, { vpcId, service: 's3', routeTableIds: [account.ec2.routeTables[0]?.RouteTableId ?? ''] });
    const { VpcEndpoints } = await ec2.send(
      new DescribeVpcEndpointsCommand({ Filters: [{ Name: 'vpc-endpoint-state', Values: ['available'] }] }),
    );
    expect(VpcEndpoints).toMatchObject([
      { State: 'available', VpcEndpointType: 'Gateway', CreationTimestamp: expect.any(Date) },
    ]);
    natGateway(site, account.ec2.subnets[0]?.SubnetId ?? '');
    const { NatGateways } = await ec2.send(
      new DescribeNatGatewaysCommand({ Filter: [{ Name: 'vpc-id', Values: [vpcId] }] }),
    );
    expect(NatGateways).toMatchObject([
      { State: 'available', ConnectivityType: 'public', NatGatewayAddresses: [{ Status: 'succeeded' }] },
    ]);
  });

  it('answers one VPC attribute per call', async () => {
    const { ec2, vpcId } = await box();
    const answer = await ec2.send(new DescribeVpcAttributeCommand({ VpcId: vpcId, Attribute: 'enableDnsSupport' }));
    expect(answer).toMatchObject({ VpcId: vpcId, EnableDnsSupport: { Value: true } });
    expect(answer).not.toHaveProperty('EnableDnsHostnames.Value');
  });

  it('offers S3 twice under one name, and email-smtp once', async () => {
    const { ec2 } = await box();
    const services = async (...names: string[]) =>
      ec2.send(
        new DescribeVpcEndpointServicesCommand({
          ServiceNames: names.map((name) => `com.amazonaws.us-east-1.${name}`),
        }),
      );
    const s3 = await services('s3');
    expect(s3.ServiceNames).toEqual(['com.amazonaws.us-east-1.s3']);
    expect(s3.ServiceDetails?.map(({ ServiceType }) => ServiceType?.[0]?.ServiceType)).toEqual([
      'Gateway',
      'Interface',
    ]);
    expect((await services('email-smtp')).ServiceDetails).toHaveLength(1);
    await expect(services('email')).rejects.toThrow(named('InvalidServiceName'));
  });

  it('lists the entries of a prefix list page by page', async () => {
    const { ec2 } = await box();
    const { PrefixLists } = await ec2.send(
      new DescribePrefixListsCommand({ Filters: [{ Name: 'prefix-list-name', Values: ['*.s3'] }] }),
    );
    const [list, ...more] = PrefixLists ?? [];
    expect(more).toEqual([]);
    const PrefixListId = list?.PrefixListId;
    const first = await ec2.send(new GetManagedPrefixListEntriesCommand({ PrefixListId, MaxResults: 1 }));
    const second = await ec2.send(
      new GetManagedPrefixListEntriesCommand({ PrefixListId, MaxResults: 1, NextToken: first.NextToken }),
    );
    expect([first, second].flatMap(({ Entries = [] }) => Entries.map(({ Cidr }) => Cidr))).toEqual(list?.Cidrs);
  });

  it('shows zones, and where public access stands', async () => {
    const { ec2, account } = await box();
    const { AvailabilityZones } = await ec2.send(new DescribeAvailabilityZonesCommand({}));
    expect(AvailabilityZones?.map(({ ZoneName }) => ZoneName)).toEqual(['us-east-1a', 'us-east-1b', 'us-east-1c']);
    account.ec2.blockPublicAccess.InternetGatewayBlockMode = 'block-bidirectional';
    const { VpcBlockPublicAccessOptions } = await ec2.send(new DescribeVpcBlockPublicAccessOptionsCommand({}));
    expect(VpcBlockPublicAccessOptions).toMatchObject({ InternetGatewayBlockMode: 'block-bidirectional' });
    const { Vpcs } = await ec2.send(new DescribeVpcsCommand({}));
    expect(Vpcs).toMatchObject([{ BlockPublicAccessStates: { InternetGatewayBlockMode: 'block-bidirectional' } }]);
  });

  it('pages, and refuses a token of another question', async () => {
    const { ec2, account, site } = await box();
    for (let count = 0; count < 4; count++)
      account.ec2.subnets.push({ ...account.ec2.subnets[0], SubnetId: site.random.id('subnet') });
    const first = await ec2.send(new DescribeSubnetsCommand({ MaxResults: 5 }));
    const second = await ec2.send(new DescribeSubnetsCommand({ MaxResults: 5, NextToken: first.NextToken }));
    expect([first.Subnets?.length, second.Subnets?.length, second.NextToken]).toEqual([5, 3, undefined]);
    const other = { MaxResults: 5, NextToken: first.NextToken, Filters: [{ Name: 'state', Values: ['available'] }] };
    await expect(ec2.send(new DescribeSubnetsCommand(other))).rejects.toThrow(named('InvalidNextToken'));
  });

  it('refuses what EC2 refuses', async () => {
    const { ec2, subnetId } = await box();
    const subnets = (input: object) => ec2.send(new DescribeSubnetsCommand(input));
    await expect(subnets({ SubnetIds: ['subnet-00000000000000000'] })).rejects.toThrow(
      named('InvalidSubnetID.NotFound'),
    );
    await expect(subnets({ SubnetIds: ['subnet-x'] })).rejects.toThrow(named('InvalidSubnetId.Malformed'));
    await expect(subnets({ MaxResults: 4 })).rejects.toThrow(named('InvalidParameterValue'));
    await expect(subnets({ MaxResults: 5, SubnetIds: [subnetId] })).rejects.toThrow(
      named('InvalidParameterCombination'),
    );
    await expect(subnets({ Filters: [{ Name: 'colour', Values: ['red'] }] })).rejects.toThrow(
      named('InvalidParameterValue'),
    );
    await expect(
      ec2.send(new DescribeVpcAttributeCommand({ VpcId: 'vpc-00000000', Attribute: 'enableDnsSupport' })),
    ).rejects.toThrow(named('InvalidVpcID.NotFound'));
  });
});
