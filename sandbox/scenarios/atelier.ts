import { appRunnerService, ecrImage, usualHistory, vpcConnector } from '../build/apprunner.ts';
import { database, parameter, secret, topic } from '../build/data.ts';
import { awsServices } from '../build/endpoints.ts';
import { securityGroup, tcpFromGroup } from '../build/interfaces.ts';
import { applicationWrote } from '../build/logs.ts';
import { twoTierNetwork } from '../build/two-tier.ts';
import { RELAY, RELAY_SERVER } from './daadaar.ts';
import type { Scenario } from './scenario.ts';

const SERVICE = 'atelier-backend';
const DATABASE = 'atelier-db';
const REGION = 'us-east-1';
const BUCKET = 'atelier-files-0001';
const BUCKET_HOST = `${BUCKET}.s3.${REGION}.amazonaws.com`;

/** An endpoint would bring back S3 and not the relay; a NAT gateway brings back both. */
export const s3AndSmtp: Scenario = {
  description: 'login needs S3, sign-up an SMTP relay: private subnets lead to neither, and the database is private',
  region: REGION,
  build: (site) => {
    const { account, random } = site;
    const { vpcId, privateSubnets } = twoTierNetwork(site, {
      name: 'atelier',
      prefix: '10.70',
      zones: 2,
      ownTables: true,
    });
    awsServices(site);
    account.internet[RELAY] = RELAY_SERVER;
    account.internet[BUCKET_HOST] = { addresses: ['52.216.60.17'], ports: [443] };
    const connectorGroup = securityGroup(site, vpcId, { name: 'atelier-connector' });
    const databaseHost = database(site, {
      identifier: DATABASE,
      subnets: privateSubnets,
      groups: [securityGroup(site, vpcId, { name: 'atelier-db', ingress: [tcpFromGroup(connectorGroup, 5432)] })],
      publiclyAccessible: false,
      owner: 'atelier',
    });
    const service = appRunnerService(site, {
      name: SERVICE,
      image: ecrImage(site, 'atelier-backend:3.2.0'),
      port: '3001',
      variables: {
        NODE_ENV: 'production',
        DATABASE_URL: `postgresql://atelier:canary-db-password-${random.hex(8)}@${databaseHost}:5432/atelier`,
        FILES_BUCKET: BUCKET,
        SMTP_HOST: RELAY,
        SMTP_PORT: '587',
        SMTP_USER: 'canary-smtp-user@smtp-brevo.example',
      },
      secrets: { SMTP_PASS: secret(site, 'atelier/smtp-pass', `canary-smtp-pass-${random.hex(16)}`) },
      connectorArn: vpcConnector(site, {
        name: 'atelier-connector',
        subnets: privateSubnets,
        groups: [connectorGroup],
      }),
      healthPath: '/api/health',
      app: { kind: 'signup', port: 3001 },
    });
    usualHistory(site, service);
    parameter(site, `/reconnect/services/${SERVICE}/test-password`, `canary-password-${random.hex(8)}`, 'SecureString');
    topic(site, 'reconnect-notifications');
    applicationWrote(site, service, [
      [27, 'POST /api/auth/login token=canary-captcha-token ip 203.0.113.41'],
      [24, `ListObjectsV2 failed: Error: connect ETIMEDOUT ${BUCKET_HOST}:443`],
      [16, 'POST /api/auth/register token=canary-captcha-token ip 203.0.113.44'],
      [14, 'Error sending email: Connection timeout { code: "ETIMEDOUT", command: "CONN" }'],
      [4, 'GET /api/health 200 1 ms'],
    ]);
    return { profiles: { [SERVICE]: (urls) => profile(urls[SERVICE]) } };
  },
};

const profile = (url: string | undefined): unknown => ({
  service: SERVICE,
  url,
  dependencies: [
    { name: 's3', aws: 's3' },
    { name: 'smtp-relay', host: RELAY, port: 587 },
    { name: 'database', rds: DATABASE },
  ],
  environment: [
    { name: 'DATABASE_URL', required: true, pattern: '^postgres' },
    { name: 'FILES_BUCKET', required: true },
    { name: 'SMTP_HOST', required: true },
    { name: 'SMTP_PASS', required: true },
  ],
  logs: { windowMinutes: 30 },
  deployment: { image: '3.2.0', maxAgeDays: 90 },
  probes: [
    {
      name: 'health',
      label: 'health ok',
      path: '/api/health',
      expect: { status: 200, json: { status: 'ok' } },
      timeoutSeconds: 10,
    },
    {
      name: 'login',
      label: 'login complete',
      method: 'POST',
      path: '/api/auth/login',
      expect: { status: 200, json: { success: true } },
      timeoutSeconds: 45,
      expectUnderSeconds: 5,
    },
    {
      name: 'register',
      label: 'sign-up answers',
      method: 'POST',
      path: '/api/auth/register',
      body: {
        email: 'reconnect-probe@atelier.example',
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
});
