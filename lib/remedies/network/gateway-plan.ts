import type { EgressFacts } from '../../egress/facts.ts';
import type { Basis } from '../remedy.ts';
import { best, hindrances, PLANNED, type PublicSubnet } from './gateways.ts';
import { compare, type Table } from './lacks.ts';
import { DEFAULT_ROUTE, withRoutes } from './routes.ts';

/** Which NAT gateways are to be made, and which of them each table is led to, by index. */
export interface GatewayPlan {
  readonly subnets: readonly PublicSubnet[];
  readonly gatewayOf: ReadonlyMap<string, number>;
}

/** A table leads to one gateway, whatever zones its subnets are in: the first counts. */
const zoneOf = ({ zones }: Table) => zones[0] ?? '';

function zonesWanted(tables: readonly Table[], howMany: 'one' | 'one-per-zone'): string[] {
  const zones = [...new Set(tables.map(zoneOf))].sort();
  if (howMany === 'one-per-zone') return zones;
  const weight = (zone: string) =>
    tables.filter((table) => zoneOf(table) === zone).reduce((sum, { subnetIds }) => sum + subnetIds.length, 0);
  return zones.sort((a, b) => weight(b) - weight(a) || compare(a, b)).slice(0, 1);
}

/** Each gateway stands where most gets through it; a zone without a public subnet shares that of another. */
export function planGateways(basis: Basis, tables: readonly Table[], candidates: readonly PublicSubnet[]): GatewayPlan {
  const wanted = zonesWanted(tables, basis.profile.repair.natGateways);
  const choose = (among: readonly PublicSubnet[], zone: string) =>
    best(among, [zone], (subnet) => {
      const gatewayOf = new Map(tables.map(({ routeTableId }) => [routeTableId, 0]));
      return hindrances(basis, withGateways(basis.facts, { subnets: [subnet], gatewayOf }));
    });
  const inZones = wanted.flatMap((zone) => {
    const among = wanted.length > 1 ? candidates.filter((candidate) => candidate.zone === zone) : candidates;
    return choose(among, zone) ?? [];
  });
  const anywhere = choose(candidates, wanted[0] ?? '');
  const subnets = inZones.length > 0 ? inZones : anywhere ? [anywhere] : [];
  const gatewayOf = tables.map((table) => {
    const own = subnets.findIndex(({ zone }) => zone === zoneOf(table));
    return [table.routeTableId, Math.max(own, 0)] as const;
  });
  return { subnets, gatewayOf: new Map(gatewayOf) };
}

/** The network with these gateways, available, and with the default routes that lead to them. */
export function withGateways(facts: EgressFacts, { subnets, gatewayOf }: GatewayPlan): EgressFacts {
  const idOf = (index: number) => `${PLANNED}${index + 1}`;
  const vpcOf = (id: string) => facts.Subnets?.find(({ SubnetId }) => SubnetId === id)?.VpcId;
  const planned = subnets.map(({ subnetId }, index) => ({
    NatGatewayId: idOf(index),
    SubnetId: subnetId,
    VpcId: vpcOf(subnetId),
    State: 'available',
    ConnectivityType: 'public',
    AvailabilityMode: 'zonal',
    NatGatewayAddresses: [{ PublicIp: '192.0.2.1', Status: 'succeeded' }],
  }));
  const routes = [...gatewayOf].map(([routeTableId, index]) => ({
    routeTableId,
    destination: DEFAULT_ROUTE,
    natGatewayId: idOf(index),
  }));
  return withRoutes({ ...facts, NatGateways: [...(facts.NatGateways ?? []), ...planned] }, routes);
}
