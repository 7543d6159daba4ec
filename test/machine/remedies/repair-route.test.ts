import { describe, expect, it } from 'vitest';
import { apply, repairRoute } from '../../../lib/remedies/repair-route.ts';
import type { Account } from '../../../sandbox/account.ts';
import { entriesOf, must, networkOf, PLACE, type Site, siteOf, statesOf, stepFor, takeBack } from './network.ts';

const named = (name: string) => expect.objectContaining({ name });
const once = (action: string, after: boolean) => ({ [action]: { error: 'InternalError', after } });

/** The default routes of both private tables lead to a NAT gateway that was deleted; another one works. */
const dead = (change?: (account: Account) => void) => siteOf('route-blackhole-other-nat', change);
/** The same without any default route: the VPC was built so. */
const none = () =>
  dead((account) => {
    for (const table of account.ec2.routeTables)
      table.Routes = table.Routes?.filter(({ State }) => State !== 'blackhole');
  });

const routesTo = ({ sandbox }: Site) => {
  const { natGateways, routeTables } = sandbox.account.ec2;
  const ids = natGateways.filter(({ State }) => State === 'available').map(({ NatGatewayId }) => NatGatewayId);
  return routeTables.flatMap(({ Routes = [] }) => Routes.filter((one) => ids.includes(one.NatGatewayId)));
};
const tableOf = ({ sandbox }: Site, { details }: { details: Record<string, unknown> }) => {
  const [route] = details.routes as { routeTableId: string }[];
  return must(sandbox.account.ec2.routeTables.find(({ RouteTableId }) => RouteTableId === route?.routeTableId));
};

describe.each([
  ['leads nowhere', dead, 'ec2:ReplaceRoute'],
  ['is missing', none, 'ec2:CreateRoute'],
] as const)('a default route that %s', (_, account, call) => {
  it('is led to the NAT gateway that works, once', async () => {
    const site = await account();
    const step = await stepFor(site, repairRoute);
    expect(await apply(site.hands, PLACE, step)).toMatchObject({ state: 'done' });
    expect(await apply(site.hands, PLACE, step)).toMatchObject({ state: 'done' });
    const route = { DestinationCidrBlock: '0.0.0.0/0', State: 'active' };
    expect(routesTo(site)).toMatchObject([route, route]);
    expect(await statesOf(site.ledger)).toEqual(['route made', 'route made']);
  });

  it('goes back, also when asked twice', async () => {
    const site = await account();
    const before = networkOf(site.sandbox);
    await apply(site.hands, PLACE, await stepFor(site, repairRoute));
    await takeBack(site);
    await takeBack(site);
    expect(networkOf(site.sandbox)).toEqual(before);
    expect(new Set(await statesOf(site.ledger))).toEqual(new Set(['route undone']));
  });

  it.each([
    ['before it took effect', false, 'route not-made'],
    ['after it took effect', true, 'route undone'],
  ])(`goes back when ${call} fails %s`, async (_moment, after, state) => {
    const site = await account();
    const before = networkOf(site.sandbox);
    const step = await stepFor(site, repairRoute);
    site.sandbox.account.faults.calls = once(call, after);
    await expect(apply(site.hands, PLACE, step)).rejects.toThrow(named('InternalError'));
    await takeBack(site);
    expect(networkOf(site.sandbox)).toEqual(before);
    expect(await statesOf(site.ledger)).toEqual([state]);
  });

  it('goes back, the first too, when the second fails', async () => {
    const site = await account();
    const before = networkOf(site.sandbox);
    const step = await stepFor(site, repairRoute);
    site.sandbox.account.faults.calls = { [call]: { error: 'InternalError', skip: 1 } };
    await expect(apply(site.hands, PLACE, step)).rejects.toThrow(named('InternalError'));
    await takeBack(site);
    expect(networkOf(site.sandbox)).toEqual(before);
    expect(await statesOf(site.ledger)).toEqual(['route undone', 'route not-made']);
  });

  it.each([
    ['before it took effect', false],
    ['after it took effect', true],
  ])(`is set at the next try when ${call} fails %s`, async (_moment, after) => {
    const site = await account();
    const step = await stepFor(site, repairRoute);
    site.sandbox.account.faults.calls = once(call, after);
    await expect(apply(site.hands, PLACE, step)).rejects.toThrow(named('InternalError'));
    expect(await apply(site.hands, PLACE, step)).toMatchObject({ state: 'done' });
    expect(routesTo(site)).toHaveLength(2);
  });

  it('is not touched when it leads elsewhere by the time of the next try', async () => {
    const site = await account();
    const step = await stepFor(site, repairRoute);
    site.sandbox.account.faults.calls = once(call, false);
    await expect(apply(site.hands, PLACE, step)).rejects.toThrow(named('InternalError'));
    const table = tableOf(site, step);
    table.Routes = [{ DestinationCidrBlock: '0.0.0.0/0', TransitGatewayId: 'tgw-1', State: 'active' }];
    await expect(apply(site.hands, PLACE, step)).rejects.toThrow(named('StateDrifted'));
    await takeBack(site);
    expect(await statesOf(site.ledger)).toEqual(['route not-made']);
    expect(table.Routes).toMatchObject([{ TransitGatewayId: 'tgw-1' }]);
  });

  it('is not touched when it leads elsewhere by the time of the repair', async () => {
    const site = await account();
    const step = await stepFor(site, repairRoute);
    const table = tableOf(site, step);
    table.Routes = [{ DestinationCidrBlock: '0.0.0.0/0', TransitGatewayId: 'tgw-1', State: 'active' }];
    await expect(apply(site.hands, PLACE, step)).rejects.toThrow(/leads to tgw-1/);
    expect(await entriesOf(site.ledger)).toEqual([]);
    expect(table.Routes).toHaveLength(1);
  });
});

describe('the way back of a route', () => {
  it('leads it back to what lives again', async () => {
    const site = await dead((account) => {
      for (const route of account.ec2.routeTables.flatMap(({ Routes = [] }) => Routes))
        if (route.State === 'blackhole')
          Object.assign(route, { NatGatewayId: undefined, NetworkInterfaceId: interfaceOf(account) });
    });
    const step = await stepFor(site, repairRoute);
    await apply(site.hands, PLACE, step);
    await takeBack(site);
    expect(tableOf(site, step).Routes).toContainEqual(
      expect.objectContaining({
        DestinationCidrBlock: '0.0.0.0/0',
        NetworkInterfaceId: interfaceOf(site.sandbox.account),
      }),
    );
    expect(new Set(await statesOf(site.ledger))).toEqual(new Set(['route undone']));
  });

  it.each(['IncorrectInstanceState', 'IncorrectState', 'InvalidStateTransition', 'Gateway.NotAttached'])(
    'takes it away where what it led to cannot be set again (%s)',
    async (error) => {
      const site = await dead();
      const before = networkOf(site.sandbox);
      await apply(site.hands, PLACE, await stepFor(site, repairRoute));
      site.sandbox.account.faults.calls = { 'ec2:ReplaceRoute': { error, times: 2 } };
      await takeBack(site);
      expect(networkOf(site.sandbox)).toEqual(before);
    },
  );

  it('leaves a narrower one where a broader one would take its traffic, and says so', async () => {
    const site = await dead((account) => {
      const [working] = account.ec2.natGateways.filter(({ State }) => State === 'available');
      for (const table of account.ec2.routeTables)
        table.Routes = table.Routes?.flatMap((route) =>
          route.State === 'blackhole'
            ? [
                { ...route, DestinationCidrBlock: '54.210.0.0/16' },
                { ...route, NatGatewayId: working?.NatGatewayId, State: 'active' },
              ]
            : [route],
        );
    });
    const step = await stepFor(site, repairRoute);
    expect(step.undo).toContain('else it stays as it is');
    await apply(site.hands, PLACE, step);
    const repaired = networkOf(site.sandbox);
    await takeBack(site);
    const [entry] = await entriesOf(site.ledger);
    expect(entry).toMatchObject({ state: 'left', left: expect.stringContaining('would leave by 0.0.0.0/0') });
    expect(networkOf(site.sandbox)).toEqual(repaired);
  });

  it('leaves what somebody led elsewhere, and what somebody took away is gone', async () => {
    const site = await dead();
    const step = await stepFor(site, repairRoute);
    await apply(site.hands, PLACE, step);
    const table = tableOf(site, step);
    for (const route of table.Routes ?? [])
      if (route.NatGatewayId) Object.assign(route, { NatGatewayId: undefined, TransitGatewayId: 'tgw-1' });
    await takeBack(site);
    expect(await entriesOf(site.ledger)).toMatchObject([
      { state: 'left', left: expect.stringContaining('tgw-1') },
      { state: 'undone' },
    ]);

    const other = await dead();
    const second = await stepFor(other, repairRoute);
    await apply(other.hands, PLACE, second);
    for (const table of other.sandbox.account.ec2.routeTables)
      table.Routes = table.Routes?.filter(({ NatGatewayId }) => !NatGatewayId);
    await takeBack(other);
    expect(await statesOf(other.ledger)).toEqual(['route undone', 'route undone']);
  });
});

describe('a dead route to a prefix list', () => {
  const listed = () =>
    dead((account) => {
      const PrefixListId = 'pl-0a1b2c3d';
      account.ec2.prefixLists.push({ PrefixListId, PrefixListName: 'partners', cidrs: ['54.210.0.0/16'] });
      for (const route of account.ec2.routeTables.flatMap(({ Routes = [] }) => Routes))
        if (route.State === 'blackhole')
          Object.assign(route, { DestinationCidrBlock: undefined, DestinationPrefixListId: PrefixListId });
    });

  it('is set and goes back like any other', async () => {
    const site = await listed();
    const step = await stepFor(site, repairRoute);
    expect(await apply(site.hands, PLACE, step)).toMatchObject({ state: 'done' });
    expect(await apply(site.hands, PLACE, step)).toMatchObject({ state: 'done' });
    const route = { DestinationPrefixListId: 'pl-0a1b2c3d', State: 'active' };
    expect(routesTo(site)).toMatchObject([route, route]);
    await takeBack(site);
    expect(routesTo(site)).toEqual([]);
    expect(new Set(await statesOf(site.ledger))).toEqual(new Set(['route undone']));
  });

  it('is led back to what lives again', async () => {
    const site = await listed();
    const gateway = interfaceOf(site.sandbox.account);
    for (const route of site.sandbox.account.ec2.routeTables.flatMap(({ Routes = [] }) => Routes))
      if (route.State === 'blackhole') Object.assign(route, { NatGatewayId: undefined, NetworkInterfaceId: gateway });
    const step = await stepFor(site, repairRoute);
    await apply(site.hands, PLACE, step);
    await takeBack(site);
    expect(tableOf(site, step).Routes).toContainEqual(
      expect.objectContaining({ DestinationPrefixListId: 'pl-0a1b2c3d', NetworkInterfaceId: gateway }),
    );
  });
});

describe('the NAT gateway it is led to', () => {
  it('must still be available', async () => {
    const site = await dead();
    const step = await stepFor(site, repairRoute);
    for (const nat of site.sandbox.account.ec2.natGateways) nat.State = 'deleting';
    await expect(apply(site.hands, PLACE, step)).rejects.toThrow(/is deleting, and was available/);
    site.sandbox.account.ec2.natGateways = [];
    await expect(apply(site.hands, PLACE, step)).rejects.toThrow(named('StateDrifted'));
    expect(await entriesOf(site.ledger)).toEqual([]);
  });
});

/** Something in the VPC that a route can lead to. */
function interfaceOf({ ec2 }: Account): string {
  const table = ec2.routeTables.find(({ Routes = [] }) =>
    Routes.some(({ NatGatewayId, NetworkInterfaceId }) => NatGatewayId || NetworkInterfaceId),
  );
  return must(ec2.networkInterfaces.find(({ VpcId }) => VpcId === table?.VpcId)?.NetworkInterfaceId);
}
