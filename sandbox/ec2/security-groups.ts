import type { CreateSecurityGroupRequest, DeleteSecurityGroupRequest } from '@aws-sdk/client-ec2';
import type { Account } from '../account.ts';
import { securityGroup } from '../build/interfaces.ts';
import { AwsError } from '../http/errors.ts';
import { refuseDryRun } from './describe.ts';
import { groupById, needed, vpcById } from './lookup.ts';
import { allRules } from './rules.ts';
import { tagsAtCreation } from './tags.ts';
import { siteOf, type World } from './world.ts';

const ALLOWED = /^[a-zA-Z0-9 ._\-:/()#,@[\]+=&;{}!$*]{1,255}$/;

/** https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_CreateSecurityGroup.html */
export const securityGroupOperations = (world: World) => ({
  CreateSecurityGroup: (request: CreateSecurityGroupRequest): object => {
    refuseDryRun(request);
    const { GroupName = '', Description = '' } = request;
    const { VpcId = '' } = vpcById(world.account, needed(request.VpcId, 'VpcId'));
    const Tags = tagsAtCreation(request.TagSpecifications, 'security-group');
    if (!ALLOWED.test(GroupName) || /^sg-/i.test(GroupName)) throw invalid('groupName', GroupName);
    if (!ALLOWED.test(Description)) throw invalid('groupDescription', Description);
    const isTaken = world.account.ec2.securityGroups.some(
      (one) => one.VpcId === VpcId && one.GroupName?.toLowerCase() === GroupName.toLowerCase(),
    );
    if (isTaken) {
      throw new AwsError(
        'InvalidGroup.Duplicate',
        `The security group '${GroupName}' already exists for VPC '${VpcId}'`,
      );
    }
    const GroupId = securityGroup(siteOf(world), VpcId, { name: GroupName });
    const group = groupById(world.account, GroupId);
    Object.assign(group, { Description, Tags });
    return { GroupId, SecurityGroupArn: group.SecurityGroupArn, Tags };
  },
  DeleteSecurityGroup: (request: DeleteSecurityGroupRequest): object => {
    refuseDryRun(request);
    const { account } = world;
    const group = groupById(account, needed(request.GroupId, 'GroupId'));
    const { GroupId = '', GroupName } = group;
    if (GroupName === 'default') {
      throw new AwsError(
        'CannotDelete',
        `the specified group: "${GroupId}" name: "default" cannot be deleted by a user`,
      );
    }
    if (isUsed(account, GroupId)) {
      throw new AwsError('DependencyViolation', `resource ${GroupId} has a dependent object`);
    }
    account.ec2.securityGroups = account.ec2.securityGroups.filter((other) => other !== group);
    for (const key of Object.keys(account.ec2.securityGroupRules)) {
      if (key.startsWith(`${GroupId} `)) delete account.ec2.securityGroupRules[key];
    }
    return { Return: true, GroupId };
  },
});

const invalid = (parameter: string, value: string) =>
  new AwsError('InvalidParameterValue', `Value (${value}) for parameter ${parameter} is invalid.`);

/** By a network interface, or by a rule of another group. */
const isUsed = (account: Account, id: string): boolean =>
  account.ec2.networkInterfaces.some(({ Groups }) => Groups?.some(({ GroupId }) => GroupId === id)) ||
  allRules(account).some(({ GroupId, ReferencedGroupInfo }) => GroupId !== id && ReferencedGroupInfo?.GroupId === id);
