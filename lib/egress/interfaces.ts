import type { EgressFacts } from './facts.ts';
import type { NetworkInterface } from './world.ts';

interface Concerned {
  /** Addresses of dependencies; left out: every interface is kept as it is. */
  readonly addresses?: readonly string[];
  /** Groups of the connector; empty: the default group of the VPC. */
  readonly groupIds?: readonly string[];
}

/**
 * A VPC may hold thousands of interfaces. Those of connectors, endpoints, databases and destinations are kept as they
 * are; of others that carry a group of the connector or of one of these, only that they do: a rule is a rule for them too.
 */
export function keepNeeded(
  interfaces: readonly NetworkInterface[],
  { addresses, groupIds }: Concerned,
  { VpcEndpoints, SecurityGroups }: Pick<EgressFacts, 'VpcEndpoints' | 'SecurityGroups'>,
): NetworkInterface[] {
  if (!addresses) return [...interfaces];
  const wanted = new Set(addresses);
  const ofEndpoints = new Set((VpcEndpoints ?? []).flatMap(({ NetworkInterfaceIds }) => NetworkInterfaceIds ?? []));
  const isNeeded = (item: NetworkInterface) =>
    isAppRunner(item) ||
    item.Description === 'RDSNetworkInterface' ||
    ofEndpoints.has(item.NetworkInterfaceId ?? '') ||
    wanted.has(item.PrivateIpAddress ?? '') ||
    wanted.has(item.Association?.PublicIp ?? '') ||
    item.PrivateIpAddresses?.some(({ PrivateIpAddress }) => wanted.has(PrivateIpAddress ?? '')) ||
    item.Ipv6Addresses?.some(({ Ipv6Address }) => wanted.has(Ipv6Address ?? ''));
  const needed = interfaces.filter(isNeeded);
  const own = groupIds?.length === 0 ? defaultGroups(SecurityGroups) : (groupIds ?? []);
  const groups = new Set([...own, ...needed.flatMap(groupsOn)]);
  const sharers = interfaces.filter((item) => !isNeeded(item) && groupsOn(item).some((id) => groups.has(id)));
  return [...needed, ...sharers.map(asSharer)];
}

/** https://docs.aws.amazon.com/apprunner/latest/dg/network-vpc.html */
export const isAppRunner = ({ Description, TagSet }: NetworkInterface): boolean =>
  Description?.startsWith('AWSAppRunner ENI') || TagSet?.some(({ Key }) => Key === 'AWSAppRunnerManaged') || false;

export const groupsOn = ({ Groups }: NetworkInterface): string[] =>
  (Groups ?? []).flatMap(({ GroupId }) => GroupId ?? []);

const defaultGroups = (groups: EgressFacts['SecurityGroups']): string[] =>
  (groups ?? []).flatMap(({ GroupName, GroupId }) => (GroupName === 'default' && GroupId ? [GroupId] : []));

/** Without an address: no way leads to it, so the judge never meets it. */
function asSharer(item: NetworkInterface): NetworkInterface {
  const { NetworkInterfaceId, InterfaceType, Attachment } = item;
  return {
    NetworkInterfaceId,
    InterfaceType,
    ...(Attachment?.InstanceId && { Attachment: { InstanceId: Attachment.InstanceId } }),
    Groups: groupsOn(item).map((GroupId) => ({ GroupId })),
  };
}
