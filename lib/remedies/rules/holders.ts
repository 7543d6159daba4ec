import type { EgressConnector, EgressFacts } from '../../egress/facts.ts';
import { groupsOn, isAppRunner } from '../../egress/interfaces.ts';
import { type NetworkInterface, World } from '../../egress/world.ts';
import type { Basis } from '../remedy.ts';

/** The groups of a connector; without any App Runner takes the default group of the VPC. */
export function groupsOf(facts: EgressFacts, connector: EgressConnector): string[] {
  if (connector.securityGroupIds.length > 0) return [...new Set(connector.securityGroupIds)].sort();
  const world = new World(facts, connector);
  const [vpcId] = connector.subnetIds.flatMap((id) => world.subnets?.get(id)?.vpcId ?? []);
  const fallback = vpcId && world.defaultGroup(vpcId);
  return fallback ? [fallback] : [];
}

/** Names of other services that leave through the group: an undo tells by them who came later. */
export const neighboursWith = ({ facts, neighbours }: Basis, groupId: string): string[] =>
  neighbours
    .filter(({ connector }) => groupsOf(facts, connector).includes(groupId))
    .map(({ name }) => name)
    .sort();

/** Interfaces that carry the group, but for those of this service and of its neighbours. */
function interfacesWith({ facts, connector, neighbours }: Basis, groupId: string): NetworkInterface[] {
  const connectors = [...(connector ? [connector] : []), ...neighbours.map((neighbour) => neighbour.connector)];
  const counted = new Set(
    connectors.filter((one) => groupsOf(facts, one).includes(groupId)).flatMap(({ subnetIds }) => subnetIds),
  );
  return (facts.NetworkInterfaces ?? []).filter(
    (item) => groupsOn(item).includes(groupId) && !(isAppRunner(item) && counted.has(item.SubnetId ?? '')),
  );
}

/**
 * Who else carries the group, in sentences: a rule of it is a rule for them too. These are part of the hash of the plan:
 * kinds, no numbers and no ids, so that it holds while instances come and go.
 */
export function holdersOf(basis: Basis, groupId: string): string[] {
  const services = neighboursWith(basis, groupId).map((name) => `${name} leaves through ${groupId} too`);
  const kinds = new Set(interfacesWith(basis, groupId).map(kindOf));
  const others = [...kinds].sort().map((kind) => `${kind} carry ${groupId} too`);
  const unseen = `what else carries ${groupId} could not be looked at (ec2:DescribeNetworkInterfaces)`;
  return [...services, ...others, ...(basis.facts.NetworkInterfaces ? [] : [unseen])];
}

/** https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_NetworkInterface.html */
function kindOf(item: NetworkInterface): string {
  if (isAppRunner(item)) return 'other App Runner connectors';
  if (item.Attachment?.InstanceId) return 'EC2 instances';
  if (item.InterfaceType === 'lambda') return 'Lambda functions';
  if (item.Description === 'RDSNetworkInterface') return 'databases';
  return 'other network interfaces';
}

/** The group that fewest others carry, and of equals the first by its id. */
export function fewestHolders(basis: Basis, ids: readonly string[]): string | undefined {
  const holders = (id: string) => neighboursWith(basis, id).length + interfacesWith(basis, id).length;
  const counted = ids.map((id) => ({ id, count: holders(id) }));
  return counted.sort((a, b) => a.count - b.count || (a.id < b.id ? -1 : 1))[0]?.id;
}
