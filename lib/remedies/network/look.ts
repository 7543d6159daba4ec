import {
  type Address,
  DescribeAddressesCommand,
  DescribeNatGatewaysCommand,
  DescribeRouteTablesCommand,
  type EC2Client,
  type Filter,
  type NatGateway,
  type RouteTable,
} from '@aws-sdk/client-ec2';
import { codeOf } from '../changes/refusal.ts';

export interface Ec2 {
  readonly send: EC2Client['send'];
}

/** What is gone is an answer, no error. */
async function orNone<T>(code: string, call: () => Promise<T[]>): Promise<T[]> {
  try {
    return await call();
  } catch (error) {
    if (codeOf(error) === code) return [];
    throw error;
  }
}

export async function routeTableById(ec2: Ec2, id: string): Promise<RouteTable | undefined> {
  const [table] = await orNone('InvalidRouteTableID.NotFound', async () => {
    const { RouteTables = [] } = await ec2.send(new DescribeRouteTablesCommand({ RouteTableIds: [id] }));
    return RouteTables;
  });
  return table;
}

/** The routes that lead to this NAT gateway; `destination` is a block or a prefix list. */
export async function routesLeadingTo(
  ec2: Ec2,
  natGatewayId: string,
): Promise<{ routeTableId: string; destination: string }[]> {
  const Filters = [{ Name: 'route.nat-gateway-id', Values: [natGatewayId] }];
  const { RouteTables = [] } = await ec2.send(new DescribeRouteTablesCommand({ Filters }));
  return RouteTables.flatMap(({ RouteTableId: routeTableId = '', Routes = [] }) =>
    Routes.filter(({ NatGatewayId }) => NatGatewayId === natGatewayId).map((route) => ({
      routeTableId,
      destination: route.DestinationCidrBlock ?? route.DestinationIpv6CidrBlock ?? route.DestinationPrefixListId ?? '',
    })),
  );
}

export async function natGatewayById(ec2: Ec2, id: string): Promise<NatGateway | undefined> {
  const [gateway] = await orNone('NatGatewayNotFound', async () => {
    const { NatGateways = [] } = await ec2.send(new DescribeNatGatewaysCommand({ NatGatewayIds: [id] }));
    return NatGateways;
  });
  return gateway;
}

export async function natGatewaysWhere(ec2: Ec2, filters: Filter[]): Promise<NatGateway[]> {
  const { NatGateways = [] } = await ec2.send(new DescribeNatGatewaysCommand({ Filter: filters }));
  return NatGateways;
}

export async function addressById(ec2: Ec2, id: string): Promise<Address | undefined> {
  const [address] = await orNone('InvalidAllocationID.NotFound', async () => {
    const { Addresses = [] } = await ec2.send(new DescribeAddressesCommand({ AllocationIds: [id] }));
    return Addresses;
  });
  return address;
}

export async function addressesWhere(ec2: Ec2, filters: Filter[]): Promise<Address[]> {
  const { Addresses = [] } = await ec2.send(new DescribeAddressesCommand({ Filters: filters }));
  return Addresses;
}
