import { ModifyVpcEndpointCommand } from '@aws-sdk/client-ec2';
import { describe, expect, it } from 'vitest';
import type { Step } from '../../../lib/domain/plan.ts';
import { addGatewayEndpoint, apply } from '../../../lib/remedies/add-gateway-endpoint.ts';
import { writeUndo } from '../../../lib/run/ledger.ts';
import { gatewayEndpoint } from '../../../sandbox/build/endpoints.ts';
import { Random } from '../../../sandbox/random.ts';
import { fault, reaches, stepFor, takeBack, undoOnce } from './endpoints.ts';
import { entriesOf, finish, must, networkOf, PLACE, type Site, siteOf, statesOf } from './network.ts';

const named = (name: string) => expect.objectContaining({ name });
const S3_HOST = 'bond-files-0001.s3.us-west-2.amazonaws.com';
const AWS = [
  { name: 'files', aws: 's3' },
  { name: 'items', aws: 'dynamodb' },
];

const cutOff = () => siteOf('s3-egress');
const planned = (site: Site) => stepFor(site, addGatewayEndpoint, AWS);
const done = (site: Site, step: Step) => finish(site, () => apply(site.hands, PLACE, step));
const endpoints = ({ sandbox }: Site) => sandbox.account.ec2.vpcEndpoints;

describe('gateway endpoints in an account', () => {
  it('lead the connector to S3 and DynamoDB, at once', async () => {
    const site = await cutOff();
    expect(reaches(site, S3_HOST)).toBe(false);
    const step = await planned(site);
    expect(step.fixes).toEqual(['files', 'items']);
    expect(await apply(site.hands, PLACE, step)).toMatchObject({ state: 'done' });
    expect([reaches(site, S3_HOST), reaches(site, 'dynamodb.us-west-2.amazonaws.com')]).toEqual([true, true]);
    expect(endpoints(site)).toMatchObject([
      { ServiceName: 'com.amazonaws.us-west-2.dynamodb', RouteTableIds: [expect.any(String), expect.any(String)] },
      {
        ServiceName: 'com.amazonaws.us-west-2.s3',
        Tags: expect.arrayContaining([{ Key: 'reconnect:run', Value: 'run-1' }]),
      },
    ]);
    const ids = endpoints(site).map(({ VpcEndpointId }) => VpcEndpointId);
    expect((await entriesOf(site.ledger)).map(({ id, state, target }) => [id, state, target])).toEqual([
      ['1.1.001', 'made', ids[0]],
      ['1.1.002', 'made', ids[1]],
    ]);
  });

  it('are made once, however often they are asked for', async () => {
    const site = await cutOff();
    const step = await planned(site);
    await done(site, step);
    await done(site, step);
    expect(endpoints(site)).toHaveLength(2);
  });

  it('go back without a trace, also when asked twice', async () => {
    const site = await cutOff();
    const before = networkOf(site.sandbox);
    await done(site, await planned(site));
    const entries = await entriesOf(site.ledger);
    await takeBack(site);
    expect(networkOf(site.sandbox)).toEqual(before);
    expect(await statesOf(site.ledger)).toEqual(['endpoint undone', 'endpoint undone']);
    for (const entry of entries) expect(await undoOnce(site, entry)).toBe('settled');
    expect(networkOf(site.sandbox)).toEqual(before);
    expect(await statesOf(site.ledger)).toEqual(['endpoint undone', 'endpoint undone']);
  });

  describe.each([
    ['before it took effect', false],
    ['after it took effect', true],
  ])('when making one fails %s', (_, after) => {
    it.each([0, 1])('the next try makes one and no more (%i went well before)', async (skip) => {
      const site = await cutOff();
      const step = await planned(site);
      site.sandbox.account.faults.calls = fault('ec2:CreateVpcEndpoint', after, skip);
      await expect(done(site, step)).rejects.toThrow(named('InternalError'));
      await done(site, step);
      expect(endpoints(site)).toHaveLength(2);
    });

    it.each([0, 1])('all goes back (%i went well before)', async (skip) => {
      const site = await cutOff();
      const before = networkOf(site.sandbox);
      const step = await planned(site);
      site.sandbox.account.faults.calls = fault('ec2:CreateVpcEndpoint', after, skip);
      await expect(done(site, step)).rejects.toThrow(named('InternalError'));
      await takeBack(site);
      expect(networkOf(site.sandbox)).toEqual(before);
      expect((await statesOf(site.ledger)).at(-1)).toBe(`endpoint ${after ? 'undone' : 'not-made'}`);
    });

    it('and when deleting one fails, all goes back', async () => {
      const site = await cutOff();
      const before = networkOf(site.sandbox);
      await done(site, await planned(site));
      site.sandbox.account.faults.calls = fault('ec2:DeleteVpcEndpoints', after);
      await takeBack(site);
      expect(networkOf(site.sandbox)).toEqual(before);
    });
  });

  it('were not made when the run was cut short before', async () => {
    const site = await cutOff();
    const { entry } = await writeUndo(site.ledger, {
      id: '1.1.001',
      service: PLACE.service,
      remedy: 'add-gateway-endpoint',
      kind: 'endpoint',
      target: 'vpc-1',
      what: 'make an endpoint',
      undo: 'delete it',
      undoData: {},
    });
    const before = networkOf(site.sandbox);
    expect(await undoOnce(site, entry)).toBe('going');
    await takeBack(site);
    expect(await statesOf(site.ledger)).toEqual(['endpoint not-made']);
    expect(networkOf(site.sandbox)).toEqual(before);
  });

  it('are left where others lead their traffic through them by now', async () => {
    const site = await cutOff();
    await done(site, await planned(site));
    const [dynamodb] = endpoints(site);
    const other = must(
      site.sandbox.account.ec2.routeTables.find(
        ({ Routes }) => !Routes?.some(({ GatewayId }) => GatewayId === dynamodb?.VpcEndpointId),
      ),
    ).RouteTableId;
    await site.ec2.send(
      new ModifyVpcEndpointCommand({ VpcEndpointId: dynamodb?.VpcEndpointId, AddRouteTableIds: [other ?? ''] }),
    );
    await takeBack(site);
    expect(await statesOf(site.ledger)).toEqual(['endpoint left', 'endpoint undone']);
    expect((await entriesOf(site.ledger))[0]?.left).toBe(`${dynamodb?.VpcEndpointId} stays: ${other} uses it by now`);
    expect(endpoints(site)).toEqual([dynamodb]);
  });

  it('are not made when a table has a route to the service by now', async () => {
    const site = await cutOff();
    const step = await planned(site);
    const { account } = site.sandbox;
    const table = must(step.details.endpoints as { routeTableIds: string[] }[])[0]?.routeTableIds.slice(0, 1) ?? [];
    const vpcId = must(account.ec2.vpcs[0]?.VpcId);
    gatewayEndpoint(
      { account, random: new Random(7), now: new Date() },
      { vpcId, service: 's3', routeTableIds: table },
    );
    await expect(apply(site.hands, PLACE, step)).rejects.toThrow(named('StateDrifted'));
    expect(await entriesOf(site.ledger)).toEqual([]);
  });

  it('are refused for good at the quota of the account', async () => {
    const site = await cutOff();
    const step = await planned(site);
    site.sandbox.account.ec2.limits.gatewayEndpoints = 1;
    const before = networkOf(site.sandbox);
    await expect(apply(site.hands, PLACE, step)).rejects.toThrow(named('NotRepairable'));
    expect(await statesOf(site.ledger)).toEqual(['endpoint made', 'endpoint not-made']);
    await takeBack(site);
    expect(networkOf(site.sandbox)).toEqual(before);
  });
});
