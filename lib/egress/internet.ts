import { isPrivate } from './addresses.ts';
import { missing, natAcl, publicAccess, type Trip } from './checks.ts';
import { gatewayEndpoint } from './gateway-endpoint.ts';
import { type Choice, type CompiledTable, chooseRoutes } from './route.ts';
import { alternatives, beingMade, broken, inSeries, list, ok, type Step, unknown, type Way } from './steps.ts';
import type { Target } from './target.ts';
import { lower, type NatGateway, type SubnetInfo } from './world.ts';

export const isPrivateTarget = ({ ranges }: Target): boolean => ranges.every(isPrivate);

/** Whether an internet gateway that a route names is attached; the cause depends on who wanted to use it. */
function attachedGateway({ world, target }: Trip, id: string, vpcId: string): Step {
  const kind = 'internet-gateway';
  const state = world.attachment('InternetGateways', id, vpcId);
  if (state === 'attached')
    return ok(kind, id, `${id} is attached to ${vpcId} and carries the traffic to ${target.label}.`);
  if (state === 'not collected' || (state === 'not there' && world.isShared(vpcId)))
    return missing(kind, id, state, 'ec2:DescribeInternetGateways');
  return broken(
    kind,
    id,
    'nat-not-public',
    `${id} is not attached to ${vpcId}, so the NAT gateway has no way to the internet.`,
  );
}

/** From the NAT gateway on, by the routes of its own subnet. */
function onward(
  trip: Trip,
  nat: NatGateway,
  isPublic: boolean,
  table: CompiledTable,
  choice: Choice,
  visited: readonly string[],
  natSubnet: SubnetInfo | undefined,
): Step[] {
  const { world, target } = trip;
  const natId = nat.NatGatewayId ?? 'NAT gateway';
  const vpcId = nat.VpcId ?? trip.subnet.vpcId;
  const { route } = choice;
  const kind = 'route-table';
  const dead = (because: string): Step[] => [broken(kind, table.id, 'nat-not-public', because)];
  if (!route)
    return dead(
      `${table.id} of ${natId} has no route to ${target.label}, so the NAT gateway has no way to the internet.`,
    );
  if (route.state !== 'active')
    return dead(
      `The route ${route.destination} of ${table.id}, which ${natId} uses, leads to ${route.id} and is in state ${route.state}.`,
    );
  const uses = ok(kind, table.id, `${natId} sends on to ${route.id} by the route ${route.destination} of ${table.id}.`);
  switch (route.kind) {
    case 'internet-gateway':
      if (!isPublic)
        return dead(
          `${natId} is a private NAT gateway: what it sends to ${route.id} is dropped, so it gives no internet.`,
        );
      if (isPrivateTarget(target))
        return [
          uses,
          broken(
            'internet-gateway',
            route.id,
            'no-route',
            `${target.label} is a private address, and ${route.id} carries none to the internet.`,
          ),
        ];
      return [uses, attachedGateway(trip, route.id, vpcId), ...publicAccess(world, vpcId, natSubnet, true)];
    case 'nat-gateway':
      if (visited.includes(route.id))
        return dead(
          natSubnet && natSubnet.id === trip.subnet.id
            ? `${natId} stands in ${natSubnet.id} itself, whose own route leads back to it: the traffic goes in a circle.`
            : `The route ${route.destination} of ${table.id} leads from ${natId} back to ${route.id}: the traffic goes in a circle.`,
        );
      return natSubnet
        ? [uses, ...throughNat(trip, route.id, natSubnet, visited)]
        : [unknown(kind, table.id, `${natId} sends on to ${route.id}, which this check does not follow.`)];
    case 'vpc-endpoint':
      return [uses, gatewayEndpoint(trip, route, vpcId)];
    case 'vpc-peering':
      if (!isPrivateTarget(target))
        return dead(`${natId} sends on to ${route.id}, and a peering never leads to the internet.`);
      break;
    case 'local':
      if (!isPublic && !isPrivateTarget(target))
        return dead(`${natId} is a private NAT gateway without a route out of the VPC.`);
      break;
  }
  return [uses, unknown(route.kind, route.id, `What lies behind ${route.id} is outside this check.`)];
}

/** The NAT gateway itself: its state, its addresses. `available` says nothing about health. */
function gatewayItself(nat: NatGateway, isPublic: boolean): Step {
  const kind = 'nat-gateway';
  const id = nat.NatGatewayId ?? 'NAT gateway';
  const state = lower(nat.State ?? 'available');
  if (state === 'pending') return beingMade(kind, id, `The NAT gateway ${id}`);
  if (state !== 'available') {
    const why = [nat.FailureCode, nat.FailureMessage].filter(Boolean).join(': ');
    return broken(kind, id, 'nat-unavailable', `${id} is in state ${state}${why ? ` (${why})` : ''}.`);
  }
  const addresses = nat.NatGatewayAddresses;
  const regional = lower(nat.AvailabilityMode) === 'regional';
  // A regional one gets its addresses zone by zone, as they are needed.
  if (isPublic && addresses && !regional) {
    const usable = addresses.filter(
      ({ PublicIp, Status }) => PublicIp && (Status === undefined || lower(Status) === 'succeeded'),
    );
    if (usable.length === 0) {
      const states = list(addresses.map(({ Status }) => Status ?? 'without public address'));
      return broken(
        kind,
        id,
        'nat-unavailable',
        `${id} is available but has no public address that works${states ? ` (${states})` : ''}.`,
      );
    }
  }
  return ok(kind, id, `${id} is an available ${isPublic ? 'public' : 'private'} NAT gateway.`);
}

/**
 * Through a NAT gateway, zonal or regional. A zonal one obeys the routes and the ACL of its own subnet; a regional one
 * lives on the VPC and has its own route table. https://docs.aws.amazon.com/vpc/latest/userguide/vpc-nat-gateway.html
 */
export function throughNat(trip: Trip, natId: string, from: SubnetInfo, visited: readonly string[] = []): Step[] {
  const { world, family } = trip;
  const kind = 'nat-gateway';
  if (family === 6)
    return [
      broken(
        kind,
        natId,
        'no-route',
        `${natId} carries no IPv6 traffic to the internet; that takes an egress-only internet gateway.`,
      ),
    ];
  const nat = world.natGateways?.get(natId);
  if (!nat) {
    if (!world.natGateways) return [missing(kind, natId, 'not collected', 'ec2:DescribeNatGateways')];
    if (world.isShared(from.vpcId)) return [missing(kind, natId, 'not there', '')];
    return [broken(kind, natId, 'nat-unavailable', `The route leads to ${natId}, but there is no such NAT gateway.`)];
  }
  const isPublic = lower(nat.ConnectivityType ?? 'public') !== 'private';
  const itself = gatewayItself(nat, isPublic);
  if (itself.status === 'broken') return [itself];
  const regional = lower(nat.AvailabilityMode) === 'regional' || !nat.SubnetId;
  const seen = [...visited, natId];
  if (regional) return [itself, ...throughRegional(trip, nat, isPublic, seen)];

  const natSubnet = world.subnets?.get(nat.SubnetId ?? '');
  if (!natSubnet) return [itself, missing('subnet', nat.SubnetId ?? 'subnet', 'not there', '')];
  const acl = natSubnet.id === from.id ? [] : [natAcl(trip, from, natSubnet)];
  const table = world.tableOf(natSubnet);
  if (typeof table === 'string')
    return [
      itself,
      ...acl,
      missing('route-table', `the route table of ${natSubnet.id}`, table, 'ec2:DescribeRouteTables'),
    ];
  return [itself, ...acl, ...follow(trip, nat, isPublic, table, seen, natSubnet), ...natWayBack(natId, table, from)];
}

function follow(
  trip: Trip,
  nat: NatGateway,
  isPublic: boolean,
  table: CompiledTable,
  visited: readonly string[],
  natSubnet: SubnetInfo | undefined,
): Step[] {
  const choices = chooseRoutes(table, trip.target);
  const [only] = choices;
  if (only && choices.length === 1) return onward(trip, nat, isPublic, table, only, visited, natSubnet);
  // Worst first: a hop list shows one way, and the worst is the one to look at.
  const ways: Way[] = choices.map((choice) => inSeries(onward(trip, nat, isPublic, table, choice, visited, natSubnet)));
  return alternatives(
    ways,
    choices.map(({ route }) => route?.destination ?? 'no route'),
    trip.target.exact,
  ).steps;
}

function throughRegional(trip: Trip, nat: NatGateway, isPublic: boolean, visited: readonly string[]): Step[] {
  const { world, subnet } = trip;
  const id = nat.NatGatewayId ?? 'NAT gateway';
  const vpcId = nat.VpcId ?? subnet.vpcId;
  if (nat.RouteTableId) {
    const table = world.tableById(nat.RouteTableId);
    if (typeof table === 'string') return [missing('route-table', nat.RouteTableId, table, 'ec2:DescribeRouteTables')];
    return follow(trip, nat, isPublic, table, visited, undefined);
  }
  if (!isPublic)
    return [broken('nat-gateway', id, 'nat-not-public', `${id} is a private NAT gateway and gives no internet.`)];
  if (!world.facts.InternetGateways)
    return [
      missing('internet-gateway', `the internet gateway of ${vpcId}`, 'not collected', 'ec2:DescribeInternetGateways'),
    ];
  if (!world.anyInternetGateway(vpcId) && !world.isShared(vpcId))
    return [
      broken(
        'internet-gateway',
        vpcId,
        'nat-not-public',
        `No internet gateway is attached to ${vpcId}, so ${id} has no way to the internet.`,
      ),
    ];
  return publicAccess(world, vpcId, undefined, true);
}

/** Answers leave the NAT gateway by the routes of its subnet towards the subnet of the service. */
function natWayBack(natId: string, table: CompiledTable, from: SubnetInfo): Step[] {
  const steps: Step[] = [];
  for (const { route } of chooseRoutes(table, { ranges: from.v4, prefixListIds: [] })) {
    if (route?.kind === 'local') continue;
    if (route?.state !== 'active')
      steps.push(
        broken(
          'route-table',
          table.id,
          route ? 'blackhole-route' : 'no-route',
          `${table.id} of ${natId} has no working route back to ${from.id}${route ? `: ${route.destination} is in state ${route.state}` : ''}.`,
        ),
      );
    else
      steps.push(
        unknown(
          route.kind,
          route.id,
          `The answers go back to ${from.id} through ${route.id}, which is outside this check.`,
        ),
      );
  }
  return steps;
}

/** IPv6 only. https://docs.aws.amazon.com/vpc/latest/userguide/egress-only-internet-gateway.html */
export function throughEgressOnly(trip: Trip, id: string): Step[] {
  const { world, subnet, target, family } = trip;
  const kind = 'egress-only-internet-gateway';
  if (family === 4)
    return [broken(kind, id, 'no-route', `${id} carries IPv6 only, and ${target.label} is an IPv4 address.`)];
  if (isPrivateTarget(target))
    return [
      broken(kind, id, 'no-route', `${target.label} is a private address, and ${id} carries none to the internet.`),
    ];
  const state = world.attachment('EgressOnlyInternetGateways', id, subnet.vpcId);
  if (state === 'not collected' || (state === 'not there' && world.isShared(subnet.vpcId)))
    return [missing(kind, id, state, 'ec2:DescribeEgressOnlyInternetGateways')];
  if (state !== 'attached') return [broken(kind, id, 'no-route', `${id} is not attached to ${subnet.vpcId}.`)];
  return [
    ok(kind, id, `${id} is attached to ${subnet.vpcId} and carries IPv6 to ${target.label}.`),
    ...publicAccess(world, subnet.vpcId, subnet, true),
  ];
}

/**
 * App Runner gives its interfaces private IPv4 addresses only, so that an internet gateway drops what they send; IPv6
 * addresses are public. https://docs.aws.amazon.com/apprunner/latest/dg/network-vpc.html
 */
export function throughInternetGateway(trip: Trip, id: string): Step[] {
  const { world, subnet, target, family } = trip;
  const kind = 'internet-gateway';
  if (isPrivateTarget(target))
    return [
      broken(kind, id, 'no-route', `${target.label} is a private address, and ${id} carries none to the internet.`),
    ];
  if (family === 4)
    return [
      broken(
        kind,
        id,
        'internet-gateway-without-public-address',
        `${subnet.id} is a public subnet: its route leads to ${id}, but App Runner gives its interfaces no public address, so nothing comes back.`,
      ),
    ];
  const state = world.attachment('InternetGateways', id, subnet.vpcId);
  if (state === 'not collected' || (state === 'not there' && world.isShared(subnet.vpcId)))
    return [missing(kind, id, state, 'ec2:DescribeInternetGateways')];
  if (state !== 'attached') return [broken(kind, id, 'no-route', `${id} is not attached to ${subnet.vpcId}.`)];
  return [
    ok(kind, id, `${id} is attached to ${subnet.vpcId} and carries IPv6 to ${target.label}.`),
    ...publicAccess(world, subnet.vpcId, subnet, false),
  ];
}
