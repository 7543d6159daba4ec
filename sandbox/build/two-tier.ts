import {
  availabilityZones,
  internetGateway,
  type NewVpc,
  natGateway,
  route,
  routeTable,
  subnet,
  vpc,
} from './network.ts';
import type { Site } from './site.ts';

export interface Network extends NewVpc {
  readonly cidr: string;
  readonly gatewayId: string;
  readonly publicSubnets: readonly [string, ...string[]];
  readonly privateSubnets: readonly [string, ...string[]];
  /** The tables private subnets use: one for each, or the main one for all. */
  readonly privateTables: readonly [string, ...string[]];
  /** In the first public subnet. */
  readonly natId?: string;
}

export interface NetworkOptions {
  readonly name: string;
  /** The first two numbers of every address. */
  readonly prefix: string;
  readonly zones: 2 | 3;
  /** Private subnets reach the internet through a NAT gateway. */
  readonly nat?: boolean;
  /** Private subnets have a route table each; without, they use the main one. */
  readonly ownTables?: boolean;
}

const ZONES = ['a', 'b', 'c'] as const;

/** The VPC most teams have: public subnets with a route to the internet gateway, and private ones without. */
export function twoTierNetwork(site: Site, { name, prefix, zones, nat, ownTables }: NetworkOptions): Network {
  availabilityZones(site, ZONES.join(''));
  const cidr = `${prefix}.0.0/16`;
  const home = vpc(site, { cidr, name });
  const tier = (label: string, first: number) =>
    ZONES.slice(0, zones).map((letter, zone) =>
      subnet(site, home, { cidr: `${prefix}.${first + zone}.0/24`, zone, name: `${name}-${label}-${letter}` }),
    ) as [string, ...string[]];
  const publicSubnets = tier('public', 0);
  const privateSubnets = tier('private', 10);
  const GatewayId = internetGateway(site, home.vpcId);
  routeTable(site, home.vpcId, { cidr, subnets: publicSubnets, routes: [route('0.0.0.0/0', { GatewayId })] });
  const privateTables: [string, ...string[]] = ownTables
    ? (privateSubnets.map((id) => routeTable(site, home.vpcId, { cidr, subnets: [id] })) as [string, ...string[]])
    : [home.mainTableId];
  const natId = nat ? natGateway(site, publicSubnets[0]) : undefined;
  if (natId) for (const id of privateTables) addRoute(site, id, route('0.0.0.0/0', { NatGatewayId: natId }));
  return { ...home, cidr, gatewayId: GatewayId, publicSubnets, privateSubnets, privateTables, natId };
}

export function addRoute({ account }: Site, tableId: string, added: ReturnType<typeof route>): void {
  account.ec2.routeTables.find(({ RouteTableId }) => RouteTableId === tableId)?.Routes?.push(added);
}

/** Changes what the default route of a table leads to. */
export function leadDefaultRoute({ account }: Site, tableId: string, target: Partial<ReturnType<typeof route>>): void {
  const table = account.ec2.routeTables.find(({ RouteTableId }) => RouteTableId === tableId);
  if (!table) throw new Error(`no route table is called ${tableId}`);
  table.Routes = [
    ...(table.Routes ?? []).filter(({ DestinationCidrBlock }) => DestinationCidrBlock !== '0.0.0.0/0'),
    route('0.0.0.0/0', target),
  ];
}
