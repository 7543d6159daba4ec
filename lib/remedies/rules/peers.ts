import { containedInAny, formatAddress, isPrivate } from '../../egress/addresses.ts';
import type { EgressDependency } from '../../egress/facts.ts';
import type { Target } from '../../egress/target.ts';
import type { World } from '../../egress/world.ts';
import { PLANNED_GROUP, PLANNED_LIST } from '../endpoints/after.ts';
import type { Basis } from '../remedy.ts';
import { fewestHolders } from './holders.ts';

export const ANYWHERE: Readonly<Record<4 | 6, string>> = { 4: '0.0.0.0/0', 6: '::/0' };

/**
 * What a rule to this target names, as narrow as it holds: the prefix list of the AWS service, the group at the other
 * end, its address where it is a fixed one; the whole internet for a public name, whose addresses change.
 */
export function destinationsOf(basis: Basis, world: World, dependency: EgressDependency, target: Target): string[] {
  const family = target.ranges[0]?.family ?? 4;
  const lists = target.prefixListIds.filter((id) => !id.startsWith(PLANNED_LIST)).sort();
  if (lists.length > 0 && family === 4) return lists;
  const group = groupAt(basis, world, target);
  if (group) return [group];
  const [vpcId] = homesOf(world);
  const isInside = target.ranges.every(
    (range) => isPrivate(range) || (vpcId !== undefined && containedInAny(range, world.vpcRanges(vpcId))),
  );
  const isFixed = dependency.host === undefined && dependency.aws === undefined;
  if (!isInside && !isFixed) return [ANYWHERE[family]];
  return target.ranges.map((range) => {
    if (range.lo === range.hi) return `${formatAddress(range)}/${family === 4 ? 32 : 128}`;
    const subnet = vpcId && world.subnetAt(vpcId, range);
    const block = subnet && basis.facts.Subnets?.find(({ SubnetId }) => SubnetId === subnet.id)?.CidrBlock;
    return block || ANYWHERE[family];
  });
}

const homesOf = (world: World): string[] =>
  world.connector.subnetIds.flatMap((id) => world.subnets?.get(id)?.vpcId ?? []);

/** A rule may name a group of its own VPC, once it is there. */
function groupAt(basis: Basis, world: World, { groups = [] }: Target): string | undefined {
  const homes = homesOf(world);
  const there = (basis.facts.SecurityGroups ?? []).flatMap(({ GroupId = '', VpcId = '' }) =>
    homes.includes(VpcId) && !GroupId.startsWith(PLANNED_GROUP) ? [GroupId] : [],
  );
  return fewestHolders(
    basis,
    groups.filter((id) => there.includes(id)),
  );
}
