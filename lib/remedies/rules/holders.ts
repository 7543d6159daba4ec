import { World } from '../../egress/world.ts';
import type { Basis } from '../remedy.ts';

/** The groups of the connector; without any App Runner takes the default group of the VPC. */
export function ownGroups({ facts, connector }: Basis, vpcId: string | undefined): string[] {
  if (!connector) return [];
  if (connector.securityGroupIds.length > 0) return [...new Set(connector.securityGroupIds)].sort();
  const fallback = vpcId && new World(facts, connector).defaultGroup(vpcId);
  return fallback ? [fallback] : [];
}

/** Who else carries the group, in sentences: a rule of it is a rule for them too. */
export function holdersOf({ facts, neighbours, connector }: Basis, groupId: string): string[] {
  const services = neighbours
    .filter((neighbour) => neighbour.connector.securityGroupIds.includes(groupId))
    .map(({ name }) => `${name} leaves through ${groupId} too`);
  const interfaces = (facts.NetworkInterfaces ?? []).flatMap(
    ({ NetworkInterfaceId: id, SubnetId, Description, Groups, TagSet }) => {
      const isAppRunner =
        Description?.startsWith('AWSAppRunner ENI') || TagSet?.some(({ Key }) => Key === 'AWSAppRunnerManaged');
      // Services that share all of their groups and subnets share these interfaces: the neighbours say so.
      if (isAppRunner && connector?.subnetIds.includes(SubnetId ?? '')) return [];
      return id && Groups?.some(({ GroupId }) => GroupId === groupId) ? [`${id} carries ${groupId} too`] : [];
    },
  );
  return [...services.sort(), ...interfaces.sort()];
}

/** The group that fewest others carry, and of equals the first by its id. */
export const fewestHolders = (basis: Basis, ids: readonly string[]): string | undefined =>
  [...ids].sort((a, b) => holdersOf(basis, a).length - holdersOf(basis, b).length || (a < b ? -1 : 1))[0];
