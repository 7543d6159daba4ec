import {
  AuthorizeSecurityGroupIngressCommand,
  DeleteSecurityGroupCommand,
  ModifyVpcEndpointCommand,
  RevokeSecurityGroupIngressCommand,
} from '@aws-sdk/client-ec2';
import { describe, expect, it } from 'vitest';
import type { Step } from '../../../lib/domain/plan.ts';
import { addInterfaceEndpoints, apply } from '../../../lib/remedies/add-interface-endpoints.ts';
import { writeUndo } from '../../../lib/run/ledger.ts';
import type { Account } from '../../../sandbox/account.ts';
import { interfaceEndpoint } from '../../../sandbox/build/endpoints.ts';
import { networkInterface, securityGroup } from '../../../sandbox/build/interfaces.ts';
import { Random } from '../../../sandbox/random.ts';
import { fault, reaches, stepFor, takeBack, undoOnce } from './endpoints.ts';
import { entriesOf, finish, must, networkOf, PLACE, type Site, siteOf, statesOf } from './network.ts';

const named = (name: string) => expect.objectContaining({ name });
const SECRETS_HOST = 'secretsmanager.us-west-2.amazonaws.com';
const SMTP_HOST = 'email-smtp.us-west-2.amazonaws.com';
const AWS = [
  { name: 'secrets', aws: 'secretsmanager' },
  { name: 'mail', aws: 'email-smtp', port: 587 },
];
const builder = (account: Account) => ({ account, random: new Random(7), now: new Date() });

const cutOff = (change?: (account: Account) => void) => siteOf('s3-and-secrets', change);
const planned = (site: Site) => stepFor(site, addInterfaceEndpoints, AWS);
const done = (site: Site, step: Step) => finish(site, () => apply(site.hands, PLACE, step));
const ours = ({ ec2 }: Account) => ({
  endpoints: ec2.vpcEndpoints.filter(({ Tags }) => Tags?.some(({ Key }) => Key === 'reconnect:run')),
  groups: ec2.securityGroups.filter(({ Tags }) => Tags?.some(({ Key }) => Key === 'reconnect:run')),
});
/** A client of the same VPC with a group of its own. */
const stranger = (account: Account) => {
  const site = builder(account);
  const { SubnetId = '', VpcId = '' } = must(account.ec2.subnets[0]);
  const GroupId = securityGroup(site, VpcId, { name: 'batch' });
  networkInterface(site, SubnetId, { Description: 'batch job', Groups: [{ GroupId, GroupName: 'batch' }] });
};

describe('interface endpoints in an account', () => {
  it('are waited for and lead the connector to the services, each on its port', async () => {
    const site = await cutOff();
    expect([reaches(site, SECRETS_HOST), reaches(site, SMTP_HOST, 587)]).toEqual([false, false]);
    const step = await planned(site);
    expect(step).toMatchObject({ fixes: ['secrets', 'mail'], monthlyCostUsd: 29.2 });
    expect(await apply(site.hands, PLACE, step)).toMatchObject({ state: 'going' });
    expect(await done(site, step)).toMatchObject({ state: 'done' });
    expect([reaches(site, SECRETS_HOST), reaches(site, SMTP_HOST, 587)]).toEqual([true, true]);
    const { endpoints, groups } = ours(site.sandbox.account);
    expect(endpoints).toMatchObject([
      { ServiceName: 'com.amazonaws.us-west-2.email-smtp', PrivateDnsEnabled: true, State: 'available' },
      { ServiceName: 'com.amazonaws.us-west-2.secretsmanager', PrivateDnsEnabled: true, State: 'available' },
    ]);
    expect(groups).toHaveLength(1);
    expect((await entriesOf(site.ledger)).map(({ id, kind, state, target }) => [id, kind, state, target])).toEqual([
      ['1.1.001', 'security-group', 'made', groups[0]?.GroupId],
      ['1.1.002', 'endpoint', 'made', endpoints[0]?.VpcEndpointId],
      ['1.1.003', 'endpoint', 'made', endpoints[1]?.VpcEndpointId],
    ]);
  });

  it('let in the connector and the default group in a VPC that has no other, and all of a VPC that others are in', async () => {
    const alone = await cutOff();
    const group = (step: Step) => step.details.group as { cidrs: string[]; groupIds: string[] };
    const byDefault = alone.sandbox.account.ec2.securityGroups.find(
      ({ GroupName }) => GroupName === 'default',
    )?.GroupId;
    expect(group(await planned(alone))).toMatchObject({
      cidrs: [],
      groupIds: [...alone.connector.securityGroupIds, byDefault].sort(),
    });
    const shared = await cutOff(stranger);
    expect(group(await planned(shared))).toMatchObject({ cidrs: ['10.60.0.0/16'], groupIds: [] });
  });

  it('take a neighbour along that shares the VPC, and give it back its own way', async () => {
    const site = await siteOf('shared-vpc');
    const { account } = site.sandbox;
    const neighbour = must(account.apprunner.services.find((service) => service !== site.service));
    const host = 'secretsmanager.us-east-1.amazonaws.com';
    const ways = () => [reaches(site, host), reaches({ ...site, service: neighbour }, host)];
    const states = [ways()];
    await done(site, await stepFor(site, addInterfaceEndpoints, [{ name: 'secrets', aws: 'secretsmanager' }]));
    states.push(ways());
    await takeBack(site);
    states.push(ways());
    expect(states).toEqual([
      [false, true],
      [true, true],
      [false, true],
    ]);
  });

  it('wait for AWS to know what was made a moment ago', async () => {
    const site = await cutOff();
    const step = await planned(site);
    const { account } = site.sandbox;
    const unknown = { error: 'InvalidGroup.NotFound', message: 'The security group does not exist' };
    account.faults.calls = { 'ec2:CreateSecurityGroup': { error: 'InvalidGroup.Duplicate' } };
    await expect(apply(site.hands, PLACE, step)).rejects.toThrow(named('RetryLater'));
    account.faults.calls = { 'ec2:AuthorizeSecurityGroupIngress': unknown };
    await expect(apply(site.hands, PLACE, step)).rejects.toThrow(named('RetryLater'));
    const [group] = ours(account).groups;
    account.faults.calls = {
      'ec2:CreateVpcEndpoint': { ...unknown, message: `The security group '${group?.GroupId}' does not exist` },
    };
    await expect(apply(site.hands, PLACE, step)).rejects.toThrow(named('RetryLater'));
    await done(site, step);
    expect(ours(account).groups).toEqual([group]);
  });

  it.each(['ec2:DeleteVpcEndpoints', 'ec2:DeleteSecurityGroup'])(
    'say what to do by hand when AWS refuses %s for good',
    async (action) => {
      const site = await cutOff();
      await done(site, await planned(site));
      site.sandbox.account.faults.calls = { [action]: { error: 'UnauthorizedOperation', status: 403 } };
      await expect(takeBack(site)).rejects.toThrow(/by hand/);
    },
  );

  it('are made once, however often they are asked for', async () => {
    const site = await cutOff();
    const step = await planned(site);
    await apply(site.hands, PLACE, step);
    await done(site, step);
    await done(site, step);
    const { endpoints, groups } = ours(site.sandbox.account);
    expect([endpoints.length, groups.length]).toEqual([2, 1]);
  });

  it('go back without a trace, also when asked twice and while they are still being made', async () => {
    const site = await cutOff();
    const before = networkOf(site.sandbox);
    await apply(site.hands, PLACE, await planned(site));
    const entries = await entriesOf(site.ledger);
    await takeBack(site);
    expect(networkOf(site.sandbox)).toEqual(before);
    const states = ['security-group undone', 'endpoint undone', 'endpoint undone'];
    expect(await statesOf(site.ledger)).toEqual(states);
    for (const entry of entries) expect(await undoOnce(site, entry)).toBe('settled');
    expect(networkOf(site.sandbox)).toEqual(before);
    expect(await statesOf(site.ledger)).toEqual(states);
  });

  describe.each([
    ['ec2:CreateSecurityGroup', 0, 'security-group'],
    ['ec2:AuthorizeSecurityGroupIngress', 0, 'security-group'],
    ['ec2:CreateVpcEndpoint', 0, 'endpoint'],
    ['ec2:CreateVpcEndpoint', 1, 'endpoint'],
  ])('when %s fails (%i went well before)', (action, skip, kind) => {
    it.each([
      ['before it took effect', false],
      ['after it took effect', true],
    ])('%s, the next try makes each thing once', async (_, after) => {
      const site = await cutOff();
      const step = await planned(site);
      site.sandbox.account.faults.calls = fault(action, after, skip);
      await expect(done(site, step)).rejects.toThrow(named('InternalError'));
      await done(site, step);
      const { endpoints, groups } = ours(site.sandbox.account);
      expect([endpoints.length, groups.length]).toEqual([2, 1]);
      expect(groups[0]?.IpPermissions).toHaveLength(6);
      expect(reaches(site, SECRETS_HOST)).toBe(true);
    });

    it.each([
      ['before it took effect', false],
      ['after it took effect', true],
    ])('%s, all goes back', async (_, after) => {
      const site = await cutOff();
      const before = networkOf(site.sandbox);
      const step = await planned(site);
      site.sandbox.account.faults.calls = fault(action, after, skip);
      await expect(done(site, step)).rejects.toThrow(named('InternalError'));
      await takeBack(site);
      expect(networkOf(site.sandbox)).toEqual(before);
      const wasMade = after || action === 'ec2:AuthorizeSecurityGroupIngress';
      expect((await statesOf(site.ledger)).at(-1)).toBe(`${kind} ${wasMade ? 'undone' : 'not-made'}`);
    });
  });

  it.each([
    ['ec2:DeleteVpcEndpoints', false],
    ['ec2:DeleteVpcEndpoints', true],
    ['ec2:DeleteSecurityGroup', false],
    ['ec2:DeleteSecurityGroup', true],
  ])('go back when %s fails (after it took effect: %s)', async (action, after) => {
    const site = await cutOff();
    const before = networkOf(site.sandbox);
    await done(site, await planned(site));
    site.sandbox.account.faults.calls = fault(action, after);
    await takeBack(site);
    expect(networkOf(site.sandbox)).toEqual(before);
  });

  it('were not made when the run was cut short before', async () => {
    const site = await cutOff();
    const entry = (id: string, kind: 'security-group' | 'endpoint') => ({
      ...{ id, kind, service: PLACE.service, remedy: 'add-interface-endpoints' as const },
      ...{ target: 'vpc-1', what: 'make it', undo: 'delete it', undoData: {} },
    });
    await writeUndo(site.ledger, entry('1.1.001', 'security-group'));
    await writeUndo(site.ledger, entry('1.1.002', 'endpoint'));
    const before = networkOf(site.sandbox);
    await takeBack(site);
    expect(await statesOf(site.ledger)).toEqual(['security-group not-made', 'endpoint not-made']);
    expect(networkOf(site.sandbox)).toEqual(before);
  });

  it('are left with their group where somebody gave one a subnet of theirs', async () => {
    const site = await cutOff();
    const step = await planned(site);
    await done(site, step);
    const { endpoints, groups } = ours(site.sandbox.account);
    const [mail, secrets] = endpoints;
    const [subnet] = secrets?.SubnetIds ?? [];
    const zone = site.sandbox.account.ec2.subnets.find(({ SubnetId }) => SubnetId === subnet)?.AvailabilityZone;
    const theirs = must(
      site.sandbox.account.ec2.subnets.find(
        ({ SubnetId, AvailabilityZone }) => AvailabilityZone === zone && SubnetId !== subnet,
      ),
    ).SubnetId as string;
    await site.ec2.send(
      new ModifyVpcEndpointCommand({
        VpcEndpointId: secrets?.VpcEndpointId,
        RemoveSubnetIds: [subnet ?? ''],
        AddSubnetIds: [theirs],
      }),
    );
    await takeBack(site);
    expect(await statesOf(site.ledger)).toEqual(['security-group left', 'endpoint undone', 'endpoint left']);
    const [group, , endpoint] = await entriesOf(site.ledger);
    expect(endpoint?.left).toBe(`${secrets?.VpcEndpointId} stays: ${theirs} uses it by now`);
    expect(group?.left).toContain(`${groups[0]?.GroupId} stays with its rules: eni-`);
    expect(reaches(site, SECRETS_HOST)).toBe(true);
    expect(mail).toBeDefined();
  });

  it('leave the group where an interface or a rule of somebody refers to it', async () => {
    const site = await cutOff(stranger);
    await done(site, await planned(site));
    const { account } = site.sandbox;
    const [group] = ours(account).groups;
    const theirs = must(account.ec2.securityGroups.find(({ GroupName }) => GroupName === 'batch')).GroupId as string;
    const rule = {
      GroupId: theirs,
      IpPermissions: [{ IpProtocol: 'tcp', FromPort: 80, ToPort: 80, UserIdGroupPairs: [{ GroupId: group?.GroupId }] }],
    };
    await site.ec2.send(new AuthorizeSecurityGroupIngressCommand(rule));
    await takeBack(site);
    expect(await statesOf(site.ledger)).toEqual(['security-group left', 'endpoint undone', 'endpoint undone']);
    expect((await entriesOf(site.ledger))[0]?.left).toBe(
      `${group?.GroupId} stays with its rules: a rule of ${theirs} uses it by now`,
    );
    await site.ec2.send(new RevokeSecurityGroupIngressCommand(rule));
    await site.ec2.send(new DeleteSecurityGroupCommand({ GroupId: group?.GroupId }));
  });

  it('are not made when another endpoint answers to the name by now, or DNS was switched off', async () => {
    const site = await cutOff();
    const step = await planned(site);
    const { account } = site.sandbox;
    const vpcId = must(account.ec2.vpcs[0]?.VpcId);
    const attributes = must(account.ec2.vpcAttributes[vpcId]);
    attributes.enableDnsHostnames = false;
    await expect(apply(site.hands, PLACE, step)).rejects.toThrow(named('StateDrifted'));
    attributes.enableDnsHostnames = true;
    const groupIds = [...site.connector.securityGroupIds];
    interfaceEndpoint(builder(account), { vpcId, service: 'secretsmanager', subnetIds: [], groupIds });
    await expect(apply(site.hands, PLACE, step)).rejects.toThrow(named('StateDrifted'));
    expect(await entriesOf(site.ledger)).toEqual([]);
  });

  it('are given up when AWS says failed, and all goes back', async () => {
    const site = await cutOff();
    const before = networkOf(site.sandbox);
    const step = await planned(site);
    await apply(site.hands, PLACE, step);
    const [first] = ours(site.sandbox.account).endpoints;
    Object.assign(must(first), { State: 'Failed', LastError: { Code: 'InternalError', Message: 'no capacity' } });
    await expect(apply(site.hands, PLACE, step)).rejects.toThrow(/is failed \(InternalError: no capacity\)/);
    await takeBack(site);
    expect(networkOf(site.sandbox)).toEqual(before);
  });

  it('are given up when they are pending for ever', async () => {
    const site = await cutOff();
    const step = await planned(site);
    await apply(site.hands, PLACE, step);
    await site.sandbox.clock.sleep(21 * 60_000);
    for (const endpoint of ours(site.sandbox.account).endpoints) endpoint.State = 'pending';
    await expect(apply(site.hands, PLACE, step)).rejects.toThrow(named('OperationStuck'));
  });

  it('are refused for good at the quota of the VPC, and all goes back', async () => {
    const site = await cutOff();
    const before = networkOf(site.sandbox);
    const step = await planned(site);
    site.sandbox.account.ec2.limits.interfaceEndpointsPerVpc = 1;
    await expect(apply(site.hands, PLACE, step)).rejects.toThrow(named('NotRepairable'));
    site.sandbox.account.ec2.limits.interfaceEndpointsPerVpc = 50;
    await takeBack(site);
    expect(networkOf(site.sandbox)).toEqual(before);
  });
});
