import type { ServiceRecord } from '../account.ts';
import { appRunnerService, ecrImage, usualHistory, vpcConnector } from '../build/apprunner.ts';
import { cache, database, parameter, secret, topic } from '../build/data.ts';
import { awsServices, interfaceEndpoint } from '../build/endpoints.ts';
import { securityGroup, tcpFromGroup } from '../build/interfaces.ts';
import { applicationWrote } from '../build/logs.ts';
import type { Site } from '../build/site.ts';
import { twoTierNetwork } from '../build/two-tier.ts';
import { quoteProfile, quoteService, quotesAsked } from './quotes.ts';
import type { Scenario } from './scenario.ts';

const SERVICE = 'daadaar-backend';
const NEIGHBOUR = 'daadaar-rates';
const DATABASE = 'daadaar-db';
const REGION = 'us-east-1';
export const RELAY = 'smtp-relay.brevo.com';
export const RELAY_SERVER = { addresses: ['1.179.112.20', '1.179.113.20'], ports: [25, 465, 587, 2525] } as {
  addresses: [string, ...string[]];
  ports: number[];
};

export const smtpEgress: Scenario = {
  description: 'sign-up hangs: no NAT route to the SMTP relay, and database and cache are private',
  region: REGION,
  build: (site) => {
    const { cacheHost } = daadaar(site);
    return { profiles: { [SERVICE]: (urls) => profile(urls[SERVICE], cacheHost) } };
  },
};

export const sharedConnector: Scenario = {
  description: 'smtp-egress, and another service that works leaves through the same connector',
  region: REGION,
  build: (site) => {
    const { vpcId, privateSubnets, connectorGroup, connectorArn, databaseHost, cacheHost } = daadaar(site);
    const ingress = [tcpFromGroup(connectorGroup, 443)];
    interfaceEndpoint(site, {
      vpcId,
      service: 'secretsmanager',
      subnetIds: privateSubnets,
      groupIds: [securityGroup(site, vpcId, { name: 'secrets-endpoint', ingress })],
    });
    const neighbour = quoteService(site, {
      name: NEIGHBOUR,
      upstream: 'secretsmanager',
      databaseHost,
      owner: 'daadaar',
      connectorArn,
    });
    quotesAsked(site, neighbour, '/v1/quote', ['GET /v1/quote 200']);
    const declared = { upstream: 'secretsmanager', database: DATABASE } as const;
    return {
      profiles: {
        [SERVICE]: (urls) => profile(urls[SERVICE], cacheHost),
        [NEIGHBOUR]: (urls) => quoteProfile(NEIGHBOUR, urls[NEIGHBOUR], declared),
      },
    };
  },
};

function daadaar(site: Site) {
  const { account, random } = site;
  const { vpcId, privateSubnets } = twoTierNetwork(site, {
    name: 'daadaar',
    prefix: '10.40',
    zones: 2,
    ownTables: true,
  });
  awsServices(site);
  account.internet[RELAY] = RELAY_SERVER;
  const connectorGroup = securityGroup(site, vpcId, { name: 'daadaar-connector' });
  const guarded = (name: string, port: number) => [
    securityGroup(site, vpcId, { name, ingress: [tcpFromGroup(connectorGroup, port)] }),
  ];
  const databaseHost = database(site, {
    identifier: DATABASE,
    subnets: privateSubnets,
    groups: guarded('daadaar-db', 5432),
    publiclyAccessible: false,
    owner: 'daadaar',
  });
  const cacheHost = cache(site, {
    identifier: 'daadaar-redis',
    subnet: privateSubnets[0],
    groups: guarded('daadaar-redis', 6379),
  });
  const connectorArn = vpcConnector(site, {
    name: 'daadaar-connector',
    subnets: privateSubnets,
    groups: [connectorGroup],
  });
  const service = appRunnerService(site, {
    name: SERVICE,
    image: ecrImage(site, 'daadaar-backend:1.14.2'),
    port: '3001',
    variables: {
      NODE_ENV: 'production',
      DATABASE_URL: `postgresql://daadaar:canary-db-password-${random.hex(8)}@${databaseHost}:5432/daadaar`,
      REDIS_URL: `redis://default:canary-redis-password-${random.hex(8)}@${cacheHost}:6379`,
      SMTP_HOST: RELAY,
      SMTP_PORT: '587',
      SMTP_USER: 'canary-smtp-user@smtp-brevo.example',
    },
    secrets: { SMTP_PASS: secret(site, 'daadaar/smtp-pass', `canary-smtp-pass-${random.hex(16)}`) },
    connectorArn,
    healthPath: '/api/health',
    app: { kind: 'signup', port: 3001 },
  });
  usualHistory(site, service);
  parameter(site, `/reconnect/services/${SERVICE}/test-password`, `canary-password-${random.hex(8)}`, 'SecureString');
  topic(site, 'reconnect-notifications');
  signUpsHung(site, service);
  return { vpcId, privateSubnets, connectorGroup, connectorArn, databaseHost, cacheHost };
}

function signUpsHung(site: Site, service: ServiceRecord): void {
  applicationWrote(site, service, [
    [28, 'GET /api/health 200 1 ms'],
    [25, 'POST /api/auth/register token=canary-captcha-token ip 203.0.113.40'],
    [23, 'Error sending email: Connection timeout { code: "ETIMEDOUT", command: "CONN" }'],
    [
      12,
      'Resending the verification link https://api.daadaar.example/verify?token=canary-verify-token to +15555550167',
    ],
    [10, 'Error sending email: Connection timeout { code: "ETIMEDOUT", command: "CONN" }'],
    [3, 'GET /api/health 200 1 ms'],
  ]);
}

const profile = (url: string | undefined, cacheHost: string): unknown => ({
  service: SERVICE,
  url,
  dependencies: [
    { name: 'smtp-relay', host: RELAY, port: 587 },
    { name: 'database', rds: DATABASE },
    { name: 'redis', host: cacheHost, port: 6379 },
  ],
  environment: [
    { name: 'DATABASE_URL', required: true, pattern: '^postgres' },
    { name: 'REDIS_URL', required: true, pattern: '^redis' },
    { name: 'SMTP_HOST', required: true },
    { name: 'SMTP_PORT', required: true, oneOf: ['25', '465', '587', '2465', '2525', '2587'] },
    { name: 'SMTP_USER', required: true },
    { name: 'SMTP_PASS', required: true },
  ],
  logs: { windowMinutes: 30 },
  deployment: { image: '1.14.2', maxAgeDays: 90 },
  probes: [
    {
      name: 'health',
      label: 'health ok',
      path: '/api/health',
      expect: { status: 200, json: { status: 'ok' } },
      timeoutSeconds: 10,
    },
    {
      name: 'register',
      label: 'sign-up answers',
      method: 'POST',
      path: '/api/auth/register',
      body: {
        email: 'reconnect-probe@daadaar.example',
        password: { fromParameter: `/reconnect/services/${SERVICE}/test-password` },
      },
      expect: {
        status: 201,
        json: { success: true },
        log: { present: ['Email sent:'], absent: ['Connection timeout'] },
      },
      timeoutSeconds: 45,
      expectUnderSeconds: 5,
    },
  ],
  delivery: { ask: 'Has the verification e-mail arrived in the throw-away mailbox?', label: 'e-mail received' },
  followUps: ['move e-mail to SES through an email-smtp endpoint', 'send e-mail from a queue, not while users wait'],
});
