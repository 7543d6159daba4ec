import { containedInAny, size } from './addresses.ts';
import { connectorAcl, missing, outboundGroups, type Trip } from './checks.ts';
import { gatewayEndpoint } from './gateway-endpoint.ts';
import { insideVpc } from './inside.ts';
import { isPrivateTarget, throughEgressOnly, throughInternetGateway, throughNat } from './internet.ts';
import {
  type Choice,
  type CompiledRoute,
  type CompiledTable,
  chooseRoutes,
  mainChoice,
  opaqueRoutes,
} from './route.ts';
import { alternatives, broken, inSeries, list, ok, type Step, unknown, type Way } from './steps.ts';
import type { Target } from './target.ts';
import type { World } from './world.ts';

const BEHIND: Partial<Record<CompiledRoute['kind'], string>> = {
  'virtual-private-gateway': 'a virtual private gateway: where the network behind it lets the traffic go',
  'local-gateway': 'a local gateway: where the network behind it lets the traffic go',
  'carrier-gateway': 'a carrier gateway: where the network behind it lets the traffic go',
  'core-network': 'a core network: where its segments let the traffic go',
  'odb-network': 'an Oracle database network: what it lets through',
  appliance: 'an instance or network interface that forwards traffic: what it does with it',
  other: 'a next hop of a kind this check does not know: what it does with the traffic',
};

/** One way only: a peering leads to addresses of the peer VPC, never on to the internet. */
function throughPeering(trip: Trip, id: string): Step[] {
  const { world, subnet, target } = trip;
  const kind = 'vpc-peering';
  const [range] = target.ranges;
  const peers = world.vpcsUsing(id).filter((vpcId) => vpcId !== subnet.vpcId);
  const peer = peers.length === 1 ? peers[0] : range && world.otherVpcOf(subnet.vpcId, range);
  if (peer && range && containedInAny(range, world.vpcRanges(peer)))
    return [
      ok(kind, id, `${id} leads to ${peer}, which holds ${target.label}.`),
      ...insideVpc(trip, peer, { kind, id }),
    ];
  if (!isPrivateTarget(target))
    return [broken(kind, id, 'no-route', `The route leads to ${id}, and a peering never leads to the internet.`)];
  if (peers.length === 1)
    return [
      broken(
        kind,
        id,
        'no-route',
        `${id} leads to ${peers[0]}, and ${target.label} is not in its range: a peering leads no further.`,
      ),
    ];
  return [
    unknown(kind, id, `What lies behind ${id} was not collected: it is another VPC, perhaps of another account.`),
  ];
}

/** A transit gateway has routes of its own that are not collected; the far end is judged where it is at hand. */
function throughTransit(trip: Trip, id: string): Step[] {
  const { world, subnet, target } = trip;
  const kind = 'transit-gateway';
  const step = unknown(
    kind,
    id,
    `The traffic goes through the transit gateway ${id}: where its own routes lead is outside this check.`,
  );
  const [range] = target.ranges;
  const far = isPrivateTarget(target) && range ? world.otherVpcOf(subnet.vpcId, range) : undefined;
  return far ? [step, ...insideVpc(trip, far, { kind, id })] : [step];
}

function beyond(trip: Trip, route: CompiledRoute): Step[] {
  const { subnet } = trip;
  switch (route.kind) {
    case 'local':
      return insideVpc(trip, subnet.vpcId, { kind: 'local' });
    case 'nat-gateway':
      return throughNat(trip, route.id, subnet);
    case 'internet-gateway':
      return throughInternetGateway(trip, route.id);
    case 'egress-only-internet-gateway':
      return throughEgressOnly(trip, route.id);
    case 'vpc-endpoint':
      return [gatewayEndpoint(trip, route, subnet.vpcId)];
    case 'vpc-peering':
      return throughPeering(trip, route.id);
    case 'transit-gateway':
      return throughTransit(trip, route.id);
    default:
      return [
        unknown(
          route.kind,
          route.id,
          `The traffic goes to ${route.id}, ${BEHIND[route.kind] ?? 'and what lies behind it'} is outside this check.`,
        ),
      ];
  }
}

/** The state is looked at after the match: a dead route wins all the same and loses the traffic. */
function byRoute(trip: Trip, table: CompiledTable, route: CompiledRoute | undefined): Step[] {
  const { world, subnet, target } = trip;
  const kind = 'route-table';
  if (!route)
    return [
      broken(
        kind,
        table.id,
        'no-route',
        `${table.id} of ${subnet.id} has no route to ${target.label}.${unattached(trip, table)}`,
      ),
    ];
  if (route.state !== 'active') {
    const why = route.state === 'blackhole' ? 'which no longer exists (blackhole)' : `and is in state ${route.state}`;
    return [
      broken(
        kind,
        table.id,
        'blackhole-route',
        `The route ${route.destination} of ${table.id} wins for ${target.label}, but leads to ${route.id}, ${why}.`,
      ),
    ];
  }
  const how = world.isExplicit(subnet.id) ? '' : ', the main table,';
  return [
    ok(
      kind,
      table.id,
      route.kind === 'local'
        ? `${table.id}${how} delivers traffic for ${target.label} inside the VPC by the route ${route.destination}.`
        : `${table.id}${how} sends traffic for ${target.label} to ${route.id} by the route ${route.destination}.`,
    ),
    ...beyond(trip, route),
  ];
}

/** A gateway endpoint that is there, but not for this subnet, is worth a word. */
function unattached({ world, subnet, target }: Trip, table: CompiledTable): string {
  if (!target.maybeAws || target.prefixListIds.length === 0) return '';
  const idle = (world.facts.VpcEndpoints ?? []).filter(
    ({ VpcEndpointType: type, VpcId, ServiceName }) =>
      type?.toLowerCase() === 'gateway' &&
      VpcId === subnet.vpcId &&
      target.prefixListIds.some((id) => world.prefixListName(id) === ServiceName),
  );
  return idle.length > 0
    ? ` ${list(idle.flatMap(({ VpcEndpointId }) => VpcEndpointId ?? []))} exists, but is not attached to ${table.id}.`
    : '';
}

function judgeWay(trip: Trip, table: CompiledTable, route: CompiledRoute | undefined): Way {
  const { subnet, target, family } = trip;
  const own = family === 4 ? subnet.v4 : subnet.v6;
  const here = target.ranges.every((range) => containedInAny(range, own));
  return inSeries([outboundGroups(trip), ...(here ? [] : [connectorAcl(trip)]), ...byRoute(trip, table, route)]);
}

/** Cutting a block into pieces is slow enough to do it once for all subnets that share the table. */
function choicesFor(world: World, table: CompiledTable, target: Target): Choice[] {
  if (target.ranges.length === 1 && target.ranges[0]?.lo === target.ranges[0]?.hi) return chooseRoutes(table, target);
  const key = `${table.id} ${target.key}`;
  let choices = world.choiceCache.get(key);
  if (!choices) {
    choices = chooseRoutes(table, target);
    world.choiceCache.set(key, choices);
  }
  return choices;
}

/** The way from one subnet to one target. */
export function judgeTarget(trip: Trip): Way {
  const { world, subnet, target } = trip;
  const table = world.tableOf(subnet);
  if (typeof table === 'string')
    return inSeries([
      outboundGroups(trip),
      connectorAcl(trip),
      missing('route-table', `the route table of ${subnet.id}`, table, 'ec2:DescribeRouteTables'),
    ]);
  const opaque = opaqueRoutes(table, target);
  if (opaque.length > 0) {
    const lists = list(opaque.flatMap(({ prefixListId }) => prefixListId ?? []));
    return inSeries([
      outboundGroups(trip),
      connectorAcl(trip),
      unknown(
        'route-table',
        table.id,
        `Which route of ${table.id} wins for ${target.label} is not known: the entries of ${lists} were not collected.`,
      ),
    ]);
  }
  const choices = choicesFor(world, table, target);
  const [only] = choices;
  if (only && choices.length === 1) return judgeWay(trip, table, only.route);
  if (!target.exact && !isPrivateTarget(target)) {
    const main = mainChoice(choices);
    if (main) return judgeWay(trip, table, main.route);
  }
  const label = ({ route, ranges }: Choice): string =>
    `${route?.destination ?? 'no route'} (${size(ranges)} addresses)`;
  const ways = choices.map(({ route, ranges }) =>
    judgeWay(
      { ...trip, target: { ...target, ranges, key: `${target.key} ${table.id} ${route?.destination}` } },
      table,
      route,
    ),
  );
  return alternatives(ways, choices.map(label), target.exact);
}
