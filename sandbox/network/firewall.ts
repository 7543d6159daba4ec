import type { Account } from '../account.ts';
import { inCidr } from './address.ts';

/** One end of a connection, as security groups see it. */
export interface End {
  readonly address: string;
  readonly groups: readonly string[];
}

type Groups = Account['ec2']['securityGroups'];
type Permission = NonNullable<Groups[number]['IpPermissions']>[number];

const coversPort = ({ IpProtocol, FromPort, ToPort }: Permission, port: number) =>
  IpProtocol === '-1' ||
  (['tcp', '6'].includes(IpProtocol ?? '') &&
    FromPort !== undefined &&
    ToPort !== undefined &&
    FromPort <= port &&
    port <= ToPort);

const coversPeer = (account: Account, permission: Permission, peer: End) =>
  permission.IpRanges?.some(({ CidrIp }) => inCidr(peer.address, CidrIp)) ||
  permission.PrefixListIds?.some(({ PrefixListId }) => inPrefixList(account, PrefixListId, peer.address)) ||
  permission.UserIdGroupPairs?.some(({ GroupId }) => GroupId !== undefined && peer.groups.includes(GroupId)) ||
  false;

export const inPrefixList = (account: Account, id: string | undefined, address: string) =>
  account.ec2.prefixLists.some(
    ({ PrefixListId, cidrs }) => PrefixListId === id && cidrs.some((cidr) => inCidr(address, cidr)),
  );

/** TCP through security groups: the union of their rules; no rule, no packet. Answers need no rule. */
export function groupsAllow(
  account: Account,
  direction: 'in' | 'out',
  ids: readonly string[],
  peer: End,
  port: number,
): boolean {
  return account.ec2.securityGroups
    .filter(({ GroupId = '' }) => ids.includes(GroupId))
    .flatMap(({ IpPermissions = [], IpPermissionsEgress = [] }) =>
      direction === 'in' ? IpPermissions : IpPermissionsEgress,
    )
    .some((permission) => coversPort(permission, port) && coversPeer(account, permission, peer));
}

/** Where answers arrive: https://docs.aws.amazon.com/vpc/latest/userguide/custom-network-acl.html */
export const EPHEMERAL: readonly [number, number] = [1024, 65535];

/** A range passes only when every port of it passes. First match by number decides; no match denies. */
export function aclAllows(
  account: Account,
  subnetId: string,
  direction: 'in' | 'out',
  peer: string,
  ports: readonly [number, number],
): boolean {
  const acl = account.ec2.networkAcls.find(({ Associations }) =>
    Associations?.some(({ SubnetId }) => SubnetId === subnetId),
  );
  const entries = (acl?.Entries ?? [])
    .filter(
      ({ Egress, Protocol, CidrBlock }) =>
        Egress === (direction === 'out') && ['6', '-1'].includes(Protocol ?? '') && inCidr(peer, CidrBlock),
    )
    .sort((a, b) => (a.RuleNumber ?? 0) - (b.RuleNumber ?? 0));
  let [next] = ports;
  while (next <= ports[1]) {
    const port = next;
    const decides = entries.find((entry) => covers(entry, port));
    if (decides?.RuleAction !== 'allow') return false;
    const bounds = entries.flatMap(({ PortRange }) => [PortRange?.From ?? 0, (PortRange?.To ?? 65535) + 1]);
    next = Math.min(...bounds.filter((bound) => bound > port), ports[1] + 1);
  }
  return true;
}

function covers(
  { Protocol, PortRange }: { Protocol?: string; PortRange?: { From?: number; To?: number } },
  port: number,
): boolean {
  if (Protocol === '-1' || !PortRange) return true;
  return (PortRange.From ?? 0) <= port && port <= (PortRange.To ?? 65535);
}
