import { createHash } from 'node:crypto';
import type { SecurityGroupRule } from '@aws-sdk/client-ec2';
import type { Account, Plain, SecurityGroupRuleRecord } from '../account.ts';

export type Group = Account['ec2']['securityGroups'][number];
export type Permission = NonNullable<Group['IpPermissions']>[number];
export type Rule = Plain<SecurityGroupRule> & { SecurityGroupRuleId: string };

/** One other side of a permission, as rules name it. */
export type Peer = Pick<Rule, 'CidrIpv4' | 'CidrIpv6' | 'PrefixListId' | 'ReferencedGroupInfo' | 'Description'>;

/*
 * The permissions of a group are what is stored and what the simulated network reads; its rules are derived from them,
 * one for each other side. https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_SecurityGroupRule.html
 */

export const peersOf = ({ IpRanges, Ipv6Ranges, PrefixListIds, UserIdGroupPairs }: Permission): Peer[] => [
  ...(IpRanges ?? []).map(({ CidrIp, Description }) => ({ CidrIpv4: CidrIp, Description })),
  ...(Ipv6Ranges ?? []).map(({ CidrIpv6, Description }) => ({ CidrIpv6, Description })),
  ...(PrefixListIds ?? []).map(({ PrefixListId, Description }) => ({ PrefixListId, Description })),
  ...(UserIdGroupPairs ?? []).map(({ GroupId, UserId, Description }) => ({
    ReferencedGroupInfo: { GroupId, UserId },
    Description,
  })),
];

/** What makes two rules the same; their descriptions do not. */
export function keyOf(groupId: string, isEgress: boolean, permission: Permission, peer: Peer): string {
  const { IpProtocol, FromPort = -1, ToPort = -1 } = permission;
  const other = peer.CidrIpv4 ?? peer.CidrIpv6 ?? peer.PrefixListId ?? peer.ReferencedGroupInfo?.GroupId;
  return [groupId, isEgress ? 'out' : 'in', IpProtocol, FromPort, ToPort, other].join(' ');
}

export const permissionsOf = (group: Group, isEgress: boolean): Permission[] =>
  (isEgress ? group.IpPermissionsEgress : group.IpPermissions) ?? [];

export const rulesOf = (account: Account, group: Group, isEgress: boolean): Rule[] =>
  permissionsOf(group, isEgress).flatMap((permission) =>
    peersOf(permission).map((peer) => ruleOf(account, group, isEgress, permission, peer)),
  );

export const allRules = (account: Account): Rule[] =>
  account.ec2.securityGroups.flatMap((group) => [false, true].flatMap((out) => rulesOf(account, group, out)));

function ruleOf(account: Account, group: Group, IsEgress: boolean, permission: Permission, peer: Peer): Rule {
  const { GroupId = '' } = group;
  const key = keyOf(GroupId, IsEgress, permission, peer);
  const { SecurityGroupRuleId, Tags = [] } = account.ec2.securityGroupRules[key] ?? unrecorded(key);
  const { IpProtocol, FromPort = -1, ToPort = -1 } = permission;
  return {
    SecurityGroupRuleId,
    SecurityGroupRuleArn: `arn:aws:ec2:${account.region}:${account.id}:security-group-rule/${SecurityGroupRuleId}`,
    GroupId,
    GroupOwnerId: account.id,
    IsEgress,
    IpProtocol,
    FromPort,
    ToPort,
    ...peer,
    Tags,
  };
}

/** A rule that was there before anybody called keeps the same id without being written down. */
const unrecorded = (key: string): SecurityGroupRuleRecord => ({
  SecurityGroupRuleId: `sgr-0${createHash('sha256').update(key).digest('hex').slice(0, 16)}`,
});

/** What is kept about that rule, begun if need be. */
export function recordOf(account: Account, ruleId: string): SecurityGroupRuleRecord {
  for (const group of account.ec2.securityGroups) {
    for (const isEgress of [false, true]) {
      for (const permission of permissionsOf(group, isEgress)) {
        for (const peer of peersOf(permission)) {
          const key = keyOf(group.GroupId ?? '', isEgress, permission, peer);
          const record = account.ec2.securityGroupRules[key] ?? unrecorded(key);
          if (record.SecurityGroupRuleId !== ruleId) continue;
          account.ec2.securityGroupRules[key] = record;
          return record;
        }
      }
    }
  }
  throw new Error(`no rule is called ${ruleId}`);
}
