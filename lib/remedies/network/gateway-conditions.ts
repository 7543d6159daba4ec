import type { Precondition } from '../../domain/plan.ts';
import type { World } from '../../egress/world.ts';
import type { Basis } from '../remedy.ts';
import type { PublicSubnet } from './gateways.ts';
import type { Table } from './lacks.ts';
import { connectorTables, isKnown, type UnknownTable } from './tables.ts';

/** What must hold before a NAT gateway is made for the tables of the connector. */
export const gatewayConditions = (
  basis: Basis,
  world: World,
  tables: readonly Table[],
  candidates: readonly PublicSubnet[],
): Precondition[] => {
  const vpcId = tables[0]?.vpcId ?? '';
  return [
    ...connectorTables(basis).flatMap((table) => (isKnown(table) ? [] : [notSeen(table)])),
    ...tables.map(canTakeDefault),
    ...(world.isShared(vpcId) ? [ofAnotherAccount(vpcId)] : []),
    publicSubnetThere(world, vpcId, candidates),
    roomForIt(candidates),
  ];
};

const notSeen = ({ subnetId, because }: UnknownTable): Precondition => ({
  what: `the route table of ${subnetId} is known`,
  met: 'unknown',
  because,
});

/** What is public now would be cut off: its servers are reached by the internet gateway that the route would leave. */
function canTakeDefault({ routeTableId, subnetIds, byDefault, isFree }: Table): Precondition {
  const what = `${routeTableId} can take a default route to a NAT gateway`;
  if (isFree) {
    const because = byDefault
      ? `its default route leads to ${byDefault.id} (${byDefault.state}), which is there no more`
      : 'it has no default route';
    return { what, met: 'yes', because };
  }
  if (byDefault?.kind === 'internet-gateway') {
    const because = `${subnetIds.join(', ')} obeys ${routeTableId}, which is public: another default route would cut off what is reached by ${byDefault.id}; the connector needs private subnets`;
    return { what, met: 'no', because };
  }
  return { what, met: 'yes', because: `it leads to ${byDefault?.id} and is left as it is` };
}

export const ofAnotherAccount = (vpcId: string): Precondition => ({
  what: 'the VPC belongs to this account',
  met: 'no',
  because: `${vpcId} is shared by another account, whose routes are not this one's to change`,
});

function publicSubnetThere(world: World, vpcId: string, candidates: readonly PublicSubnet[]): Precondition {
  const what = 'a public subnet can hold the NAT gateway';
  const { Subnets, RouteTables, InternetGateways } = world.facts;
  const [first] = candidates;
  const open = candidates.find(({ blocked }) => !blocked);
  if (open) {
    const because = `${open.subnetId} sends ${open.zone ? `from ${open.zone} ` : ''}to ${open.internetGatewayId} by ${open.routeTableId}`;
    return { what, met: 'yes', because };
  }
  if (first?.blocked) return { what, met: 'no', because: first.blocked };
  if (!Subnets || !RouteTables || !InternetGateways)
    return {
      what,
      met: 'unknown',
      because: `the subnets, route tables or internet gateways of ${vpcId} were not seen`,
    };
  const because = `no subnet of ${vpcId} has a default route to an internet gateway that is attached`;
  return { what, met: 'no', because };
}

function roomForIt(candidates: readonly PublicSubnet[]): Precondition {
  const what = 'the public subnet has a free address';
  const open = candidates.filter(({ blocked }) => !blocked);
  const roomy = open.find(({ freeAddresses }) => (freeAddresses ?? 0) > 0);
  if (roomy) return { what, met: 'yes', because: `${roomy.subnetId} has ${roomy.freeAddresses}` };
  const unseen = open.find(({ freeAddresses }) => freeAddresses === undefined);
  if (unseen) return { what, met: 'unknown', because: `how many ${unseen.subnetId} has was not seen` };
  const ids = open.map(({ subnetId }) => subnetId).join(', ');
  return { what, met: 'no', because: ids ? `${ids} has none left` : 'there is no public subnet' };
}
