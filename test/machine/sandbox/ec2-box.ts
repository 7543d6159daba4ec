import { DescribeNatGatewaysCommand, DescribeVpcEndpointsCommand } from '@aws-sdk/client-ec2';
import { expect } from 'vitest';
import { paths } from '../../../sandbox/network.ts';
import { sandboxOf } from './support.ts';

export const named = (name: string) => expect.objectContaining({ name });

export const MINUTE = 60_000;

/** By default a VPC with an internet gateway, two public subnets, and two private ones on the main table, which leads nowhere. */
export async function ec2Box(scenario = 'otp-egress', options: { speed?: number } = {}) {
  const made = await sandboxOf(scenario, options);
  const { account, clock } = made.sandbox;
  const connector = account.apprunner.connectors[0];
  const closed = connector?.Subnets ?? [];
  const open = account.ec2.subnets.flatMap(({ SubnetId = '' }) => (closed.includes(SubnetId) ? [] : [SubnetId]));
  const table = account.ec2.routeTables.find(({ Associations }) => Associations?.some(({ Main }) => Main));
  const gateway = async (id: string | undefined) =>
    (await made.ec2.send(new DescribeNatGatewaysCommand({ Filter: [{ Name: 'nat-gateway-id', Values: [id ?? ''] }] })))
      .NatGateways?.[0];
  const endpoint = async (id: string | undefined) =>
    (
      await made.ec2.send(
        new DescribeVpcEndpointsCommand({ Filters: [{ Name: 'vpc-endpoint-id', Values: [id ?? ''] }] }),
      )
    ).VpcEndpoints?.[0];
  return {
    ...made,
    account,
    closed,
    open,
    openSubnet: open[0] ?? '',
    closedSubnet: closed[0] ?? '',
    connectorGroup: connector?.SecurityGroups?.[0] ?? '',
    vpcId: account.ec2.vpcs[0]?.VpcId ?? '',
    tableId: table?.RouteTableId ?? '',
    gatewayId: account.ec2.internetGateways[0]?.InternetGatewayId ?? '',
    gateway,
    endpoint,
    pass: (minutes: number) => clock.sleep(minutes * MINUTE),
    reach: (host: string, port = 443) => paths(account, made.service, host, port),
    reaches: (host: string, port = 443) => paths(account, made.service, host, port).every(({ reached }) => reached),
  };
}

export type Ec2Box = Awaited<ReturnType<typeof ec2Box>>;
