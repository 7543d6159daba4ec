import {
  CreateTagsCommand,
  DeleteTagsCommand,
  DescribeSecurityGroupRulesCommand,
  DescribeTagsCommand,
} from '@aws-sdk/client-ec2';
import { describe, expect, it } from 'vitest';
import { ec2Box, named } from './ec2-box.ts';

describe('tags', () => {
  it('are set, overwritten, listed and taken away', async () => {
    const { ec2, vpcId, tableId } = await ec2Box();
    const both = [vpcId, tableId];
    const tag = (Value: string) => new CreateTagsCommand({ Resources: both, Tags: [{ Key: 'run', Value }] });
    await ec2.send(tag('6'));
    await ec2.send(tag('7'));
    const listed = async () =>
      (await ec2.send(new DescribeTagsCommand({ Filters: [{ Name: 'key', Values: ['run'] }] }))).Tags;
    expect(await listed()).toEqual([
      { Key: 'run', Value: '7', ResourceId: vpcId, ResourceType: 'vpc' },
      { Key: 'run', Value: '7', ResourceId: tableId, ResourceType: 'route-table' },
    ]);
    await ec2.send(new DeleteTagsCommand({ Resources: both, Tags: [{ Key: 'run', Value: '6' }] }));
    expect(await listed()).toHaveLength(2);
    await ec2.send(new DeleteTagsCommand({ Resources: both, Tags: [{ Key: 'run' }] }));
    expect(await listed()).toEqual([]);
  });

  it('stay with a rule of a security group', async () => {
    const { ec2 } = await ec2Box();
    const rules = async () => (await ec2.send(new DescribeSecurityGroupRulesCommand({}))).SecurityGroupRules ?? [];
    const id = (await rules())[0]?.SecurityGroupRuleId ?? '';
    await ec2.send(new CreateTagsCommand({ Resources: [id], Tags: [{ Key: 'run', Value: '7' }] }));
    expect((await rules())[0]).toMatchObject({ SecurityGroupRuleId: id, Tags: [{ Key: 'run', Value: '7' }] });
  });

  it('are refused on what is not there, and keys that belong to AWS', async () => {
    const { ec2, vpcId } = await ec2Box();
    const tag = (id: string, Key = 'run') =>
      ec2.send(new CreateTagsCommand({ Resources: [vpcId, id], Tags: [{ Key, Value: '7' }] }));
    await expect(tag('subnet-00000000000000000')).rejects.toThrow(named('InvalidSubnetID.NotFound'));
    await expect(tag('x-00000000000000000')).rejects.toThrow(named('InvalidID'));
    await expect(tag(vpcId, 'aws:run')).rejects.toThrow(named('InvalidParameterValue'));
    expect((await ec2.send(new DescribeTagsCommand({ Filters: [{ Name: 'key', Values: ['run'] }] }))).Tags).toEqual([]);
  });
});
