import {
  CreateRouteCommand,
  DeleteNatGatewayCommand,
  DeleteRouteCommand,
  DescribeNatGatewaysCommand,
  ReleaseAddressCommand,
} from '@aws-sdk/client-ec2';
import { describe, expect, it } from 'vitest';
import type { Step } from '../../../lib/domain/plan.ts';
import { addNatGateway, apply } from '../../../lib/remedies/add-nat-gateway.ts';
import type { Account } from '../../../sandbox/account.ts';
import {
  entriesOf,
  finish,
  must,
  networkOf,
  PLACE,
  type Site,
  siteOf,
  statesOf,
  stepFor,
  takeBack,
} from './network.ts';

const named = (name: string) => expect.objectContaining({ name });
const once = (action: string, after: boolean, skip = 0) => ({ [action]: { error: 'InternalError', after, skip } });

const cutOff = () => siteOf('otp-egress');
const look = (site: Site, step: Step) => site.sandbox.clock.working(() => apply(site.hands, PLACE, step));
const done = (site: Site, step: Step) => finish(site, () => apply(site.hands, PLACE, step));

const gateways = ({ sandbox }: Site) => sandbox.account.ec2.natGateways;
const defaultRoutes = ({ ec2 }: Account) =>
  ec2.routeTables.flatMap(({ Routes = [] }) => Routes.filter((route) => route.NatGatewayId));

describe('a NAT gateway in an account', () => {
  it('is made with its address, waited for, and led to', async () => {
    const site = await cutOff();
    const step = await stepFor(site, addNatGateway);
    expect(await look(site, step)).toMatchObject({ state: 'going' });
    expect(defaultRoutes(site.sandbox.account)).toEqual([]);
    expect(await done(site, step)).toMatchObject({ state: 'done' });
    const [nat] = gateways(site);
    expect(nat).toMatchObject({ State: 'available', ConnectivityType: 'public', SubnetId: expect.any(String) });
    expect(nat?.Tags).toEqual(
      expect.arrayContaining([
        { Key: 'reconnect:run', Value: 'run-1' },
        { Key: 'reconnect:service', Value: 'app' },
      ]),
    );
    expect(defaultRoutes(site.sandbox.account)).toMatchObject([{ NatGatewayId: nat?.NatGatewayId, State: 'active' }]);
    const entries = await entriesOf(site.ledger);
    expect(entries.map(({ id, kind, state, target }) => [id, kind, state, target])).toEqual([
      ['1.1.001', 'address', 'made', nat?.NatGatewayAddresses?.[0]?.AllocationId],
      ['1.1.002', 'nat-gateway', 'made', nat?.NatGatewayId],
      ['1.1.003', 'route', 'made', expect.stringMatching(/^rtb-/)],
    ]);
  });

  it('is made once, however often it is asked for', async () => {
    const site = await cutOff();
    const step = await stepFor(site, addNatGateway);
    await look(site, step);
    await look(site, step);
    await done(site, step);
    await done(site, step);
    expect([gateways(site).length, site.sandbox.account.ec2.addresses.length]).toEqual([1, 1]);
    expect(await entriesOf(site.ledger)).toHaveLength(3);
  });

  it('goes back without a trace, also when asked twice', async () => {
    const site = await cutOff();
    const before = networkOf(site.sandbox);
    await done(site, await stepFor(site, addNatGateway));
    await takeBack(site);
    expect(networkOf(site.sandbox)).toEqual(before);
    expect(await statesOf(site.ledger)).toEqual(['address undone', 'nat-gateway undone', 'route undone']);
    await takeBack(site);
    expect(networkOf(site.sandbox)).toEqual(before);
  });

  it('goes back while the gateway is still being made', async () => {
    const site = await cutOff();
    const before = networkOf(site.sandbox);
    await look(site, await stepFor(site, addNatGateway));
    await takeBack(site);
    expect(networkOf(site.sandbox)).toEqual(before);
  });

  describe.each([
    ['ec2:AllocateAddress', 'address'],
    ['ec2:CreateNatGateway', 'nat-gateway'],
    ['ec2:CreateRoute', 'route'],
  ])('when %s fails', (action, kind) => {
    it.each([
      ['before it took effect', false],
      ['after it took effect', true],
    ])('%s, it makes one thing at the next try', async (_, after) => {
      const site = await cutOff();
      const step = await stepFor(site, addNatGateway);
      site.sandbox.account.faults.calls = once(action, after);
      await expect(done(site, step)).rejects.toThrow(named('InternalError'));
      expect((await entriesOf(site.ledger)).at(-1)).toMatchObject({ kind, state: 'pending' });
      // By then EC2 shows what the first try made.
      await site.sandbox.clock.sleep(4 * 60_000);
      await done(site, step);
      const { addresses, natGateways } = site.sandbox.account.ec2;
      expect([addresses.length, natGateways.length, defaultRoutes(site.sandbox.account).length]).toEqual([1, 1, 1]);
    });

    it.each([
      ['before it took effect', false, 'not-made'],
      ['after it took effect', true, 'undone'],
    ])('%s, all goes back', async (_, after, state) => {
      const site = await cutOff();
      const before = networkOf(site.sandbox);
      const step = await stepFor(site, addNatGateway);
      site.sandbox.account.faults.calls = once(action, after);
      await expect(done(site, step)).rejects.toThrow(named('InternalError'));
      await takeBack(site);
      expect(networkOf(site.sandbox)).toEqual(before);
      expect((await statesOf(site.ledger)).at(-1)).toBe(`${kind} ${state}`);
    });
  });

  it.each(
    ['ec2:DeleteRoute', 'ec2:DeleteNatGateway', 'ec2:ReleaseAddress'].flatMap((action) => [
      [action, 'before', false] as const,
      [action, 'after', true] as const,
    ]),
  )('goes back although %s fails %s it took effect', async (action, _, after) => {
    const site = await cutOff();
    const before = networkOf(site.sandbox);
    await done(site, await stepFor(site, addNatGateway));
    site.sandbox.account.faults.calls = once(action, after);
    await takeBack(site);
    expect(site.sandbox.account.faults.calls).toEqual({});
    expect(networkOf(site.sandbox)).toEqual(before);
    expect(await statesOf(site.ledger)).toEqual(['address undone', 'nat-gateway undone', 'route undone']);
  });

  it.each([
    ['ec2:AllocateAddress', () => ({ Addresses: [] })],
    ['ec2:CreateNatGateway', () => ({ NatGateways: [] })],
  ])('goes back although EC2 does not show yet what %s made', async (action, nothing) => {
    const site = await cutOff();
    const before = networkOf(site.sandbox);
    const step = await stepFor(site, addNatGateway);
    site.sandbox.account.faults.calls = once(action, true);
    await expect(done(site, step)).rejects.toThrow(named('InternalError'));
    const { ec2 } = site;
    let blind = 2;
    const send = async (command: { input: object }) => {
      const looksByTag = 'Filters' in command.input || 'Filter' in command.input;
      return looksByTag && blind-- > 0 ? nothing() : ec2.send(command as never);
    };
    await takeBack({ ...site, hands: { ...site.hands, ec2: { send: send as unknown as typeof ec2.send } } });
    expect(networkOf(site.sandbox)).toEqual(before);
  });

  it('waits while EC2 does not let the address go', async () => {
    const site = await cutOff();
    const before = networkOf(site.sandbox);
    await done(site, await stepFor(site, addNatGateway));
    site.sandbox.account.faults.calls = { 'ec2:ReleaseAddress': { error: 'AuthFailure', times: 2 } };
    await takeBack(site);
    expect(networkOf(site.sandbox)).toEqual(before);
  });

  it('puts a default route back that was dead: without it the traffic is dropped as before', async () => {
    const site = await siteOf('route-blackhole');
    const before = networkOf(site.sandbox);
    await done(site, await stepFor(site, addNatGateway));
    const mine = (await entriesOf(site.ledger))[1]?.resource;
    expect(defaultRoutes(site.sandbox.account)).toMatchObject([{ NatGatewayId: mine, State: 'active' }]);
    await takeBack(site);
    expect(networkOf(site.sandbox)).toEqual(before);
    expect(defaultRoutes(site.sandbox.account)).toEqual([]);
    expect(await statesOf(site.ledger)).toEqual(['address undone', 'nat-gateway undone', 'route undone']);
  });
});

describe('what others do meanwhile', () => {
  it('leaves a gateway that another route leads to, with its address, and names the route table', async () => {
    const site = await cutOff();
    await done(site, await stepFor(site, addNatGateway));
    const nat = must(gateways(site)[0]?.NatGatewayId);
    const other = must(
      site.sandbox.account.ec2.routeTables.find(({ Routes = [] }) => !Routes.some((one) => one.NatGatewayId)),
    );
    const RouteTableId = must(other.RouteTableId);
    await site.ec2.send(
      new CreateRouteCommand({ RouteTableId, DestinationCidrBlock: '52.0.0.0/8', NatGatewayId: nat }),
    );
    await takeBack(site);
    const entries = await entriesOf(site.ledger);
    expect(entries.map(({ state }) => state)).toEqual(['left', 'left', 'undone']);
    expect(entries[1]?.left).toContain(RouteTableId);
    expect(entries[0]?.left).toContain(nat);
    expect(gateways(site)[0]?.State).toBe('available');
  });

  it('leaves a route that somebody led elsewhere', async () => {
    const site = await cutOff();
    const step = await stepFor(site, addNatGateway);
    await done(site, step);
    const { vpcId, routes } = step.details as { vpcId: string; routes: { routeTableId: string }[] };
    const table = must(
      site.sandbox.account.ec2.routeTables.find(({ RouteTableId }) => RouteTableId === routes[0]?.routeTableId),
    );
    expect(table.VpcId).toBe(vpcId);
    for (const route of table.Routes ?? [])
      if (route.NatGatewayId) Object.assign(route, { NatGatewayId: undefined, TransitGatewayId: 'tgw-1' });
    await takeBack(site);
    const entries = await entriesOf(site.ledger);
    expect(entries.map(({ state }) => state)).toEqual(['undone', 'undone', 'left']);
    expect(entries[2]?.left).toContain('leads to tgw-1 now');
  });

  it('has nothing to take back of what somebody took away', async () => {
    const site = await cutOff();
    const step = await stepFor(site, addNatGateway);
    await done(site, step);
    const nat = must(gateways(site)[0]);
    const { routes } = step.details as { routes: { routeTableId: string }[] };
    const DestinationCidrBlock = '0.0.0.0/0';
    await site.ec2.send(new DeleteRouteCommand({ RouteTableId: routes[0]?.routeTableId, DestinationCidrBlock }));
    await site.ec2.send(new DeleteNatGatewayCommand({ NatGatewayId: nat.NatGatewayId }));
    while (nat.State !== 'deleted') await site.sandbox.clock.sleep(10_000);
    await site.ec2.send(new ReleaseAddressCommand({ AllocationId: nat.NatGatewayAddresses?.[0]?.AllocationId }));
    await takeBack(site);
    expect(await statesOf(site.ledger)).toEqual(['address undone', 'nat-gateway undone', 'route undone']);
  });

  it('leaves an address that something else has by then', async () => {
    const site = await cutOff();
    site.sandbox.account.faults.calls = once('ec2:CreateNatGateway', false);
    await expect(done(site, await stepFor(site, addNatGateway))).rejects.toThrow(named('InternalError'));
    const [address] = site.sandbox.account.ec2.addresses;
    Object.assign(must(address), { AssociationId: 'eipassoc-1', InstanceId: 'i-1', NetworkInterfaceId: 'eni-1' });
    await takeBack(site);
    expect((await entriesOf(site.ledger)).map(({ state, left }) => [state, left])).toEqual([
      ['left', `${address?.AllocationId} is the address of i-1`],
      ['not-made', undefined],
    ]);
  });

  it('makes nothing where a route table is not as the plan saw it', async () => {
    const site = await cutOff();
    const step = await stepFor(site, addNatGateway);
    const { routes } = step.details as { routes: { routeTableId: string }[] };
    const table = site.sandbox.account.ec2.routeTables.find(
      ({ RouteTableId }) => RouteTableId === routes[0]?.routeTableId,
    );
    table?.Routes?.push({ DestinationCidrBlock: '0.0.0.0/0', TransitGatewayId: 'tgw-1', State: 'active' });
    await expect(look(site, step)).rejects.toThrow(named('StateDrifted'));
    expect(await entriesOf(site.ledger)).toEqual([]);
  });

  it('makes nothing where the public subnet lost its way out', async () => {
    const site = await cutOff();
    const step = await stepFor(site, addNatGateway);
    for (const { Routes = [] } of site.sandbox.account.ec2.routeTables)
      for (const route of Routes) if (route.GatewayId?.startsWith('igw-')) route.State = 'blackhole';
    await expect(look(site, step)).rejects.toThrow(named('StateDrifted'));
    expect(await entriesOf(site.ledger)).toEqual([]);
  });

  it('sets no route over one that came meanwhile, and takes the rest back', async () => {
    const site = await cutOff();
    const step = await stepFor(site, addNatGateway);
    await look(site, step);
    const { routes } = step.details as { routes: { routeTableId: string }[] };
    const table = site.sandbox.account.ec2.routeTables.find(
      ({ RouteTableId }) => RouteTableId === routes[0]?.routeTableId,
    );
    table?.Routes?.push({ DestinationCidrBlock: '0.0.0.0/0', TransitGatewayId: 'tgw-1', State: 'active' });
    await expect(done(site, step)).rejects.toThrow(named('StateDrifted'));
    await takeBack(site);
    expect(await statesOf(site.ledger)).toEqual(['address undone', 'nat-gateway undone', 'route not-made']);
    expect(table?.Routes?.at(-1)).toMatchObject({ TransitGatewayId: 'tgw-1' });
  });
});

describe('what AWS does not give', () => {
  it('says why a gateway failed', async () => {
    const site = await cutOff();
    const step = await stepFor(site, addNatGateway);
    await look(site, step);
    Object.assign(must(gateways(site)[0]), {
      State: 'failed',
      FailureCode: 'InternalError',
      FailureMessage: 'try again',
    });
    await expect(done(site, step)).rejects.toThrow(/nat-.* is failed: InternalError: try again/);
    await expect(done(site, step)).rejects.toThrow(named('NotRepairable'));
  });

  it.each([
    ['addresses', /Elastic IP addresses as its quota allows/],
    ['natGatewaysPerZone', /NAT gateways as the quota allows/],
  ] as const)('says that the quota of %s is used up', async (limit, because) => {
    const site = await cutOff();
    const before = networkOf(site.sandbox);
    const step = await stepFor(site, addNatGateway);
    const { limits } = site.sandbox.account.ec2;
    const most = limits[limit];
    limits[limit] = 0;
    await expect(done(site, step)).rejects.toThrow(because);
    await takeBack(site);
    limits[limit] = most;
    expect(networkOf(site.sandbox)).toEqual(before);
  });

  it('does not wait for ever', async () => {
    const site = await cutOff();
    const step = await stepFor(site, addNatGateway);
    await look(site, step);
    const stuck = async (command: object) =>
      command instanceof DescribeNatGatewaysCommand
        ? { NatGateways: [{ NatGatewayId: 'nat-1', State: 'pending' }] }
        : site.ec2.send(command as never);
    const ec2 = { send: stuck as unknown as typeof site.ec2.send };
    await expect(finish(site, () => apply({ ...site.hands, ec2 }, PLACE, step))).rejects.toThrow(
      named('OperationStuck'),
    );
  });

  it('says what to do by hand where it may not put things back', async () => {
    const site = await cutOff();
    await done(site, await stepFor(site, addNatGateway));
    site.sandbox.account.faults.calls = { 'ec2:DeleteRoute': { error: 'UnauthorizedOperation', status: 403 } };
    await expect(takeBack(site)).rejects.toThrow(named('UndoFailed'));
  });
});
