import type { ServiceRecord } from '../account.ts';
import { appRunnerService, ecrImage, usualHistory } from '../build/apprunner.ts';
import { applicationWrote } from '../build/logs.ts';
import type { Site } from '../build/site.ts';

export const RATES = 'api.rates.example';

/** What a quote needs besides the database: a server on the internet, or Secrets Manager. */
export type Upstream = 'rates' | 'secretsmanager';

/** The smallest service that can be broken, healthy as long as it runs. */
export function quoteService(
  site: Site,
  options: { name: string; upstream: Upstream; databaseHost: string; owner: string; connectorArn: string },
): ServiceRecord {
  const { name, upstream, databaseHost, owner, connectorArn } = options;
  const { account, random } = site;
  const password = `canary-db-password-${random.hex(8)}`;
  const upstreamHost =
    upstream === 'rates' ? `atlas:canary-rates-key@${RATES}` : `${upstream}.${account.region}.amazonaws.com`;
  const service = appRunnerService(site, {
    name,
    image: ecrImage(site, `${name}:1.8.0`),
    port: '8080',
    variables: {
      DATABASE_URL: `postgres://${owner}:${password}@${databaseHost}:5432/${owner}`,
      UPSTREAM_URL: `https://${upstreamHost}`,
    },
    secrets: {},
    connectorArn,
    healthPath: '/health',
    app: { kind: 'quotes', port: 8080 },
  });
  usualHistory(site, service);
  return service;
}

/** What users of it met in the last half hour. */
export function quotesAsked(site: Site, service: ServiceRecord, page: string, met: readonly string[]): void {
  for (const minutes of [22, 13, 5]) {
    applicationWrote(site, service, [
      [minutes + 1, 'GET /health 200'],
      [minutes, `GET ${page} for +15555550133 token=canary-session-token`],
      ...met.map((line) => [minutes, line] as const),
    ]);
  }
}

export const quoteProfile = (
  service: string,
  url: string | undefined,
  { upstream, database, page = '/v1/quote' }: { upstream: Upstream; database: string; page?: string },
): unknown => ({
  service,
  url,
  dependencies: [
    upstream === 'rates' ? { name: 'rates', host: RATES, port: 443 } : { name: upstream, aws: upstream },
    { name: 'database', rds: database },
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
