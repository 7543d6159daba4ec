import * as z from 'zod/mini';
import { type Block, contains, INTERNET4, overlaps, parseCidr } from '../../egress/addresses.ts';
import type { EgressFacts } from '../../egress/facts.ts';

export const DEFAULT_ROUTE = '0.0.0.0/0';

export type RouteTable = NonNullable<EgressFacts['RouteTables']>[number];
type Route = NonNullable<RouteTable['Routes']>[number];

/** Members of CreateRoute and ReplaceRoute that name a next hop for IPv4. An interface goes before its instance. */
const NEXT_HOPS = [
  'NatGatewayId',
  'TransitGatewayId',
  'VpcPeeringConnectionId',
  'LocalGatewayId',
  'CarrierGatewayId',
  'CoreNetworkArn',
  'OdbNetworkArn',
  'NetworkInterfaceId',
  'InstanceId',
  'VpcEndpointId',
  'GatewayId',
] as const;

/** A route as it was seen: what it leads to, and as which member of a request. */
export const SeenRoute = z.strictObject({ by: z.enum(NEXT_HOPS), id: z.string(), state: z.string() });
export type SeenRoute = z.infer<typeof SeenRoute>;

/** What a route is for: a block, or the id of a prefix list. */
export const isPrefixList = (destination: string): boolean => destination.startsWith('pl-');

/** As EC2 takes it. */
export const asDestination = (destination: string) =>
  isPrefixList(destination) ? { DestinationPrefixListId: destination } : { DestinationCidrBlock: destination };

const isFor = (destination: string) => (route: Route) =>
  (isPrefixList(destination) ? route.DestinationPrefixListId : route.DestinationCidrBlock) === destination;

/** A route of a plan; `before` is what it led to when the plan was made, null where there was none. */
export const PlannedRoute = z.strictObject({
  routeTableId: z.string(),
  destination: z.string(),
  before: z.nullable(SeenRoute),
  /** Services that left by the table when the plan was made. */
  knownNeighbours: z.array(z.string()),
});
export type PlannedRoute = z.infer<typeof PlannedRoute>;

const isPropagated = ({ Origin }: Route) => Origin === 'EnableVgwRoutePropagation' || Origin === 'Advertisement';

/** The route that a person or a run set for this destination. Propagated ones are nobody's to change. */
export function seenRoute(routes: readonly Route[] | undefined, destination: string): SeenRoute | null {
  const route = routes?.filter(isFor(destination)).find((one) => !isPropagated(one));
  if (!route) return null;
  const state = (route.State ?? 'active').toLowerCase();
  // Described as a gateway, set as an endpoint. https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_ReplaceRoute.html
  if (route.GatewayId?.startsWith('vpce-')) return { by: 'VpcEndpointId', id: route.GatewayId, state };
  const by = NEXT_HOPS.find((member) => member !== 'VpcEndpointId' && route[member]);
  return by && by !== 'VpcEndpointId' ? { by, id: route[by] ?? '', state } : null;
}

/**
 * Where the traffic for a destination would go without the route that was set for it. Undefined: it would be dropped.
 * What a prefix list holds may change at any time, so each route to the internet may take some of its traffic.
 */
export function takesOver(routes: readonly Route[] | undefined, destination: string): string | undefined {
  const own = parseCidr(destination);
  const mayTake = (block: Block, route: Route) =>
    own
      ? contains(block, own) && (block.bits !== own.bits || isPropagated(route))
      : INTERNET4.some((range) => overlaps(block, range));
  const covering = (routes ?? []).flatMap((route) => {
    const block = parseCidr(route.DestinationCidrBlock ?? undefined);
    return block && mayTake(block, route) ? [{ route, bits: block.bits }] : [];
  });
  const [next] = covering.sort((a, b) => b.bits - a.bits);
  if (!next || (next.route.State ?? 'active').toLowerCase() !== 'active') return undefined;
  const { DestinationCidrBlock, GatewayId } = next.route;
  const hop = NEXT_HOPS.map((member) => (member === 'VpcEndpointId' ? undefined : next.route[member])).find(Boolean);
  return `${DestinationCidrBlock} to ${hop ?? GatewayId}`;
}

/** The same network with these routes set. */
export function withRoutes(
  facts: EgressFacts,
  planned: readonly { routeTableId: string; destination: string; natGatewayId: string }[],
): EgressFacts {
  const RouteTables = facts.RouteTables?.map((table): RouteTable => {
    const own = planned.filter(({ routeTableId }) => routeTableId === table.RouteTableId);
    const kept = (table.Routes ?? []).filter(
      (route) => isPropagated(route) || !own.some(({ destination }) => isFor(destination)(route)),
    );
    const set = own.map(({ destination, natGatewayId }) => ({
      ...asDestination(destination),
      NatGatewayId: natGatewayId,
      State: 'active',
      Origin: 'CreateRoute',
    }));
    return own.length > 0 ? { ...table, Routes: [...kept, ...set] } : table;
  });
  return { ...facts, ...(RouteTables && { RouteTables }) };
}

/** How a route is called in sentences. */
export const leadsTo = (before: Pick<SeenRoute, 'id' | 'state'> | null): string =>
  before ? `leads to ${before.id} (${before.state})` : 'is not there';

/** A dead route may have led through what somebody wanted the traffic to pass: a firewall behind a transit gateway, say. */
export const wasMeantFor = (
  { routeTableId, destination }: { readonly routeTableId: string; readonly destination: string },
  nextHop: string,
  by: string,
): string => `${destination} of ${routeTableId} was meant to go to ${nextHop}; it would go to the internet by ${by}`;

/**
 * The way back, told before the change. EC2 refuses a route to a NAT gateway that is gone, so a dead next hop can mostly
 * not be set again: without the route the traffic is dropped as it was, unless a broader route takes it.
 */
export function wayBack({ routeTableId, destination, before }: PlannedRoute, taker: string | undefined): string {
  const what = `the route ${destination} of ${routeTableId}`;
  if (!before) return `${what} is deleted: there was none`;
  const back = `${what} is led back to ${before.id} if AWS still takes that`;
  return taker
    ? `${back}; else it stays as it is, because without it the traffic would leave by ${taker}`
    : `${back}; else it is deleted, and the traffic is dropped as it was before`;
}
