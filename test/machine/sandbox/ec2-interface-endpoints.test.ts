import {
  CreateVpcEndpointCommand,
  type CreateVpcEndpointRequest,
  DeleteSecurityGroupCommand,
  DeleteVpcEndpointsCommand,
  ModifyVpcEndpointCommand,
  type ModifyVpcEndpointRequest,
} from '@aws-sdk/client-ec2';
import { describe, expect, it } from 'vitest';
import { gatewayEndpoint } from '../../../sandbox/build/endpoints.ts';
import { securityGroup, tcpFrom } from '../../../sandbox/build/interfaces.ts';
import { Random } from '../../../sandbox/random.ts';
import { ec2Box, named } from './ec2-box.ts';

const HOST = 'secretsmanager.us-east-1.amazonaws.com';
const S3 = 'com.amazonaws.us-east-1.s3';
const S3_HOST = 's3.us-east-1.amazonaws.com';

async function interfaceBox() {
  const box = await ec2Box();
  const { ec2, vpcId: VpcId, account, closed } = box;
  const site = { account, random: new Random(3), now: new Date('2026-01-01T00:00:00Z') };
  const groupId = securityGroup(site, VpcId, { name: 'endpoint', ingress: [tcpFrom('10.0.0.0/16', 443)] });
  const usual: CreateVpcEndpointRequest = {
    VpcId,
    VpcEndpointType: 'Interface',
    ServiceName: 'com.amazonaws.us-east-1.secretsmanager',
    SubnetIds: closed,
    SecurityGroupIds: [groupId],
    PrivateDnsEnabled: true,
  };
  return {
    ...box,
    site,
    groupId,
    create: async (rest: Partial<CreateVpcEndpointRequest> = {}) =>
      (await ec2.send(new CreateVpcEndpointCommand({ ...usual, ...rest }))).VpcEndpoint,
    modify: (id: string | undefined, rest: Partial<ModifyVpcEndpointRequest>) =>
      ec2.send(new ModifyVpcEndpointCommand({ VpcEndpointId: id, ...rest })),
    remove: (id: string | undefined) => ec2.send(new DeleteVpcEndpointsCommand({ VpcEndpointIds: [id ?? ''] })),
    linksOf: (id: string | undefined) =>
      account.ec2.networkInterfaces.filter(({ Description }) => Description?.endsWith(` ${id}`)),
  };
}

describe('an interface endpoint', () => {
  it('takes about a minute, and then the names of its service lead to it', async () => {
    const { create, pass, reach, endpoint, linksOf, closed } = await interfaceBox();
    const made = await create();
    const id = made?.VpcEndpointId;
    expect(made?.State).toBe('pending');
    expect(reach(HOST)[0]).toMatchObject({ reached: false, address: '44.220.8.31' });
    await pass(2);
    expect(await endpoint(id)).toMatchObject({ State: 'available', SubnetIds: closed });
    expect(reach(HOST)[0]).toMatchObject({ reached: true, via: id, address: linksOf(id)[0]?.PrivateIpAddress });
    expect(linksOf(id)).toMatchObject(closed.map((SubnetId) => ({ SubnetId, InterfaceType: 'vpc_endpoint' })));
  });

  it('has the default group of the VPC when none is named', async () => {
    const { create } = await interfaceBox();
    expect((await create({ SecurityGroupIds: undefined }))?.Groups).toMatchObject([{ GroupName: 'default' }]);
  });

  it('holds its group until it is gone with its interfaces', async () => {
    const { create, remove, pass, endpoint, linksOf, groupId: GroupId, ec2 } = await interfaceBox();
    const id = (await create())?.VpcEndpointId;
    await pass(2);
    await remove(id);
    expect((await endpoint(id))?.State).toBe('deleting');
    await expect(ec2.send(new DeleteSecurityGroupCommand({ GroupId }))).rejects.toThrow(named('DependencyViolation'));
    await pass(2);
    expect([await endpoint(id), linksOf(id)]).toEqual([undefined, []]);
    await ec2.send(new DeleteSecurityGroupCommand({ GroupId }));
  });

  it('changes its subnets and groups', async () => {
    const { create, modify, pass, endpoint, linksOf, closed, connectorGroup, groupId } = await interfaceBox();
    const [first = '', second = ''] = closed;
    const id = (await create({ SubnetIds: [first] }))?.VpcEndpointId;
    const change = { AddSubnetIds: [second], AddSecurityGroupIds: [connectorGroup], RemoveSecurityGroupIds: [groupId] };
    await expect(modify(id, change)).rejects.toThrow(named('IncorrectState'));
    await pass(2);
    await modify(id, change);
    expect((await endpoint(id))?.SubnetIds).toEqual([first, second]);
    expect(linksOf(id).map(({ Groups }) => Groups?.map(({ GroupId }) => GroupId))).toEqual([
      [connectorGroup],
      [connectorGroup],
    ]);
    await modify(id, { RemoveSubnetIds: [first] });
    expect(linksOf(id).map(({ SubnetId }) => SubnetId)).toEqual([second]);
    await expect(modify(id, { RemoveSubnetIds: [first] })).rejects.toThrow(named('InvalidParameter'));
  });

  it('has one subnet in a zone, in zones of the service, in its VPC', async () => {
    const { create, modify, pass, closed, openSubnet, account } = await interfaceBox();
    await expect(create({ SubnetIds: [...closed, openSubnet] })).rejects.toThrow(named('DuplicateSubnetsInSameZone'));
    const id = (await create())?.VpcEndpointId;
    await pass(2);
    await expect(modify(id, { AddSubnetIds: [openSubnet] })).rejects.toThrow(named('DuplicateSubnetsInSameZone'));
    for (const service of account.ec2.endpointServices) service.AvailabilityZones = ['us-east-1c'];
    await expect(create()).rejects.toThrow(named('InvalidParameter'));
  });

  it('is the only one in the VPC with the private names of its service', async () => {
    const { create, account, vpcId } = await interfaceBox();
    await create();
    await expect(create()).rejects.toThrow(/private-dns-enabled cannot be set because there is already a conflicting/);
    for (const one of account.ec2.vpcEndpoints) one.State = 'failed';
    await expect(create()).rejects.toThrow(/already a conflicting/);
    await create({ PrivateDnsEnabled: false });
    account.ec2.limits.interfaceEndpointsPerVpc = 2;
    await expect(create({ PrivateDnsEnabled: false })).rejects.toThrow(named('VpcEndpointLimitExceeded'));
    account.ec2.vpcAttributes[vpcId] = { enableDnsSupport: true, enableDnsHostnames: false };
    await expect(create({ ServiceName: 'com.amazonaws.us-east-1.sns' })).rejects.toThrow(named('InvalidParameter'));
  });

  it('is refused members of a gateway endpoint', async () => {
    const { create, tableId } = await interfaceBox();
    await expect(create({ RouteTableIds: [tableId] })).rejects.toThrow(named('InvalidParameter'));
  });
});

describe('an interface endpoint of S3', () => {
  it('takes the names inside the VPC only when asked to', async () => {
    const { create, pass, reach, remove } = await interfaceBox();
    await expect(create({ ServiceName: S3 })).rejects.toThrow(named('InvalidParameter'));
    const DnsOptions = { PrivateDnsOnlyForInboundResolverEndpoint: false };
    const made = await create({ ServiceName: S3, DnsOptions });
    await pass(2);
    expect(reach(S3_HOST)[0]).toMatchObject({ reached: true, via: made?.VpcEndpointId });
    await remove(made?.VpcEndpointId);
  });

  it('leaves them to the gateway endpoint otherwise', async () => {
    const { create, pass, reach, site, vpcId, tableId } = await interfaceBox();
    const gateway = gatewayEndpoint(site, { vpcId, service: 's3', routeTableIds: [tableId] });
    await create({ ServiceName: S3 });
    await pass(2);
    expect(reach(S3_HOST)[0]).toMatchObject({ reached: true, via: gateway });
  });
});
