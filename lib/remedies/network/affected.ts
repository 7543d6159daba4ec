import { World } from '../../egress/world.ts';
import type { Basis } from '../remedy.ts';
import { connectorTables, isKnown } from './tables.ts';

/** Other services that leave by one of these route tables, by name, and by which. */
function leavingBy({ facts, neighbours }: Basis, routeTableIds: readonly string[]) {
  return neighbours.flatMap(({ name, connector }) => {
    const shared = connectorTables({ facts, connector })
      .filter(isKnown)
      .map(({ routeTableId }) => routeTableId)
      .filter((id) => routeTableIds.includes(id));
    return shared.length > 0 ? [{ name, by: [...new Set(shared)].sort() }] : [];
  });
}

/** Names of other services that obey one of these tables: an undo tells by them who came later. */
export const neighboursOn = (basis: Basis, routeTableIds: readonly string[]): string[] =>
  leavingBy(basis, routeTableIds)
    .map(({ name }) => name)
    .sort();

/** Other services and subnets that obey these route tables too, in sentences. */
export function sharersOf(basis: Basis, routeTableIds: readonly string[]): string[] {
  const services = leavingBy(basis, routeTableIds).map(({ name, by }) => `${name} leaves by ${by.join(', ')} too`);
  const own = new Set(basis.connector?.subnetIds);
  const world = new World(basis.facts, { subnetIds: [], securityGroupIds: [] });
  const subnets = [...(world.subnets?.values() ?? [])].flatMap((subnet) => {
    const table = world.tableOf(subnet);
    if (own.has(subnet.id) || typeof table === 'string' || !routeTableIds.includes(table.id)) return [];
    return [`${subnet.id} obeys ${table.id} too`];
  });
  return [...services.sort(), ...subnets.sort()];
}
