import type {
  AuthorizeSecurityGroupEgressRequest,
  AuthorizeSecurityGroupIngressRequest,
  RevokeSecurityGroupEgressRequest,
  RevokeSecurityGroupIngressRequest,
} from '@aws-sdk/client-ec2';
import type { Account } from '../account.ts';
import { AwsError } from '../http/errors.ts';
import { refuseDryRun } from './describe.ts';
import { groupById, needed } from './lookup.ts';
import { normalized } from './permissions.ts';
import { type Group, keyOf, type Peer, type Permission, peersOf, permissionsOf, type Rule, rulesOf } from './rules.ts';
import { tagsAtCreation } from './tags.ts';
import type { World } from './world.ts';

type Authorize = AuthorizeSecurityGroupEgressRequest & AuthorizeSecurityGroupIngressRequest;
type Revoke = RevokeSecurityGroupEgressRequest & RevokeSecurityGroupIngressRequest;

/** https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_AuthorizeSecurityGroupEgress.html and its siblings. */
export const ruleOperations = (world: World) => ({
  AuthorizeSecurityGroupEgress: (request: Authorize) => authorize(world, request, true),
  AuthorizeSecurityGroupIngress: (request: Authorize) => authorize(world, request, false),
  RevokeSecurityGroupEgress: (request: Revoke) => revoke(world, request, true),
  RevokeSecurityGroupIngress: (request: Revoke) => revoke(world, request, false),
});

interface One {
  readonly key: string;
  readonly permission: Permission;
  readonly peer: Peer;
}

const onesOf = ({ GroupId = '' }: Group, isEgress: boolean, permissions: readonly Permission[]): One[] =>
  permissions.flatMap((permission) =>
    peersOf(permission).map((peer) => ({ key: keyOf(GroupId, isEgress, permission, peer), permission, peer })),
  );

function authorize({ account, random }: World, request: Authorize, isEgress: boolean): object {
  refuseDryRun(request);
  const Tags = tagsAtCreation(request.TagSpecifications, 'security-group-rule');
  const group = groupById(account, needed(request.GroupId, 'GroupId'));
  const added = normalized(account, permissionsIn(request));
  const ones = onesOf(group, isEgress, added);
  const present = onesOf(group, isEgress, permissionsOf(group, isEgress)).map(({ key }) => key);
  const twice = ones.find(
    ({ key }, index) => present.includes(key) || ones.findIndex((one) => one.key === key) < index,
  );
  if (twice) throw new AwsError('InvalidPermission.Duplicate', `the specified rule "${twice.key}" already exists`);
  if (present.length + ones.length > account.ec2.limits.rulesPerSecurityGroup) {
    const message = 'The maximum number of rules per security group has been reached.';
    throw new AwsError('RulesPerSecurityGroupLimitExceeded', message);
  }
  for (const { key } of ones) {
    account.ec2.securityGroupRules[key] = { SecurityGroupRuleId: random.id('sgr'), Tags: structuredClone(Tags) };
  }
  for (const permission of added) add(group, isEgress, permission);
  const keys = ones.map(({ key }) => account.ec2.securityGroupRules[key]?.SecurityGroupRuleId);
  return {
    Return: true,
    SecurityGroupRules: rulesOf(account, group, isEgress).filter((rule) => keys.includes(rule.SecurityGroupRuleId)),
  };
}

function permissionsIn({ IpPermissions = [], IpProtocol, CidrIp, SourceSecurityGroupName }: Authorize) {
  if (IpProtocol !== undefined || CidrIp !== undefined || SourceSecurityGroupName !== undefined) {
    throw new AwsError('UnsupportedOperation', 'sandbox: rules are named by IpPermissions only');
  }
  if (IpPermissions.length > 0) return IpPermissions;
  throw new AwsError('MissingParameter', 'The request must contain the parameter ipPermissions');
}

function revoke({ account }: World, request: Revoke, isEgress: boolean): object {
  refuseDryRun(request);
  const group = groupById(account, needed(request.GroupId, 'GroupId'));
  const present = rulesOf(account, group, isEgress);
  const keys = request.SecurityGroupRuleIds
    ? keysById(account, group, isEgress, request)
    : keysByPermission(account, group, isEgress, request);
  const before = onesOf(group, isEgress, permissionsOf(group, isEgress));
  const revoked = present.filter((_, index) => keys.includes(before[index]?.key ?? ''));
  for (const key of keys) delete account.ec2.securityGroupRules[key];
  const staying = permissionsOf(group, isEgress)
    .map((permission) => without(group, isEgress, permission, keys))
    .filter((permission) => peersOf(permission).length > 0);
  group[isEgress ? 'IpPermissionsEgress' : 'IpPermissions'] = staying;
  return { Return: true, RevokedSecurityGroupRules: revoked.map(asRevoked) };
}

function keysById(account: Account, group: Group, isEgress: boolean, { SecurityGroupRuleIds, IpPermissions }: Revoke) {
  if (IpPermissions) {
    const message = 'The parameters ipPermissions and securityGroupRuleIds may not be used together';
    throw new AwsError('InvalidParameterCombination', message);
  }
  const ones = onesOf(group, isEgress, permissionsOf(group, isEgress));
  const rules = rulesOf(account, group, isEgress);
  return (SecurityGroupRuleIds ?? []).map((id) => {
    const one = ones[rules.findIndex(({ SecurityGroupRuleId }) => SecurityGroupRuleId === id)];
    if (one) return one.key;
    const message = `The security group rule ID '${id}' does not exist`;
    throw new AwsError('InvalidSecurityGroupRuleId.NotFound', message);
  });
}

/** In a VPC that is not a default one a rule that is not there is an error, and then nothing is revoked. */
function keysByPermission(account: Account, group: Group, isEgress: boolean, request: Revoke): string[] {
  const present = onesOf(group, isEgress, permissionsOf(group, isEgress)).map(({ key }) => key);
  return onesOf(group, isEgress, normalized(account, permissionsIn(request))).map(({ key }) => {
    if (present.includes(key)) return key;
    throw new AwsError('InvalidPermission.NotFound', 'The specified rule does not exist in this security group.');
  });
}

const LISTS = ['IpRanges', 'Ipv6Ranges', 'PrefixListIds', 'UserIdGroupPairs'] as const;

/** Rules of the same protocol and ports are one permission. */
function add(group: Group, isEgress: boolean, added: Permission): void {
  const permissions = permissionsOf(group, isEgress);
  const { IpProtocol, FromPort, ToPort } = added;
  const same = permissions.find(
    (one) => one.IpProtocol === IpProtocol && one.FromPort === FromPort && one.ToPort === ToPort,
  );
  if (!same) group[isEgress ? 'IpPermissionsEgress' : 'IpPermissions'] = [...permissions, added];
  else for (const list of LISTS) Object.assign(same, { [list]: [...(same[list] ?? []), ...(added[list] ?? [])] });
}

function without({ GroupId = '' }: Group, isEgress: boolean, permission: Permission, keys: readonly string[]) {
  const stays = (list: (typeof LISTS)[number], item: object) =>
    peersOf({ [list]: [item] }).every((peer) => !keys.includes(keyOf(GroupId, isEgress, permission, peer)));
  const kept = LISTS.map((list) => [list, (permission[list] ?? []).filter((item) => stays(list, item))]);
  return { ...permission, ...Object.fromEntries(kept) } as Permission;
}

function asRevoked({ SecurityGroupRuleArn: _1, GroupOwnerId: _2, Tags: _3, ReferencedGroupInfo, ...rest }: Rule) {
  return { ...rest, ...(ReferencedGroupInfo && { ReferencedGroupId: ReferencedGroupInfo.GroupId }) };
}
