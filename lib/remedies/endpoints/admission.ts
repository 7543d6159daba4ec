import { SMTP_PORTS } from '../../egress/services.ts';
import { World } from '../../egress/world.ts';
import type { Basis } from '../remedy.ts';
import type { BrokenService } from './broken.ts';

/** Whom the group of new endpoints lets in, and why just them. */
export interface Admission {
  readonly ports: readonly number[];
  readonly cidrs: readonly string[];
  readonly groupIds: readonly string[];
  readonly because: string;
}

/**
 * Private DNS turns the names of a service for the whole VPC, so whoever uses them today must be let in. Every interface
 * of a VPC carries a group of that VPC: where there is none but the connector's own and the default one, these two are
 * everybody. Otherwise nothing that is collected says who uses the names, and all of the VPC is let in, on ports that
 * the endpoints alone answer on.
 */
export function admissionFor(basis: Basis, vpcId: string, services: readonly BrokenService[]): Admission {
  const { facts, connector } = basis;
  const ports = [...new Set(services.flatMap(portsOf))].sort((a, b) => a - b);
  const own = connector?.securityGroupIds ?? [];
  const inVpc = facts.SecurityGroups?.filter(({ VpcId }) => VpcId === vpcId);
  const fallback = inVpc?.find(({ GroupName }) => GroupName === 'default')?.GroupId;
  const everybody = [...new Set([...own, ...(fallback ? [fallback] : [])])].sort();
  const strangers = inVpc?.flatMap(({ GroupId = '' }) => (everybody.includes(GroupId) ? [] : [GroupId])).sort();
  if (strangers?.length === 0 && own.length > 0)
    return {
      ports,
      cidrs: [],
      groupIds: everybody,
      because: `only from ${everybody.join(' and ')}: ${vpcId} has no other group, so nobody else in it can be using these names`,
    };
  const cidrs = blocksOf(basis, vpcId);
  const who = !strangers
    ? 'which groups are in it is not known'
    : own.length === 0
      ? 'the connector names no group'
      : `what carries ${few(strangers)} may use them too`;
  return {
    ports,
    cidrs,
    groupIds: [],
    because: `from all of ${vpcId} (${cidrs.join(', ')}): private DNS turns the names for everybody in it, and ${who}`,
  };
}

/** The port that is asked for, and those that others use the service by. */
const portsOf = ({ service, dependencies }: BrokenService): number[] => [
  ...(service === 'email-smtp' ? SMTP_PORTS : [443]),
  ...dependencies.map(({ port }) => port),
];

const few = (ids: readonly string[]): string =>
  ids.length > 3 ? `${ids.slice(0, 3).join(', ')} and ${ids.length - 3} more groups` : ids.join(', ');

/** Endpoints get IPv4 addresses, so that IPv6 blocks have nothing to say. */
function blocksOf({ facts }: Basis, vpcId: string): string[] {
  const vpc = facts.Vpcs?.find(({ VpcId }) => VpcId === vpcId);
  const associated = (vpc?.CidrBlockAssociationSet ?? []).flatMap(({ CidrBlock, CidrBlockState }) =>
    CidrBlock && (CidrBlockState?.State ?? 'associated') === 'associated' ? [CidrBlock] : [],
  );
  const blocks = [...associated, ...(vpc?.CidrBlock ? [vpc.CidrBlock] : [])];
  const subnets = (facts.Subnets ?? []).flatMap(({ VpcId, CidrBlock }) =>
    VpcId === vpcId && CidrBlock ? CidrBlock : [],
  );
  return [...new Set(blocks.length > 0 ? blocks : subnets)].sort();
}

/** Other services whose connector is in the VPC: the names turn for them too. */
export function neighboursIn({ facts, neighbours }: Basis, vpcId: string): string[] {
  const world = new World(facts, { subnetIds: [], securityGroupIds: [] });
  return neighbours
    .filter(({ connector }) => connector.subnetIds.some((id) => world.subnets?.get(id)?.vpcId === vpcId))
    .map(({ name }) => name)
    .sort();
}
