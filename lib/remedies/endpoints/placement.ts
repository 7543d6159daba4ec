import type { Precondition } from '../../domain/plan.ts';
import type { EgressFacts } from '../../egress/facts.ts';
import type { Basis, EndpointService } from '../remedy.ts';

type Subnet = NonNullable<EgressFacts['Subnets']>[number];

/** Where one endpoint gets its interfaces. */
export interface Placement {
  readonly subnetIds: readonly string[];
  readonly check: Precondition;
}

/**
 * One subnet in each zone of the connector that the service is in. Where it is in none of them, one other subnet of the
 * VPC: an interface endpoint is reached from every subnet of its VPC.
 * https://docs.aws.amazon.com/vpc/latest/privatelink/create-interface-endpoint.html
 */
export function placeOf(basis: Basis, vpcId: string, offer: EndpointService, endpoints: number): Placement {
  const what = `${offer.serviceName} can have an interface in a subnet of ${vpcId}`;
  const usable = (basis.facts.Subnets ?? []).filter(
    (subnet) =>
      subnet.VpcId === vpcId &&
      offer.zones.includes(subnet.AvailabilityZone ?? '') &&
      // Each endpoint takes one address of each of its subnets.
      (subnet.AvailableIpAddressCount ?? endpoints) >= endpoints,
  );
  const own = onePerZone(usable.filter(({ SubnetId }) => basis.connector?.subnetIds.includes(SubnetId ?? '')));
  const chosen = own.length > 0 ? own : onePerZone(usable).slice(0, 1);
  const ids = chosen.flatMap(({ SubnetId }) => SubnetId ?? []).sort();
  if (ids.length > 0) {
    const where = own.length > 0 ? 'subnets of the service' : 'no zone of the service is supported, but this subnet is';
    return { subnetIds: ids, check: { what, met: 'yes', because: `${ids.join(', ')}: ${where}` } };
  }
  const because = `no subnet of ${vpcId} with a free address is in a zone of ${offer.serviceName} (${offer.zones.join(', ') || 'none named'})`;
  return { subnetIds: [], check: { what, met: basis.facts.Subnets ? 'no' : 'unknown', because } };
}

/** AWS takes at most one subnet of a zone: the first by its id. */
function onePerZone(subnets: readonly Subnet[]): Subnet[] {
  const byZone = new Map<string, Subnet>();
  for (const subnet of [...subnets].sort((a, b) => ((a.SubnetId ?? '') < (b.SubnetId ?? '') ? -1 : 1))) {
    const zone = subnet.AvailabilityZone ?? '';
    if (!byZone.has(zone)) byZone.set(zone, subnet);
  }
  return [...byZone.values()].sort((a, b) => ((a.AvailabilityZone ?? '') < (b.AvailabilityZone ?? '') ? -1 : 1));
}
