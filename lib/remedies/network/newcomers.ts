import type { AppRunnerClient } from '@aws-sdk/client-apprunner';
import { DescribeRouteTablesCommand, DescribeSubnetsCommand, type RouteTable, type Subnet } from '@aws-sdk/client-ec2';
import { listConnectors, listNeighbours } from '../../target/region.ts';
import type { Ec2 } from './look.ts';
import { connectorTables, isKnown } from './tables.ts';

/** What an undo looks with for services that came to need what it takes away. */
export interface Newcomers {
  readonly ec2: Ec2;
  readonly appRunner: Pick<AppRunnerClient, 'send'>;
}

interface Scope {
  readonly vpcId: string;
  /** Left out: the whole VPC. */
  readonly routeTableIds?: readonly string[];
  /** Name of the service that the run is for. */
  readonly own: string;
  /** Names of those that were there before the change: it takes nothing from them that they had. */
  readonly known: readonly string[];
  /** When the change was written down, ISO 8601. */
  readonly since: string;
}

/**
 * Names of other services that leave from there by now, and did not when the plan was made. One that may not be looked
 * at counts when it is younger than the change: an older one had its way before.
 */
export async function newcomersIn(
  { ec2, appRunner }: Newcomers,
  { vpcId, routeTableIds, own, known, since }: Scope,
): Promise<string[]> {
  const [connectors, services] = await Promise.all([listConnectors(appRunner), listNeighbours(appRunner, '')]);
  const hidden = services.unseen
    .filter(({ name, createdAt }) => name !== own && createdAt && createdAt.getTime() > Date.parse(since))
    .map(({ name }) => name);
  const strangers = services.neighbours.flatMap(({ name, connectorArn }) => {
    const connector = connectors.find(({ arn }) => arn === connectorArn);
    return connector && name !== own && !known.includes(name) ? [{ name, connector }] : [];
  });
  if (strangers.length === 0 || !vpcId) return hidden;
  const facts = await look(ec2, vpcId);
  const isThere = (routeTableId: string) => routeTableIds === undefined || routeTableIds.includes(routeTableId);
  const seen = strangers
    .filter(({ connector }) =>
      connectorTables({ facts, connector })
        .filter(isKnown)
        .some((table) => isThere(table.routeTableId)),
    )
    .map(({ name }) => name);
  return [...seen, ...hidden];
}

/** Subnets of other VPCs are not among them, so that nobody is found who is elsewhere. */
async function look(ec2: Ec2, vpcId: string): Promise<{ Subnets: Subnet[]; RouteTables: RouteTable[] }> {
  const Filters = [{ Name: 'vpc-id', Values: [vpcId] }];
  const Subnets: Subnet[] = [];
  const RouteTables: RouteTable[] = [];
  let NextToken: string | undefined;
  do {
    const page = await ec2.send(new DescribeSubnetsCommand({ Filters, NextToken }));
    Subnets.push(...(page.Subnets ?? []));
    NextToken = page.NextToken;
  } while (NextToken);
  do {
    const page = await ec2.send(new DescribeRouteTablesCommand({ Filters, NextToken }));
    RouteTables.push(...(page.RouteTables ?? []));
    NextToken = page.NextToken;
  } while (NextToken);
  return { Subnets, RouteTables };
}

/** Why it is left, for the ledger. */
export const stays = (what: string, users: readonly string[]): string =>
  `${what} stays: ${users.join(', ')} ${users.length > 1 ? 'use' : 'uses'} it by now`;
