import {
  CreateVpcEndpointCommand,
  type CreateVpcEndpointRequest,
  DeleteVpcEndpointsCommand,
  ModifyVpcEndpointCommand,
  type ModifyVpcEndpointRequest,
} from '@aws-sdk/client-ec2';
import { describe, expect, it } from 'vitest';
import { ec2Box, named } from './ec2-box.ts';

const S3 = 'com.amazonaws.us-east-1.s3';
const S3_HOST = 's3.us-east-1.amazonaws.com';

async function gatewayBox() {
  const box = await ec2Box();
  const { ec2, vpcId: VpcId, tableId, account } = box;
  const usual: CreateVpcEndpointRequest = { VpcId, ServiceName: S3, RouteTableIds: [tableId] };
  return {
    ...box,
    usual,
    create: async (rest: Partial<CreateVpcEndpointRequest> = {}) =>
      (await ec2.send(new CreateVpcEndpointCommand({ ...usual, ...rest }))).VpcEndpoint,
    modify: (id: string | undefined, rest: Partial<ModifyVpcEndpointRequest>) =>
      ec2.send(new ModifyVpcEndpointCommand({ VpcEndpointId: id, ...rest })),
    remove: async (...ids: (string | undefined)[]) =>
      (await ec2.send(new DeleteVpcEndpointsCommand({ VpcEndpointIds: ids.map((id) => id ?? '') }))).Unsuccessful,
    otherTable: account.ec2.routeTables.find(({ RouteTableId }) => RouteTableId !== tableId)?.RouteTableId ?? '',
  };
}

describe('a gateway endpoint', () => {
  it('is there at once, with its routes, and its service is reached', async () => {
    const { create, reaches, reach } = await gatewayBox();
    expect(reaches(S3_HOST)).toBe(false);
    const made = await create();
    expect(made).toMatchObject({ State: 'available', VpcEndpointType: 'Gateway', ServiceName: S3 });
    expect(reach(S3_HOST)[0]).toMatchObject({ reached: true, via: made?.VpcEndpointId });
    expect(reaches('verify.twilio.com')).toBe(false);
  });

  it('goes at once and leaves nothing behind', async () => {
    const { create, remove, sandbox } = await gatewayBox();
    const before = sandbox.snapshot();
    const made = await create();
    expect(await remove(made?.VpcEndpointId)).toEqual([]);
    expect(sandbox.snapshot()).toEqual(before);
  });

  it('is listed as unsuccessful when it is not there, and the others are deleted all the same', async () => {
    const { create, remove, account } = await gatewayBox();
    const made = await create();
    const gone = 'vpce-00000000000000000';
    expect(await remove(gone, made?.VpcEndpointId)).toEqual([
      { ResourceId: gone, Error: expect.objectContaining({ Code: 'InvalidVpcEndpoint.NotFound' }) },
    ]);
    expect(account.ec2.vpcEndpoints).toEqual([]);
  });

  it('joins and leaves route tables', async () => {
    const { create, modify, otherTable, tableId, endpoint, account } = await gatewayBox();
    const id = (await create())?.VpcEndpointId;
    await modify(id, { AddRouteTableIds: [otherTable], RemoveRouteTableIds: [tableId] });
    expect((await endpoint(id))?.RouteTableIds).toEqual([otherTable]);
    const using = account.ec2.routeTables.filter(({ Routes }) => Routes?.some(({ GatewayId }) => GatewayId === id));
    expect(using.map(({ RouteTableId }) => RouteTableId)).toEqual([otherTable]);
    await expect(modify(id, { RemoveRouteTableIds: [tableId] })).rejects.toThrow(named('InvalidParameter'));
    await expect(modify('vpce-00000000000000000', {})).rejects.toThrow(named('InvalidVpcEndpointId.NotFound'));
  });

  it('is refused where a table has a route to the service', async () => {
    const { create, modify, otherTable, tableId } = await gatewayBox();
    await create();
    await expect(create()).rejects.toThrow(named('RouteAlreadyExists'));
    const other = await create({ RouteTableIds: [otherTable] });
    await expect(modify(other?.VpcEndpointId, { AddRouteTableIds: [tableId] })).rejects.toThrow(
      named('RouteAlreadyExists'),
    );
  });

  it('is refused for a service that is not offered so, with members of interfaces, and above the quota', async () => {
    const { create, closed, account } = await gatewayBox();
    const service = (name: string) => `com.amazonaws.us-east-1.${name}`;
    await expect(create({ ServiceName: service('email') })).rejects.toThrow(named('InvalidServiceName'));
    await expect(create({ ServiceName: service('sns') })).rejects.toThrow(named('InvalidParameter'));
    await expect(create({ SubnetIds: closed })).rejects.toThrow(named('InvalidParameter'));
    await expect(create({ PrivateDnsEnabled: true })).rejects.toThrow(named('InvalidParameter'));
    await expect(create({ VpcId: 'vpc-00000000000000000' })).rejects.toThrow(named('InvalidVpcID.NotFound'));
    await expect(create({ RouteTableIds: ['rtb-00000000000000000'] })).rejects.toThrow(
      named('InvalidRouteTableID.NotFound'),
    );
    account.ec2.limits.gatewayEndpoints = 0;
    await expect(create()).rejects.toThrow(named('VpcEndpointLimitExceeded'));
    expect(account.ec2.vpcEndpoints).toEqual([]);
  });

  it('is the same one for the same client token', async () => {
    const { create, account, otherTable } = await gatewayBox();
    const made = await create({ ClientToken: 'once' });
    expect(await create({ ClientToken: 'once' })).toEqual(made);
    expect(account.ec2.vpcEndpoints).toHaveLength(1);
    await expect(create({ ClientToken: 'once', RouteTableIds: [otherTable] })).rejects.toThrow(
      named('IdempotentParameterMismatch'),
    );
  });
});
