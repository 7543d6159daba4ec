import type { Range } from './addresses.ts';
import { destinationAcl, inboundGroups, missing, type Trip } from './checks.ts';
import { chooseRoutes } from './route.ts';
import { alternatives, broken, inSeries, ok, type Step, unknown, type Way } from './steps.ts';
import type { SubnetInfo } from './world.ts';

/** How the destination's network is connected to ours. */
export type Link = { kind: 'local' } | { kind: 'vpc-peering' | 'transit-gateway'; id: string };

/** Answers go back by the routes of the destination's subnet: `local` inside the VPC, else the same link. */
function wayBack(trip: Trip, destination: SubnetInfo, link: Link): Step[] {
  const { world, subnet, family } = trip;
  const table = world.tableOf(destination);
  if (typeof table === 'string')
    return [missing('route-table', `the route table of ${destination.id}`, table, 'ec2:DescribeRouteTables')];
  const steps: Step[] = [];
  const ranges: Range[] = family === 4 ? subnet.v4 : subnet.v6;
  for (const { route } of chooseRoutes(table, { ranges, prefixListIds: [] })) {
    if (!route)
      steps.push(
        broken(
          'route-table',
          table.id,
          'no-route',
          `${table.id} of ${destination.id} has no route back to ${subnet.id}.`,
        ),
      );
    else if (route.state !== 'active')
      steps.push(
        broken(
          'route-table',
          table.id,
          'blackhole-route',
          `The route ${route.destination} of ${table.id}, by which ${destination.id} answers ${subnet.id}, is in state ${route.state}.`,
        ),
      );
    else if (route.kind === link.kind && (link.kind !== 'vpc-peering' || route.id === link.id)) continue;
    else if (link.kind === 'vpc-peering' && ['internet-gateway', 'nat-gateway', 'local'].includes(route.kind))
      steps.push(
        broken(
          'route-table',
          table.id,
          'no-route',
          `${table.id} of ${destination.id} sends the answers for ${subnet.id} to ${route.id} instead of back through ${link.id}.`,
        ),
      );
    else
      steps.push(
        unknown(
          route.kind,
          route.id,
          `${destination.id} answers ${subnet.id} through ${route.id}, which is outside this check.`,
        ),
      );
  }
  return steps;
}

/** The groups of the interface that has the address; without groups (some load balancers) nothing is filtered. */
function destinationGroups(trip: Trip, vpcId: string, range: Range): Step {
  const { world, target } = trip;
  const found = range.lo === range.hi ? world.interfaceAt(vpcId, range) : undefined;
  const groups = target.groups ?? found?.Groups?.flatMap(({ GroupId }) => GroupId ?? []);
  const id = target.endpointId ?? found?.NetworkInterfaceId ?? target.label;
  if (!groups) {
    const why = world.facts.NetworkInterfaces
      ? 'no collected network interface has this address'
      : 'network interfaces were not collected (ec2:DescribeNetworkInterfaces)';
    return unknown('security-group', id, `Which groups guard ${target.label} is not known: ${why}.`);
  }
  if (groups.length === 0) return ok('destination', id, `${id} has no security group, so none stops the traffic.`);
  return inboundGroups(trip, groups, target.label);
}

function arrive(trip: Trip, vpcId: string, range: Range, link: Link): Step[] {
  const { world, subnet, target } = trip;
  const destination = world.subnetAt(vpcId, range);
  if (!destination)
    return [
      broken(
        'destination',
        target.label,
        'no-route',
        `${target.label} lies in the range of ${vpcId} but in none of its subnets: nothing can be there.`,
      ),
    ];
  const here = destination.id === subnet.id;
  // ACLs work at the border of a subnet; inside one they are skipped.
  return [
    ...(here ? [] : [destinationAcl(trip, destination)]),
    destinationGroups(trip, vpcId, range),
    ...(here ? [] : wayBack(trip, destination, link)),
  ];
}

/** A destination in the service's own VPC, or in one that is linked to it and whose facts are at hand. */
export function insideVpc(trip: Trip, vpcId: string, link: Link): Step[] {
  const { target, world } = trip;
  const ways: Way[] = target.ranges.map((range) => inSeries(arrive(trip, vpcId, range, link)));
  const labels = target.ranges.map((range) => world.subnetAt(vpcId, range)?.id ?? 'no subnet');
  return alternatives(ways, labels, target.exact).steps;
}
