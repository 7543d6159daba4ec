import { describe, expect, it } from 'vitest';
import { addGatewayEndpoint, apply as addGatewayEndpoints } from '../../../lib/remedies/add-gateway-endpoint.ts';
import { apply as addEndpoints, addInterfaceEndpoints } from '../../../lib/remedies/add-interface-endpoints.ts';
import { apply as addNat, addNatGateway } from '../../../lib/remedies/add-nat-gateway.ts';
import { apply as addRules, openSecurityGroup } from '../../../lib/remedies/open-security-group.ts';
import { repairRoute, apply as setRoute } from '../../../lib/remedies/repair-route.ts';
import * as endpoints from './endpoints.ts';
import * as network from './network.ts';
import { addService, entriesOf, finish, must, networkOf, PLACE, type Site, siteOf, statesOf } from './network.ts';

const S3 = [{ name: 'files', aws: 's3' }];
const SECRETS = [{ name: 'secrets', aws: 'secretsmanager' }];
const TWILIO = [{ name: 'twilio', host: 'verify.twilio.com' }];

const nat = async (site: Site) => {
  const step = await network.stepFor(site, addNatGateway);
  return () => finish(site, () => addNat(site.hands, PLACE, step));
};
const route = async (site: Site) => {
  const step = await network.stepFor(site, repairRoute);
  return () => finish(site, () => setRoute(site.hands, PLACE, step));
};
const gateway = async (site: Site) => {
  const step = await endpoints.stepFor(site, addGatewayEndpoint, S3);
  return () => finish(site, () => addGatewayEndpoints(site.hands, PLACE, step));
};
const interfaces = async (site: Site) => {
  const step = await endpoints.stepFor(site, addInterfaceEndpoints, SECRETS);
  return () => finish(site, () => addEndpoints(site.hands, PLACE, step));
};
const rule = async (site: Site) => {
  const step = await endpoints.stepFor(site, openSecurityGroup, TWILIO);
  return () => finish(site, () => addRules(site.hands, PLACE, step));
};

/** A subnet that obeys none of the tables of the connector. */
const elsewhere = ({ sandbox, connector }: Site): string => {
  const { subnets, routeTables } = sandbox.account.ec2;
  const tableOf = (id = '') =>
    routeTables.find(({ Associations = [] }) => Associations.some(({ SubnetId }) => SubnetId === id));
  const own = connector.subnetIds.map(tableOf);
  return must(subnets.find(({ SubnetId }) => !own.includes(tableOf(SubnetId)))?.SubnetId);
};
const beside = ({ connector }: Site): string => must(connector.subnetIds[0]);

describe.each([
  ['a NAT gateway', 'otp-egress', nat, network.takeBack, ['address left', 'nat-gateway left', 'route left']],
  ['a route', 'route-blackhole-other-nat', route, network.takeBack, ['route undone', 'route left']],
  ['a gateway endpoint', 's3-egress', gateway, endpoints.takeBack, ['endpoint left']],
] as const)('%s that a service came to need', (_, scenario, planOf, takeBack, states) => {
  it('is left, and names the service', async () => {
    const site = await siteOf(scenario);
    const made = await planOf(site);
    await made();
    addService(site, 'later', beside(site));
    await takeBack(site);
    expect((await statesOf(site.ledger)).sort()).toEqual([...states].sort());
    const left = (await entriesOf(site.ledger)).filter((entry) => entry.state === 'left');
    expect(left.at(-1)?.left).toMatch(/stays: later uses it by now$/);
  });

  it('goes back where the service was there before, where it leaves elsewhere, and where it went away', async () => {
    const site = await siteOf(scenario);
    addService(site, 'earlier', beside(site));
    const before = networkOf(site.sandbox);
    const made = await planOf(site);
    await made();
    addService(site, 'elsewhere', elsewhere(site));
    addService(site, 'gone', beside(site));
    must(site.sandbox.account.apprunner.services.at(-1)).Status = 'DELETED';
    await takeBack(site);
    expect(networkOf(site.sandbox)).toEqual(before);
  });
});

describe('interface endpoints that a service came to need', () => {
  it('are left wherever in the VPC it leaves, with their group', async () => {
    const site = await siteOf('s3-and-secrets');
    await (await interfaces(site))();
    addService(site, 'later', elsewhere(site));
    await endpoints.takeBack(site);
    expect(await statesOf(site.ledger)).toEqual(['security-group left', 'endpoint left']);
    const [, endpoint] = await entriesOf(site.ledger);
    expect(endpoint?.left).toBe(`${endpoint?.resource} stays: later uses it by now`);
  });

  it('go back where it was there before', async () => {
    const site = await siteOf('s3-and-secrets');
    addService(site, 'earlier', elsewhere(site));
    const before = networkOf(site.sandbox);
    await (await interfaces(site))();
    await endpoints.takeBack(site);
    expect(networkOf(site.sandbox)).toEqual(before);
  });
});

describe('a service that may not be looked at', () => {
  const DENIED = { error: 'AccessDeniedException', times: 1000 };
  const hidden = async (createdAt: (now: Date) => string) => {
    const site = await siteOf('s3-egress');
    const before = networkOf(site.sandbox);
    await (await gateway(site))();
    addService(site, 'hidden', beside(site));
    must(site.sandbox.account.apprunner.services.at(-1)).CreatedAt = createdAt(site.sandbox.clock.now());
    site.sandbox.account.faults.calls = { 'apprunner:DescribeService': DENIED };
    await endpoints.takeBack(site);
    return { site, before };
  };

  it('is taken for one that uses it when it is younger', async () => {
    const { site } = await hidden((now) => new Date(now.getTime() + 1000).toISOString());
    const [entry] = await entriesOf(site.ledger);
    expect(entry?.left).toMatch(/stays: hidden uses it by now$/);
  });

  it('keeps nothing from going back when it was there before', async () => {
    const { site, before } = await hidden((now) => new Date(now.getTime() - 24 * 3600_000).toISOString());
    expect(networkOf(site.sandbox)).toEqual(before);
  });
});

describe('a rule of a group that a service came to leave through', () => {
  /** The connector that was made last. */
  const itsConnector = ({ sandbox }: Site) => must(sandbox.account.apprunner.connectors.at(-1));
  const withoutGroups = (site: Site, name: string) => {
    addService(site, name, beside(site));
    itsConnector(site).SecurityGroups = [];
  };
  /** The group of the connector is the default one of the VPC. */
  const asDefault = ({ apprunner, ec2 }: Site['sandbox']['account']) => {
    const own = apprunner.connectors[0]?.SecurityGroups ?? [];
    for (const group of ec2.securityGroups) {
      if (group.GroupName === 'default') group.GroupName = 'former';
      if (own.includes(group.GroupId ?? '')) group.GroupName = 'default';
    }
  };

  it('is left wherever the service is, and names it', async () => {
    const site = await siteOf('otp-firewall');
    await (await rule(site))();
    addService(site, 'later', elsewhere(site));
    await endpoints.takeBack(site);
    const [entry] = await entriesOf(site.ledger);
    const [group] = site.connector.securityGroupIds;
    expect(entry).toMatchObject({ state: 'left', left: `${entry?.resource} of ${group} stays: later uses it by now` });
  });

  it('is left where the service names no group, and this is the default one', async () => {
    const site = await siteOf('otp-firewall', asDefault);
    await (await rule(site))();
    withoutGroups(site, 'later');
    await endpoints.takeBack(site);
    expect(await statesOf(site.ledger)).toEqual(['security-group-rule left']);
  });

  it('goes back where the service was there before, carries another group, and where it went away', async () => {
    const site = await siteOf('otp-firewall');
    addService(site, 'earlier', beside(site));
    const before = networkOf(site.sandbox);
    await (await rule(site))();
    addService(site, 'elsewhere', beside(site));
    itsConnector(site).SecurityGroups = ['sg-0123456789abcdef0'];
    withoutGroups(site, 'default');
    addService(site, 'gone', beside(site));
    must(site.sandbox.account.apprunner.services.at(-1)).Status = 'DELETED';
    await endpoints.takeBack(site);
    expect(networkOf(site.sandbox)).toEqual(before);
  });

  it('goes back where the service had the default group before', async () => {
    const site = await siteOf('otp-firewall', asDefault);
    withoutGroups(site, 'earlier');
    const before = networkOf(site.sandbox);
    await (await rule(site))();
    await endpoints.takeBack(site);
    expect(networkOf(site.sandbox)).toEqual(before);
  });

  it('goes back where the record does not say who was there before', async () => {
    const site = await siteOf('otp-firewall');
    await (await rule(site))();
    addService(site, 'later', beside(site));
    const [entry] = await entriesOf(site.ledger);
    const { knownNeighbours: _, ...undoData } = must(entry).undoData as { knownNeighbours: string[] };
    await endpoints.undoOnce(site, { ...must(entry), undoData });
    expect(await statesOf(site.ledger)).toEqual(['security-group-rule undone']);
  });
});
