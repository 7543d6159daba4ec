import { CreateRouteCommand, DeleteRouteCommand, ReplaceRouteCommand } from '@aws-sdk/client-ec2';
import { describe, expect, it } from 'vitest';
import { gatewayEndpoint } from '../../../sandbox/build/endpoints.ts';
import { natGateway } from '../../../sandbox/build/network.ts';
import { Random } from '../../../sandbox/random.ts';
import { ec2Box, named } from './ec2-box.ts';

async function routesBox() {
  const box = await ec2Box();
  const site = { account: box.account, random: new Random(3), now: new Date('2026-01-01T00:00:00Z') };
  const natId = natGateway(site, box.openSubnet);
  const { tableId: RouteTableId, ec2 } = box;
  const everywhere = { RouteTableId, DestinationCidrBlock: '0.0.0.0/0' };
  return {
    ...box,
    site,
    natId,
    everywhere,
    toNat: { ...everywhere, NatGatewayId: natId },
    create: (input: ConstructorParameters<typeof CreateRouteCommand>[0]) => ec2.send(new CreateRouteCommand(input)),
    replace: (input: ConstructorParameters<typeof ReplaceRouteCommand>[0]) => ec2.send(new ReplaceRouteCommand(input)),
    remove: (input: ConstructorParameters<typeof DeleteRouteCommand>[0]) => ec2.send(new DeleteRouteCommand(input)),
    routes: () => box.account.ec2.routeTables.find((one) => one.RouteTableId === RouteTableId)?.Routes,
  };
}

describe('routes', () => {
  it('are made and deleted without a trace', async () => {
    const { create, remove, sandbox, toNat, everywhere, reaches } = await routesBox();
    const before = sandbox.snapshot();
    await create(toNat);
    expect(reaches('verify.twilio.com')).toBe(true);
    await remove(everywhere);
    expect(sandbox.snapshot()).toEqual(before);
    await expect(remove(everywhere)).rejects.toThrow(named('InvalidRoute.NotFound'));
  });

  it('are in the way of another one even as blackholes, and then are replaced', async () => {
    const { create, replace, routes, toNat, natId, reaches } = await routesBox();
    await create(toNat);
    Object.assign(routes()?.at(-1) ?? {}, { NatGatewayId: 'nat-0123456789abcdef0', State: 'blackhole' });
    await expect(create(toNat)).rejects.toThrow(named('RouteAlreadyExists'));
    await replace(toNat);
    expect(routes()?.at(-1)).toEqual({
      DestinationCidrBlock: '0.0.0.0/0',
      NatGatewayId: natId,
      Origin: 'CreateRoute',
      State: 'active',
    });
    expect(reaches('verify.twilio.com')).toBe(true);
  });

  it('go before a propagated one of the same block, which is not for hands', async () => {
    const { create, replace, remove, routes, toNat, everywhere, natId } = await routesBox();
    const propagated = { DestinationCidrBlock: '0.0.0.0/0', GatewayId: 'vgw-0a1b2c3d', State: 'active' };
    routes()?.push({ ...propagated, Origin: 'EnableVgwRoutePropagation' });
    await expect(replace(toNat)).rejects.toThrow(named('InvalidParameterValue'));
    await expect(remove(everywhere)).rejects.toThrow(named('InvalidRoute.NotFound'));
    await create(toNat);
    expect(routes()?.at(-1)).toMatchObject({ NatGatewayId: natId });
    await expect(create(toNat)).rejects.toThrow(named('RouteAlreadyExists'));
    await remove(everywhere);
    expect(routes()?.at(-1)).toMatchObject(propagated);
  });

  it('may lead a prefix list of a customer like a block', async () => {
    const { create, replace, remove, account, tableId: RouteTableId, natId, routes, reaches } = await routesBox();
    const list = { RouteTableId, DestinationPrefixListId: 'pl-0a1b2c3d' };
    account.ec2.prefixLists.push({ PrefixListId: 'pl-0a1b2c3d', PrefixListName: 'all', cidrs: ['0.0.0.0/0'] });
    await create({ ...list, TransitGatewayId: 'tgw-0a1b2c3d' });
    await replace({ ...list, NatGatewayId: natId });
    expect(reaches('verify.twilio.com')).toBe(true);
    await remove(list);
    expect(routes()?.at(-1)?.DestinationPrefixListId).toBeUndefined();
  });

  it('cannot be replaced when there is none', async () => {
    const { replace, toNat } = await routesBox();
    await expect(replace(toNat)).rejects.toThrow(named('InvalidParameterValue'));
  });

  it('are stored by the canonical form of their block', async () => {
    const { create, toNat, routes } = await routesBox();
    await create({ ...toNat, DestinationCidrBlock: '100.68.0.18/18' });
    expect(routes()?.at(-1)?.DestinationCidrBlock).toBe('100.68.0.0/18');
    await expect(create({ ...toNat, DestinationCidrBlock: '100.68.0.0/33' })).rejects.toThrow(
      named('InvalidParameterValue'),
    );
  });

  it('have one target, which is there, in the same VPC', async () => {
    const { create, everywhere, toNat, gatewayId, account } = await routesBox();
    await expect(create(everywhere)).rejects.toThrow(named('MissingParameter'));
    await expect(create({ ...toNat, GatewayId: gatewayId })).rejects.toThrow(named('InvalidParameterCombination'));
    await expect(create({ ...everywhere, NatGatewayId: 'nat-00000000000000000' })).rejects.toThrow(
      named('InvalidNatGatewayID.NotFound'),
    );
    await expect(create({ ...everywhere, GatewayId: 'igw-00000000000000000' })).rejects.toThrow(
      named('InvalidGatewayID.NotFound'),
    );
    await expect(create({ ...toNat, RouteTableId: 'rtb-00000000000000000' })).rejects.toThrow(
      named('InvalidRouteTableID.NotFound'),
    );
    await expect(create({ ...toNat, RouteTableId: 'rtb-x' })).rejects.toThrow(named('InvalidRouteTableId.Malformed'));
    await expect(create({ ...toNat, DryRun: true })).rejects.toThrow(named('DryRunOperation'));
    for (const nat of account.ec2.natGateways) nat.VpcId = 'vpc-00000000000000000';
    await expect(create(toNat)).rejects.toThrow(named('InvalidParameterValue'));
  });

  it('to local and to gateway endpoints are not for hands', async () => {
    const { create, replace, remove, site, tableId: RouteTableId, toNat, vpcId, routes, account } = await routesBox();
    const local = { RouteTableId, DestinationCidrBlock: account.ec2.vpcs[0]?.CidrBlock };
    await expect(remove(local)).rejects.toThrow(named('InvalidParameterValue'));
    const id = gatewayEndpoint(site, { vpcId, service: 's3', routeTableIds: [RouteTableId] });
    const { DestinationPrefixListId } = routes()?.at(-1) ?? {};
    const list = { RouteTableId, DestinationPrefixListId };
    await expect(remove(list)).rejects.toThrow(named('InvalidParameterValue'));
    await expect(replace({ ...list, NatGatewayId: toNat.NatGatewayId })).rejects.toThrow(
      named('InvalidParameterValue'),
    );
    const other = account.ec2.prefixLists.find((one) => one.PrefixListId !== DestinationPrefixListId)?.PrefixListId;
    await expect(create({ RouteTableId, DestinationPrefixListId: other, GatewayId: id })).rejects.toThrow(
      named('InvalidParameterValue'),
    );
    await expect(create({ RouteTableId, DestinationPrefixListId: 'pl-00000000', GatewayId: id })).rejects.toThrow(
      named('InvalidPrefixListID.NotFound'),
    );
  });
});
