import { type Block, contains, overlaps, parseCidr, type Range, size, split } from './addresses.ts';
import type { EgressFacts } from './facts.ts';
import type { Target } from './target.ts';

type RouteTable = NonNullable<EgressFacts['RouteTables']>[number];
type Route = NonNullable<RouteTable['Routes']>[number];

export type NextHopKind =
  | 'local'
  | 'nat-gateway'
  | 'internet-gateway'
  | 'egress-only-internet-gateway'
  | 'vpc-endpoint'
  | 'vpc-peering'
  | 'transit-gateway'
  | 'virtual-private-gateway'
  | 'local-gateway'
  | 'carrier-gateway'
  | 'core-network'
  | 'odb-network'
  | 'appliance'
  | 'other';

export interface CompiledRoute {
  /** As written in the route: a CIDR block or a prefix list id. */
  destination: string;
  prefixListId?: string;
  kind: NextHopKind;
  id: string;
  /** Lower case; anything but `active` loses the traffic. */
  state: string;
  /** 0 static, 1 prefix list, 2 propagated. */
  rank: number;
}

interface Entry extends Block {
  route: CompiledRoute;
}

const entryOf = ({ family, lo, hi, bits }: Block, route: CompiledRoute): Entry => ({ family, lo, hi, bits, route });

export interface CompiledTable {
  id: string;
  entries: Entry[];
  /** Routes to prefix lists whose entries were not collected. */
  opaque: CompiledRoute[];
}

const GATEWAYS: [string, NextHopKind][] = [
  ['igw-', 'internet-gateway'],
  ['vpce-', 'vpc-endpoint'],
  ['vgw-', 'virtual-private-gateway'],
  ['nat-', 'nat-gateway'],
  ['tgw-', 'transit-gateway'],
  ['pcx-', 'vpc-peering'],
  ['eigw-', 'egress-only-internet-gateway'],
  ['lgw-', 'local-gateway'],
  ['cagw-', 'carrier-gateway'],
  ['eni-', 'appliance'],
];

/** Exactly one member of a route names its next hop. https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_Route.html */
function nextHop(route: Route): { kind: NextHopKind; id: string } {
  if (route.NatGatewayId) return { kind: 'nat-gateway', id: route.NatGatewayId };
  if (route.TransitGatewayId) return { kind: 'transit-gateway', id: route.TransitGatewayId };
  if (route.VpcPeeringConnectionId) return { kind: 'vpc-peering', id: route.VpcPeeringConnectionId };
  if (route.EgressOnlyInternetGatewayId)
    return { kind: 'egress-only-internet-gateway', id: route.EgressOnlyInternetGatewayId };
  if (route.LocalGatewayId) return { kind: 'local-gateway', id: route.LocalGatewayId };
  if (route.CarrierGatewayId) return { kind: 'carrier-gateway', id: route.CarrierGatewayId };
  if (route.CoreNetworkArn) return { kind: 'core-network', id: route.CoreNetworkArn };
  if (route.OdbNetworkArn) return { kind: 'odb-network', id: route.OdbNetworkArn };
  const appliance = route.NetworkInterfaceId ?? route.InstanceId;
  if (appliance) return { kind: 'appliance', id: appliance };
  const gateway = route.GatewayId ?? '';
  if (gateway === 'local') return { kind: 'local', id: 'local' };
  const known = GATEWAYS.find(([prefix]) => gateway.startsWith(prefix));
  return { kind: known?.[1] ?? 'other', id: gateway || 'no next hop' };
}

const rankOf = (route: Route): number => {
  if (route.Origin === 'EnableVgwRoutePropagation' || route.Origin === 'Advertisement') return 2;
  return route.DestinationPrefixListId ? 1 : 0;
};

const order = (a: Entry, b: Entry): number =>
  b.bits - a.bits ||
  a.route.rank - b.route.rank ||
  (`${a.route.id} ${a.route.state}` < `${b.route.id} ${b.route.state}` ? -1 : 1);

/**
 * `local` are the blocks of the VPC: every route table has them, also where a shortened dump leaves the route out.
 */
export function compileTable(
  table: RouteTable,
  cidrsOf: (prefixListId: string) => readonly Block[] | undefined,
  local: readonly Block[],
): CompiledTable {
  const entries: Entry[] = [];
  const opaque: CompiledRoute[] = [];
  for (const raw of table.Routes ?? []) {
    const prefixListId = raw.DestinationPrefixListId ?? undefined;
    const destination = raw.DestinationCidrBlock ?? raw.DestinationIpv6CidrBlock ?? prefixListId ?? '';
    const { kind, id } = nextHop(raw);
    const state = (raw.State ?? 'active').toLowerCase();
    const route: CompiledRoute = { destination, prefixListId, kind, id, state, rank: rankOf(raw) };
    if (prefixListId) {
      const blocks = cidrsOf(prefixListId);
      if (blocks) for (const block of blocks) entries.push(entryOf(block, route));
      else opaque.push(route);
      continue;
    }
    const block = parseCidr(destination);
    if (block) entries.push(entryOf(block, route));
  }
  if (!entries.some(({ route }) => route.kind === 'local')) {
    for (const block of local) {
      if (entries.some((entry) => entry.bits === block.bits && contains(entry, block) && entry.route.rank === 0))
        continue;
      const route: CompiledRoute = { destination: 'local', kind: 'local', id: 'local', state: 'active', rank: 0 };
      entries.push(entryOf(block, route));
    }
  }
  entries.sort(order);
  return { id: table.RouteTableId ?? 'route table without id', entries, opaque };
}

export interface Choice {
  /** The route that wins for `ranges`; its state is looked at afterwards. Missing: no route at all. */
  route?: CompiledRoute;
  ranges: Range[];
}

/**
 * The longest prefix wins; between equal prefixes a static route beats a prefix list, which beats a propagated route. A
 * blackhole takes part like any other: the state is judged after the match.
 * https://docs.aws.amazon.com/vpc/latest/userguide/route-tables-priority.html
 */
export function chooseRoutes(table: CompiledTable, target: Pick<Target, 'ranges' | 'prefixListIds'>): Choice[] {
  const named = table.opaque.find(({ prefixListId }) => prefixListId && target.prefixListIds.includes(prefixListId));
  if (named) return [{ route: named, ranges: [...target.ranges] }];
  const first = target.ranges[0];
  if (first && target.ranges.length === 1 && first.lo === first.hi) {
    const entry = table.entries.find((candidate) => contains(candidate, first));
    return [entry ? { route: entry.route, ranges: [first] } : { ranges: [first] }];
  }
  const choices = new Map<CompiledRoute | undefined, Range[]>();
  let left: Range[] = [...target.ranges];
  for (const entry of table.entries) {
    if (left.length === 0) break;
    if (!left.some((range) => overlaps(range, entry))) continue;
    const { inside, outside } = split(left, entry);
    const known = choices.get(entry.route);
    if (known) known.push(...inside);
    else choices.set(entry.route, inside);
    left = outside;
  }
  if (left.length > 0) choices.set(undefined, left);
  return [...choices].map(([route, ranges]) => (route ? { route, ranges } : { ranges }));
}

/** Routes that might win, were the entries of their prefix lists known. A gateway endpoint's list holds only its AWS service. */
export const opaqueRoutes = (
  table: CompiledTable,
  target: Pick<Target, 'prefixListIds' | 'maybeAws'>,
): CompiledRoute[] =>
  table.opaque.filter(
    ({ prefixListId, kind }) =>
      !(prefixListId && target.prefixListIds.includes(prefixListId)) && (kind !== 'vpc-endpoint' || target.maybeAws),
  );

/** The choice that carries most of the addresses: where a host that was not resolved most probably is. */
export const mainChoice = (choices: readonly Choice[]): Choice | undefined =>
  choices.reduce<Choice | undefined>(
    (best, choice) => (best && size(best.ranges) >= size(choice.ranges) ? best : choice),
    undefined,
  );
