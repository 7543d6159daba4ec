import type { ServiceRecord } from '../account.ts';
import { appRunnerService, ecrImage, usualHistory, vpcConnector } from '../build/apprunner.ts';
import { database, topic } from '../build/data.ts';
import { awsServices } from '../build/endpoints.ts';
import { securityGroup, tcpFromGroup } from '../build/interfaces.ts';
import { applicationWrote } from '../build/logs.ts';
import type { Site } from '../build/site.ts';
import { type Network, twoTierNetwork } from '../build/two-tier.ts';
import type { Scenario } from './scenario.ts';

const SERVICE = 'atlas-backend';
const RATES = 'api.rates.example';
const REGION = 'us-east-1';

/** What a quote needs besides the database: a server on the internet, or Secrets Manager. */
type Upstream = 'rates' | 'secretsmanager';

interface Options {
  readonly upstream?: Upstream;
  readonly zones?: 2 | 3;
  /** Without: private subnets have no way out. */
  readonly nat?: boolean;
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
    const made = build(site, options);
    breakIt(site, made);
    for (const minutes of [22, 13, 5]) {
      applicationWrote(site, made.service, [
        [minutes + 1, 'GET /health 200'],
        [minutes, `GET ${page} for +15555550133 token=canary-session-token`],
        ...met.map((line) => [minutes, line] as const),
      ]);
    }
    return { profiles: { [SERVICE]: (urls) => profile(urls[SERVICE], upstream, page) } };
  },
});

function build(site: Site, { upstream = 'rates', zones = 2, nat = true, connectorIn = 'private' }: Options): Atlas {
  const network = twoTierNetwork(site, { name: 'atlas', prefix: '10.20', zones, nat });
  awsServices(site);
  site.account.internet[RATES] = { addresses: ['54.210.14.9'], ports: [443] };
  const connectorGroup = securityGroup(site, network.vpcId, { name: 'atlas-connector' });
  const databaseGroup = securityGroup(site, network.vpcId, {
    name: 'atlas-db',
    ingress: [tcpFromGroup(connectorGroup, 5432)],
  });
  const databaseHost = database(site, {
    identifier: 'atlas-db',
    subnets: network.privateSubnets,
    groups: [databaseGroup],
    publiclyAccessible: false,
    owner: 'atlas',
  });
  const password = `canary-db-password-${site.random.hex(8)}`;
  const service = appRunnerService(site, {
    name: SERVICE,
    image: ecrImage(site, 'atlas-backend:1.8.0'),
    port: '8080',
    variables: {
      DATABASE_URL: `postgres://atlas:${password}@${databaseHost}:5432/atlas`,
      UPSTREAM_URL: `https://${upstream === 'rates' ? `atlas:canary-rates-key@${RATES}` : `${upstream}.${REGION}.amazonaws.com`}`,
    },
    secrets: {},
    connectorArn: vpcConnector(site, {
      name: 'atlas-connector',
      subnets: connectorIn === 'public' ? network.publicSubnets : network.privateSubnets,
      groups: [connectorGroup],
    }),
    healthPath: '/health',
    app: { kind: 'quotes', port: 8080 },
  });
  usualHistory(site, service);
  topic(site, 'reconnect-notifications');
  return { ...network, service, connectorGroup, databaseGroup };
}

/** The line of a Go client that cannot get through, with the whole URL as some libraries print it. */
export const RATES_TIMED_OUT = `quote for +15555550133: Get "https://atlas:canary-rates-key@${RATES}/v1/latest": dial tcp 54.210.14.9:443: i/o timeout`;
export const SECRETS_TIMED_OUT = `quote: Post "https://secretsmanager.${REGION}.amazonaws.com/": x-amz-security-token=canary-session-token: dial tcp: i/o timeout`;

const profile = (url: string | undefined, upstream: Upstream, page: string): unknown => ({
  service: SERVICE,
  url,
  dependencies: [
    upstream === 'rates' ? { name: 'rates', host: RATES, port: 443 } : { name: upstream, aws: upstream },
    { name: 'database', rds: 'atlas-db' },
  ],
  environment: [
    { name: 'DATABASE_URL', required: true, pattern: '^postgres' },
    { name: 'UPSTREAM_URL', required: true, pattern: '^https://' },
  ],
  logs: { windowMinutes: 30 },
  deployment: { maxAgeDays: 90 },
  probes: [
    {
      name: 'health',
      label: 'health ok',
      path: '/health',
      expect: { status: 200, json: { status: 'ok' } },
      timeoutSeconds: 10,
    },
    {
      name: 'quote',
      label: 'a quote is answered',
      path: page,
      expect: { status: 200, present: ['quote'] },
      timeoutSeconds: 45,
      expectUnderSeconds: 5,
    },
  ],
});
