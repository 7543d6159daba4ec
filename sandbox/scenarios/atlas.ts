import type { ServiceRecord } from '../account.ts';
import { vpcConnector } from '../build/apprunner.ts';
import { database, topic } from '../build/data.ts';
import { awsServices } from '../build/endpoints.ts';
import { securityGroup, tcpFromGroup } from '../build/interfaces.ts';
import type { Site } from '../build/site.ts';
import { type Network, twoTierNetwork } from '../build/two-tier.ts';
import { quoteProfile, quoteService, quotesAsked, RATES, type Upstream } from './quotes.ts';
import type { Scenario } from './scenario.ts';

export const SERVICE = 'atlas-backend';
export const DATABASE = 'atlas-db';
export const REGION = 'us-east-1';

interface Options {
  readonly upstream?: Upstream;
  readonly zones?: 2 | 3;
  /** Without: private subnets have no way out. */
  readonly nat?: boolean;
  readonly ownTables?: boolean;
  readonly connectorIn?: 'public' | 'private';
  /** The page users need. */
  readonly page?: '/v1/quote' | '/v2/quote';
  /** What users met in the last half hour. */
  readonly met?: readonly string[];
}

export interface Atlas extends Network {
  readonly service: ServiceRecord;
  readonly connectorGroup: string;
  readonly databaseGroup: string;
  readonly databaseHost: string;
}

/** The common tiny service in an account that works; `breakIt` says what is different in this one. */
export const atlas = (
  description: string,
  breakIt: (site: Site, account: Atlas) => void,
  options: Options = {},
): Scenario => ({
  description,
  region: REGION,
  build: (site) => {
    const { upstream = 'rates', page = '/v1/quote', met = [] } = options;
    const made = atlasAccount(site, options);
    breakIt(site, made);
    quotesAsked(site, made.service, page, met);
    const declared = { upstream, database: DATABASE, page };
    return { profiles: { [SERVICE]: (urls) => quoteProfile(SERVICE, urls[SERVICE], declared) } };
  },
});

export function atlasAccount(
  site: Site,
  { upstream = 'rates', zones = 2, nat = true, ownTables, connectorIn = 'private' }: Options,
): Atlas {
  const network = twoTierNetwork(site, { name: 'atlas', prefix: '10.20', zones, nat, ownTables });
  awsServices(site);
  site.account.internet[RATES] = { addresses: ['54.210.14.9'], ports: [443] };
  const connectorGroup = securityGroup(site, network.vpcId, { name: 'atlas-connector' });
  const databaseGroup = securityGroup(site, network.vpcId, {
    name: 'atlas-db',
    ingress: [tcpFromGroup(connectorGroup, 5432)],
  });
  const databaseHost = database(site, {
    identifier: DATABASE,
    subnets: network.privateSubnets,
    groups: [databaseGroup],
    publiclyAccessible: false,
    owner: 'atlas',
  });
  const connectorArn = vpcConnector(site, {
    name: 'atlas-connector',
    subnets: connectorIn === 'public' ? network.publicSubnets : network.privateSubnets,
    groups: [connectorGroup],
  });
  const service = quoteService(site, { name: SERVICE, upstream, databaseHost, owner: 'atlas', connectorArn });
  topic(site, 'reconnect-notifications');
  return { ...network, service, connectorGroup, databaseGroup, databaseHost };
}

/** The line of a Go client that cannot get through, with the whole URL as some libraries print it. */
export const RATES_TIMED_OUT = `quote for +15555550133: Get "https://atlas:canary-rates-key@${RATES}/v1/latest": dial tcp 54.210.14.9:443: i/o timeout`;
export const SECRETS_TIMED_OUT = `quote: Post "https://secretsmanager.${REGION}.amazonaws.com/": x-amz-security-token=canary-session-token: dial tcp: i/o timeout`;
