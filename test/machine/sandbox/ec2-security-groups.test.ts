import {
  AuthorizeSecurityGroupEgressCommand,
  AuthorizeSecurityGroupIngressCommand,
  CreateSecurityGroupCommand,
  DeleteSecurityGroupCommand,
  DescribeSecurityGroupRulesCommand,
  DescribeSecurityGroupsCommand,
  type IpPermission,
  RevokeSecurityGroupEgressCommand,
  RevokeSecurityGroupIngressCommand,
} from '@aws-sdk/client-ec2';
import { describe, expect, it } from 'vitest';
import { natGateway, route } from '../../../sandbox/build/network.ts';
import { addRoute } from '../../../sandbox/build/two-tier.ts';
import { Random } from '../../../sandbox/random.ts';
import { type Ec2Box, ec2Box, named } from './ec2-box.ts';

const https = (cidr: string): IpPermission => ({
  IpProtocol: 'tcp',
  FromPort: 443,
  ToPort: 443,
  IpRanges: [{ CidrIp: cidr, Description: 'to providers' }],
});
const EVERYTHING: IpPermission = { IpProtocol: '-1', IpRanges: [{ CidrIp: '0.0.0.0/0' }] };

const create = async ({ ec2, vpcId: VpcId }: Ec2Box, GroupName = 'made') =>
  (await ec2.send(new CreateSecurityGroupCommand({ GroupName, Description: 'for a test', VpcId }))).GroupId ?? '';

const groupOf = async ({ ec2 }: Ec2Box, id: string) =>
  (await ec2.send(new DescribeSecurityGroupsCommand({ GroupIds: [id] }))).SecurityGroups?.[0];

const rulesOf = async ({ ec2 }: Ec2Box, name: string, value: string) =>
  (await ec2.send(new DescribeSecurityGroupRulesCommand({ Filters: [{ Name: name, Values: [value] }] })))
    .SecurityGroupRules;

describe('security groups', () => {
  it('let everything out when they are new, and have a name of their own', async () => {
    const box = await ec2Box();
    const id = await create(box);
    expect(await groupOf(box, id)).toMatchObject({
      GroupName: 'made',
      Description: 'for a test',
      IpPermissions: [],
      IpPermissionsEgress: [EVERYTHING],
    });
    await expect(create(box, 'MADE')).rejects.toThrow(named('InvalidGroup.Duplicate'));
    await expect(create(box, 'sg-x')).rejects.toThrow(named('InvalidParameterValue'));
  });

  it('stay while an interface or a rule of another group needs them', async () => {
    const box = await ec2Box();
    const remove = (GroupId: string) => box.ec2.send(new DeleteSecurityGroupCommand({ GroupId }));
    await expect(remove(box.connectorGroup)).rejects.toThrow(named('DependencyViolation'));
    const [id, other] = [await create(box), await create(box, 'other')];
    const fromId = { IpProtocol: 'tcp', FromPort: 1, ToPort: 2, UserIdGroupPairs: [{ GroupId: id }] };
    const pair = { GroupId: other, IpPermissions: [fromId] };
    await box.ec2.send(new AuthorizeSecurityGroupIngressCommand(pair));
    await expect(remove(id)).rejects.toThrow(named('DependencyViolation'));
    await box.ec2.send(new RevokeSecurityGroupIngressCommand(pair));
    await remove(id);
    await expect(remove(id)).rejects.toThrow(named('InvalidGroup.NotFound'));
    const standard = box.account.ec2.securityGroups.find(({ GroupName }) => GroupName === 'default')?.GroupId ?? '';
    await expect(remove(standard)).rejects.toThrow(named('CannotDelete'));
  });
});

describe('rules', () => {
  it('open and close the way out', async () => {
    const box = await ec2Box();
    const site = { account: box.account, random: new Random(3), now: new Date('2026-01-01T00:00:00Z') };
    addRoute(site, box.tableId, route('0.0.0.0/0', { NatGatewayId: natGateway(site, box.openSubnet) }));
    const GroupId = box.connectorGroup;
    expect(box.reaches('verify.twilio.com')).toBe(true);
    await box.ec2.send(new RevokeSecurityGroupEgressCommand({ GroupId, IpPermissions: [EVERYTHING] }));
    expect(box.reaches('verify.twilio.com')).toBe(false);
    const IpPermissions = [https('54.172.60.31/32'), https('34.203.250.9/32')];
    await box.ec2.send(new AuthorizeSecurityGroupEgressCommand({ GroupId, IpPermissions }));
    expect(box.reaches('verify.twilio.com')).toBe(true);
  });

  it('are added and revoked by their ids without a trace', async () => {
    const box = await ec2Box();
    const GroupId = box.connectorGroup;
    const before = box.sandbox.snapshot();
    const IpPermissions = [https('10.0.0.0/8'), https('192.0.2.77/24')];
    const { SecurityGroupRules = [] } = await box.ec2.send(
      new AuthorizeSecurityGroupEgressCommand({
        GroupId,
        IpPermissions,
        TagSpecifications: [{ ResourceType: 'security-group-rule', Tags: [{ Key: 'run', Value: '7' }] }],
      }),
    );
    expect(SecurityGroupRules).toMatchObject([
      { CidrIpv4: '10.0.0.0/8', IsEgress: true, FromPort: 443, Description: 'to providers', GroupId },
      { CidrIpv4: '192.0.2.0/24', Tags: [{ Key: 'run', Value: '7' }] },
    ]);
    expect(await rulesOf(box, 'tag:run', '7')).toEqual(SecurityGroupRules);
    expect((await groupOf(box, GroupId))?.IpPermissionsEgress).toHaveLength(2);
    const SecurityGroupRuleIds = SecurityGroupRules.flatMap(({ SecurityGroupRuleId = '' }) => SecurityGroupRuleId);
    const revoke = new RevokeSecurityGroupEgressCommand({ GroupId, SecurityGroupRuleIds });
    expect((await box.ec2.send(revoke)).RevokedSecurityGroupRules).toHaveLength(2);
    expect(box.sandbox.snapshot()).toEqual(before);
    await expect(box.ec2.send(revoke)).rejects.toThrow(named('InvalidSecurityGroupRuleId.NotFound'));
  });

  it('keep their ids from call to call, and get another when they are made again', async () => {
    const box = await ec2Box();
    const GroupId = box.connectorGroup;
    const first = await rulesOf(box, 'group-id', GroupId);
    expect(first).toMatchObject([{ IpProtocol: '-1', FromPort: -1, CidrIpv4: '0.0.0.0/0' }]);
    expect(await rulesOf(box, 'group-id', GroupId)).toEqual(first);
    const input = { GroupId, IpPermissions: [EVERYTHING] };
    await box.ec2.send(new RevokeSecurityGroupEgressCommand(input));
    await box.ec2.send(new AuthorizeSecurityGroupEgressCommand(input));
    const [again] = (await rulesOf(box, 'group-id', GroupId)) ?? [];
    expect(again?.SecurityGroupRuleId).not.toBe(first?.[0]?.SecurityGroupRuleId);
  });

  it('name prefix lists and groups that are there', async () => {
    const box = await ec2Box();
    const GroupId = box.connectorGroup;
    const list = box.account.ec2.prefixLists[0]?.PrefixListId ?? '';
    const to = (PrefixListId: string) => ({
      GroupId,
      IpPermissions: [{ IpProtocol: 'tcp', FromPort: 443, ToPort: 443, PrefixListIds: [{ PrefixListId }] }],
    });
    const { SecurityGroupRules } = await box.ec2.send(new AuthorizeSecurityGroupEgressCommand(to(list)));
    expect(SecurityGroupRules).toMatchObject([{ PrefixListId: list }]);
    await expect(box.ec2.send(new AuthorizeSecurityGroupEgressCommand(to('pl-00000000')))).rejects.toThrow(
      named('InvalidPrefixListID.NotFound'),
    );
    const pair = { IpProtocol: '-1', UserIdGroupPairs: [{ GroupId: 'sg-00000000000000000' }] };
    await expect(
      box.ec2.send(new AuthorizeSecurityGroupEgressCommand({ GroupId, IpPermissions: [pair] })),
    ).rejects.toThrow(named('InvalidGroup.NotFound'));
  });

  it('are refused when they are there already, are too many, or make no sense', async () => {
    const box = await ec2Box();
    const GroupId = await create(box);
    const authorize = (...IpPermissions: IpPermission[]) =>
      box.ec2.send(new AuthorizeSecurityGroupEgressCommand({ GroupId, IpPermissions }));
    await expect(authorize(https('10.0.0.0/8'), EVERYTHING)).rejects.toThrow(named('InvalidPermission.Duplicate'));
    await expect(authorize(https('10.0.0.0/8'), https('10.1.0.0/8'))).rejects.toThrow(
      named('InvalidPermission.Duplicate'),
    );
    expect((await groupOf(box, GroupId))?.IpPermissionsEgress).toHaveLength(1);
    await expect(authorize(https('10.0.0.0/33'))).rejects.toThrow(named('InvalidParameterValue'));
    await expect(authorize({ ...https('10.0.0.0/8'), ToPort: 1 })).rejects.toThrow(named('InvalidParameterValue'));
    await expect(authorize({ IpProtocol: 'tcp', FromPort: 1, ToPort: 1 })).rejects.toThrow(named('MissingParameter'));
    const many = Array.from({ length: 60 }, (_, index) => https(`10.0.${index}.0/24`));
    await expect(authorize(...many)).rejects.toThrow(named('RulesPerSecurityGroupLimitExceeded'));
    await authorize(...many.slice(1));
  });

  it('that are not there cannot be revoked, and then none is', async () => {
    const box = await ec2Box();
    const GroupId = box.connectorGroup;
    const IpPermissions = [EVERYTHING, https('10.0.0.0/8')];
    await expect(box.ec2.send(new RevokeSecurityGroupEgressCommand({ GroupId, IpPermissions }))).rejects.toThrow(
      named('InvalidPermission.NotFound'),
    );
    expect((await groupOf(box, GroupId))?.IpPermissionsEgress).toHaveLength(1);
  });
});
