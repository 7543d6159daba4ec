import { publicAccess } from '../../egress/checks.ts';
import type { EgressFacts } from '../../egress/facts.ts';
import { judgeEgress } from '../../egress/judge.ts';
import { lower, type NatGateway, type SubnetInfo, type World } from '../../egress/world.ts';
import type { Basis } from '../remedy.ts';
import { compare } from './lacks.ts';

/** NAT gateways that a plan is about to make are called so: nothing may be built on them yet. */
export const PLANNED = 'nat-planned-';

/** A subnet whose default route leads to an attached internet gateway. */
export interface PublicSubnet {
  readonly subnetId: string;
  readonly zone: string | undefined;
  readonly routeTableId: string;
  readonly internetGatewayId: string;
  /** Undefined: not seen. */
  readonly freeAddresses: number | undefined;
  /** Why nothing gets out all the same. */
  readonly blocked: string | undefined;
}

function defaultRouteOf(world: World, subnet: SubnetInfo) {
  const table = world.tableOf(subnet);
  if (typeof table === 'string') return undefined;
  const route = table.entries.find(({ family, bits }) => family === 4 && bits === 0)?.route;
  return route && { tableId: table.id, route };
}

function asPublic(world: World, subnet: SubnetInfo): PublicSubnet | undefined {
  const found = defaultRouteOf(world, subnet);
  if (found?.route.kind !== 'internet-gateway' || found.route.state !== 'active') return undefined;
  const { id: internetGatewayId } = found.route;
  if (world.attachment('InternetGateways', internetGatewayId, subnet.vpcId) !== 'attached') return undefined;
  const raw = world.facts.Subnets?.find(({ SubnetId }) => SubnetId === subnet.id);
  const [block] = publicAccess(world, subnet.vpcId, subnet, true);
  return {
    subnetId: subnet.id,
    zone: subnet.zone,
    routeTableId: found.tableId,
    internetGatewayId,
    freeAddresses: raw?.AvailableIpAddressCount,
    blocked: block?.because,
  };
}

/** Where a NAT gateway has its way out, by id: never a subnet whose own default route would lead to it, in a circle. */
export const publicSubnets = (world: World, vpcId: string): PublicSubnet[] =>
  (world.subnetsOfVpc.get(vpcId) ?? [])
    .filter(({ v4 }) => v4.length > 0)
    .flatMap((subnet) => asPublic(world, subnet) ?? [])
    .sort((a, b) => compare(a.subnetId, b.subnetId));

export interface HealthyNat {
  readonly natGatewayId: string;
  /** Undefined: a regional one, in every zone. */
  readonly zone: string | undefined;
}

const hasPublicAddress = ({ NatGatewayAddresses = [] }: NatGateway) =>
  NatGatewayAddresses.some(
    ({ PublicIp, Status }) => PublicIp && (Status === undefined || lower(Status) === 'succeeded'),
  );

/** It leads to other networks, not to the internet. */
export const isPrivateNat = (world: World, id: string): boolean =>
  lower(world.natGateways?.get(id)?.ConnectivityType) === 'private';

/** Public NAT gateways of the VPC that are available and have a way to the internet themselves, by id. */
export function healthyNats(world: World, vpcId: string): HealthyNat[] {
  const open = publicSubnets(world, vpcId).filter(({ blocked }) => !blocked);
  return [...(world.natGateways?.values() ?? [])]
    .flatMap((nat): HealthyNat[] => {
      const { NatGatewayId: natGatewayId, SubnetId, ConnectivityType, State, VpcId } = nat;
      if (!natGatewayId || natGatewayId.startsWith(PLANNED) || VpcId !== vpcId || lower(State) !== 'available')
        return [];
      if (lower(ConnectivityType ?? 'public') !== 'public') return [];
      if (lower(nat.AvailabilityMode) === 'regional') {
        const leaves = world.anyInternetGateway(vpcId) && publicAccess(world, vpcId, undefined, true).length === 0;
        return leaves ? [{ natGatewayId, zone: undefined }] : [];
      }
      const subnet = open.find(({ subnetId }) => subnetId === SubnetId);
      return subnet && hasPublicAddress(nat) ? [{ natGatewayId, zone: subnet.zone }] : [];
    })
    .sort((a, b) => compare(a.natGatewayId, b.natGatewayId));
}

/** From how many subnets something is out of reach: rules and ACLs on the way count too. */
export function hindrances({ connector, dependencies }: Basis, facts: EgressFacts): number {
  if (!connector) return 0;
  const results = judgeEgress(facts, connector, dependencies);
  return results.flatMap(({ subnets }) => subnets).filter(({ status }) => status !== 'ok').length;
}

/** The candidate with which least is out of reach, then the one in one of these zones, then the first. */
export function best<T extends { readonly zone: string | undefined }>(
  candidates: readonly T[],
  zones: readonly string[],
  hindrancesWith: (candidate: T) => number,
): T | undefined {
  const rank = ({ zone }: T) => (zone === undefined || zones.includes(zone) ? 0 : 1);
  return candidates
    .map((candidate, index) => ({ candidate, index, hindered: hindrancesWith(candidate) }))
    .sort((a, b) => a.hindered - b.hindered || rank(a.candidate) - rank(b.candidate) || a.index - b.index)[0]
    ?.candidate;
}
