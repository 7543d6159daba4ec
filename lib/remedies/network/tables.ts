import { World } from '../../egress/world.ts';
import type { Basis } from '../remedy.ts';

/** One subnet of the connector and the route table it obeys. */
export interface KnownTable {
  readonly subnetId: string;
  readonly vpcId: string;
  readonly zone: string | undefined;
  readonly routeTableId: string;
  /** By association of its own; else it is the main table of the VPC. */
  readonly explicit: boolean;
}

/** Why it is not known which route table a subnet obeys. */
export interface UnknownTable {
  readonly subnetId: string;
  readonly because: string;
}

export type ConnectorTable = KnownTable | UnknownTable;

export const isKnown = (table: ConnectorTable): table is KnownTable => 'routeTableId' in table;

/**
 * The route table of each subnet of the connector, by subnet id: associated with it, else the main one.
 * https://docs.aws.amazon.com/vpc/latest/userguide/subnet-route-tables.html
 */
export function connectorTables({ facts, connector }: Pick<Basis, 'facts' | 'connector'>): ConnectorTable[] {
  if (!connector) return [];
  const world = new World(facts, connector);
  return [...new Set(connector.subnetIds)].sort().map((subnetId) => {
    const subnet = world.subnets?.get(subnetId);
    if (!subnet) {
      const because = world.subnets ? 'is not among the collected subnets' : 'was not collected (ec2:DescribeSubnets)';
      return { subnetId, because: `${subnetId} ${because}` };
    }
    const table = world.tableOf(subnet);
    if (typeof table !== 'string') {
      const explicit = world.isExplicit(subnetId);
      return { subnetId, vpcId: subnet.vpcId, zone: subnet.zone, routeTableId: table.id, explicit };
    }
    const because =
      table === 'not there' ? 'is not among the collected' : 'was not collected (ec2:DescribeRouteTables)';
    return { subnetId, because: `the route table of ${subnetId} ${because}` };
  });
}
