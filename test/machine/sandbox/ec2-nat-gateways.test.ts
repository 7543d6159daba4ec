import {
  AllocateAddressCommand,
  CreateNatGatewayCommand,
  CreateRouteCommand,
  DeleteNatGatewayCommand,
  DeleteRouteCommand,
  DescribeAddressesCommand,
  DescribeNatGatewaysCommand,
  DescribeNetworkInterfacesCommand,
  DescribeRouteTablesCommand,
  ReleaseAddressCommand,
} from '@aws-sdk/client-ec2';
import { describe, expect, it } from 'vitest';
import { type Ec2Box, ec2Box, named } from './ec2-box.ts';

const allocate = async ({ ec2 }: Ec2Box) =>
  (await ec2.send(new AllocateAddressCommand({ Domain: 'vpc' }))).AllocationId;

const create = async (box: Ec2Box, rest: { SubnetId?: string; AllocationId?: string; ClientToken?: string } = {}) => {
  const AllocationId = rest.AllocationId ?? (await allocate(box));
  const input = { SubnetId: box.openSubnet, AllocationId, ...rest };
  const { NatGateway } = await box.ec2.send(new CreateNatGatewayCommand(input));
  return { id: NatGateway?.NatGatewayId, AllocationId, State: NatGateway?.State, input };
};

describe('a new NAT gateway', () => {
  it('is pending for about two minutes and holds its address from the start', async () => {
    const box = await ec2Box();
    const { id, AllocationId, State } = await create(box);
    expect(State).toBe('pending');
    await box.pass(1);
    expect((await box.gateway(id))?.State).toBe('pending');
    await box.pass(2);
    const made = await box.gateway(id);
    expect(made).toMatchObject({ State: 'available', NatGatewayAddresses: [{ Status: 'succeeded', AllocationId }] });
    const [link] = made?.NatGatewayAddresses ?? [];
    const { Addresses } = await box.ec2.send(new DescribeAddressesCommand({ AllocationIds: [AllocationId ?? ''] }));
    expect(Addresses).toMatchObject([
      {
        AssociationId: link?.AssociationId,
        NetworkInterfaceId: link?.NetworkInterfaceId,
        PrivateIpAddress: link?.PrivateIp,
        PublicIp: link?.PublicIp,
      },
    ]);
    const { NetworkInterfaces } = await box.ec2.send(
      new DescribeNetworkInterfacesCommand({ NetworkInterfaceIds: [link?.NetworkInterfaceId ?? ''] }),
    );
    expect(NetworkInterfaces).toMatchObject([{ InterfaceType: 'nat_gateway', SubnetId: box.openSubnet }]);
    await expect(box.ec2.send(new ReleaseAddressCommand({ AllocationId }))).rejects.toThrow(
      named('InvalidIPAddress.InUse'),
    );
  });

  it('opens the internet to private subnets once a route leads to it', async () => {
    const box = await ec2Box();
    const { id } = await create(box);
    const route = { RouteTableId: box.tableId, DestinationCidrBlock: '0.0.0.0/0', NatGatewayId: id };
    await expect(box.ec2.send(new CreateRouteCommand(route))).rejects.toThrow(named('InvalidNatGatewayID.NotFound'));
    await box.pass(3);
    expect(box.reaches('verify.twilio.com')).toBe(false);
    await box.ec2.send(new CreateRouteCommand(route));
    const found = box.reach('verify.twilio.com');
    expect(found.map(({ reached }) => reached)).toEqual([true, true, true, true]);
    expect(found[0]).toMatchObject({ via: id });
  });

  it('is the same one for the same client token, and none for other parameters', async () => {
    const box = await ec2Box();
    const { id, input } = await create(box, { ClientToken: 'once' });
    const again = await box.ec2.send(new CreateNatGatewayCommand(input));
    expect([again.NatGateway?.NatGatewayId, again.ClientToken]).toEqual([id, 'once']);
    expect((await box.ec2.send(new DescribeNatGatewaysCommand({}))).NatGateways).toHaveLength(1);
    const other = new CreateNatGatewayCommand({ ...input, SubnetId: box.closedSubnet });
    await expect(box.ec2.send(other)).rejects.toThrow(named('IdempotentParameterMismatch'));
  });

  it('fails when its address is taken', async () => {
    const box = await ec2Box();
    const { AllocationId } = await create(box);
    const { id, State } = await create(box, { AllocationId });
    expect(State).toBe('pending');
    await box.pass(1);
    expect(await box.gateway(id)).toMatchObject({ State: 'failed', FailureCode: 'Resource.AlreadyAssociated' });
  });

  it('fails in a VPC without an internet gateway, and leaves the address free', async () => {
    const box = await ec2Box();
    box.account.ec2.internetGateways = [];
    const { id, AllocationId } = await create(box);
    await box.pass(1);
    expect(await box.gateway(id)).toMatchObject({ State: 'failed', FailureCode: 'Gateway.NotAttached' });
    await box.ec2.send(new ReleaseAddressCommand({ AllocationId }));
  });

  it('is refused above the quota of its zone, without an address, and in an unknown subnet', async () => {
    const box = await ec2Box();
    box.account.ec2.limits.natGatewaysPerZone = 1;
    await create(box);
    await expect(create(box)).rejects.toThrow(named('NatGatewayLimitExceeded'));
    const bare = new CreateNatGatewayCommand({ SubnetId: box.openSubnet });
    await expect(box.ec2.send(bare)).rejects.toThrow(named('MissingParameter'));
    await expect(create(box, { SubnetId: 'subnet-00000000000000000' })).rejects.toThrow(
      named('InvalidSubnetID.NotFound'),
    );
    await expect(create(box, { AllocationId: 'eipalloc-00000000000000000' })).rejects.toThrow(
      named('InvalidAllocationID.NotFound'),
    );
  });
});

describe('a deleted NAT gateway', () => {
  it('turns its routes into blackholes, frees its address, and is listed for an hour more', async () => {
    const box = await ec2Box('otp-egress', { speed: 3000 });
    const { id, AllocationId } = await create(box);
    await box.pass(3);
    await box.ec2.send(
      new CreateRouteCommand({ RouteTableId: box.tableId, DestinationCidrBlock: '0.0.0.0/0', NatGatewayId: id }),
    );
    await box.ec2.send(new DeleteNatGatewayCommand({ NatGatewayId: id }));
    expect((await box.gateway(id))?.State).toBe('deleting');
    expect(box.reaches('verify.twilio.com')).toBe(false);
    await expect(box.ec2.send(new ReleaseAddressCommand({ AllocationId }))).rejects.toThrow(
      named('InvalidIPAddress.InUse'),
    );
    await box.pass(2);
    expect((await box.gateway(id))?.State).toBe('deleted');
    const { RouteTables } = await box.ec2.send(new DescribeRouteTablesCommand({ RouteTableIds: [box.tableId] }));
    expect(RouteTables?.[0]?.Routes).toContainEqual(
      expect.objectContaining({ NatGatewayId: id, State: 'blackhole', DestinationCidrBlock: '0.0.0.0/0' }),
    );
    await box.ec2.send(new ReleaseAddressCommand({ AllocationId }));
    await expect(box.ec2.send(new DeleteNatGatewayCommand({ NatGatewayId: id }))).rejects.toThrow(
      named('NatGatewayNotFound'),
    );
    await box.pass(61);
    await expect(box.ec2.send(new DescribeNatGatewaysCommand({ NatGatewayIds: [id ?? ''] }))).rejects.toThrow(
      named('NatGatewayNotFound'),
    );
  });

  it('leaves nothing behind an hour after a repair was undone', async () => {
    const box = await ec2Box('otp-egress', { speed: 20_000 });
    const before = box.sandbox.snapshot();
    const { id, AllocationId } = await create(box);
    await box.pass(3);
    const route = { RouteTableId: box.tableId, DestinationCidrBlock: '0.0.0.0/0' };
    await box.ec2.send(new CreateRouteCommand({ ...route, NatGatewayId: id }));
    await box.ec2.send(new DeleteRouteCommand(route));
    await box.ec2.send(new DeleteNatGatewayCommand({ NatGatewayId: id }));
    await box.pass(2);
    await box.ec2.send(new ReleaseAddressCommand({ AllocationId }));
    await box.pass(61);
    expect(box.sandbox.snapshot()).toEqual(before);
  });

  it('frees its address though the scenario made it', async () => {
    const box = await ec2Box('healthy-nat');
    const [address] = (await box.ec2.send(new DescribeAddressesCommand({}))).Addresses ?? [];
    expect(address).toMatchObject({ AssociationId: expect.any(String) });
    await box.ec2.send(new DeleteNatGatewayCommand({ NatGatewayId: box.account.ec2.natGateways[0]?.NatGatewayId }));
    await box.pass(2);
    await box.ec2.send(new ReleaseAddressCommand({ AllocationId: address?.AllocationId }));
    expect(box.account.ec2.addresses).toEqual([]);
  });

  it('leaves nothing behind when it was deleted before it was there', async () => {
    const box = await ec2Box();
    const links = box.account.ec2.networkInterfaces.length;
    const { id } = await create(box);
    await box.ec2.send(new DeleteNatGatewayCommand({ NatGatewayId: id }));
    await box.pass(3);
    expect((await box.gateway(id))?.State).toBe('deleted');
    expect(box.account.ec2.networkInterfaces).toHaveLength(links);
  });
});
