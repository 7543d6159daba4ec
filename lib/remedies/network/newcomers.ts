import type { AppRunnerClient } from '@aws-sdk/client-apprunner';
import {
  DescribeRouteTablesCommand,
  DescribeSecurityGroupsCommand,
  DescribeSubnetsCommand,
  type RouteTable,
  type Subnet,
} from '@aws-sdk/client-ec2';
import type { EgressFacts } from '../../egress/facts.ts';
import { listConnectors, listNeighbours, withConnectors } from '../../target/region.ts';
import { groupsOf } from '../rules/holders.ts';
import type { Ec2 } from './look.ts';
import { connectorTables, isKnown } from './tables.ts';

/** What an undo looks with for services that came to need what it takes away. */
export interface Newcomers {
  readonly ec2: Ec2;
  readonly appRunner: Pick<AppRunnerClient, 'send'>;
}

interface Known {
  /** Name of the service that the run is for. */
  readonly own: string;
  /** Names of those that were there before the change: it takes nothing from them that they had. */
  readonly known: readonly string[];
  /** When the change was written down, ISO 8601. */
  readonly since: string;
}

interface Scope extends Known {
  readonly vpcId: string;
  /** Left out: the whole VPC. */
  readonly routeTableIds?: readonly string[];
}

/** Names of other services that leave from there by now, and did not when the plan was made. */
export async function newcomersIn(
  { ec2, appRunner }: Newcomers,
  { vpcId, routeTableIds, own, known, since }: Scope,
): Promise<string[]> {
  const { strangers, hidden } = await strangersTo(appRunner, { own, known, since });
  if (strangers.length === 0 || !vpcId) return hidden;
  const [Subnets, RouteTables] = await Promise.all([subnetsOf(ec2, vpcId), tablesOf(ec2, vpcId)]);
  const facts = { Subnets, RouteTables };
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

/** The same for those that carry a group by now. */
export async function newcomersWith(
  { ec2, appRunner }: Newcomers,
  { groupId, own, known, since }: Known & { readonly groupId: string },
): Promise<string[]> {
  const { strangers, hidden } = await strangersTo(appRunner, { own, known, since });
  const isAsked = strangers.some(({ connector }) => connector.securityGroupIds.length === 0);
  const facts = isAsked ? await homeOf(ec2, groupId) : {};
  const seen = strangers.filter(({ connector }) => groupsOf(facts, connector).includes(groupId));
  return [...seen.map(({ name }) => name), ...hidden];
}

/** `hidden` may not be looked at: it counts when it is younger than the change, an older one had its way before. */
async function strangersTo(appRunner: Newcomers['appRunner'], { own, known, since }: Known) {
  const [connectors, services] = await Promise.all([listConnectors(appRunner), listNeighbours(appRunner, '')]);
  const isStranger = ({ name }: { readonly name: string }) => name !== own && !known.includes(name);
  const strangers = withConnectors(services.neighbours.filter(isStranger), connectors);
  const isYounger = (createdAt: Date | undefined) => createdAt && createdAt.getTime() > Date.parse(since);
  const hidden = services.unseen.filter((service) => isStranger(service) && isYounger(service.createdAt));
  return { strangers, hidden: hidden.map(({ name }) => name) };
}

/** The group and the subnets of its VPC: who names no group there carries it, if it is the default one. */
async function homeOf(ec2: Ec2, groupId: string): Promise<EgressFacts> {
  const Filters = [{ Name: 'group-id', Values: [groupId] }];
  const { SecurityGroups = [] } = await ec2.send(new DescribeSecurityGroupsCommand({ Filters }));
  const vpcId = SecurityGroups[0]?.VpcId;
  return vpcId ? { SecurityGroups, Subnets: await subnetsOf(ec2, vpcId) } : {};
}

const inVpc = (vpcId: string) => [{ Name: 'vpc-id', Values: [vpcId] }];

/** Subnets of other VPCs are not among them, so that nobody is found who is elsewhere. */
async function subnetsOf(ec2: Ec2, vpcId: string): Promise<Subnet[]> {
  const subnets: Subnet[] = [];
  let NextToken: string | undefined;
  do {
    const page = await ec2.send(new DescribeSubnetsCommand({ Filters: inVpc(vpcId), NextToken }));
    subnets.push(...(page.Subnets ?? []));
    NextToken = page.NextToken;
  } while (NextToken);
  return subnets;
}

async function tablesOf(ec2: Ec2, vpcId: string): Promise<RouteTable[]> {
  const tables: RouteTable[] = [];
  let NextToken: string | undefined;
  do {
    const page = await ec2.send(new DescribeRouteTablesCommand({ Filters: inVpc(vpcId), NextToken }));
    tables.push(...(page.RouteTables ?? []));
    NextToken = page.NextToken;
  } while (NextToken);
  return tables;
}

/** Why it is left, for the ledger. */
export const stays = (what: string, users: readonly string[]): string =>
  `${what} stays: ${users.join(', ')} ${users.length > 1 ? 'use' : 'uses'} it by now`;
