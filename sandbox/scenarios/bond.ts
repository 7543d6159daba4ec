import { appRunnerService, ecrImage, usualHistory, vpcConnector } from '../build/apprunner.ts';
import { secret, topic } from '../build/data.ts';
import { awsServices } from '../build/endpoints.ts';
import { securityGroup } from '../build/interfaces.ts';
import { applicationWrote } from '../build/logs.ts';
import { twoTierNetwork } from '../build/two-tier.ts';
import type { Scenario } from './scenario.ts';

const SERVICE = 'bond-backend';
const BUCKET = 'bond-files-0001';
const SESSION_KEY = 'bond/session-key';

/** A service in private subnets without NAT gateway and without endpoints, and which AWS services it uses. */
const bond = (description: string, { usesSecrets }: { usesSecrets: boolean }): Scenario => ({
  description,
  region: 'us-west-2',
  build: (site) => {
    const { account, random } = site;
    const network = twoTierNetwork(site, { name: 'bond', prefix: '10.60', zones: 2, ownTables: true });
    awsServices(site);
    const host = `${BUCKET}.s3.us-west-2.amazonaws.com`;
    account.internet[host] = { addresses: ['52.216.44.81'], ports: [443] };
    secret(site, SESSION_KEY, `canary-session-key-${random.hex(16)}`);
    const service = appRunnerService(site, {
      name: SERVICE,
      image: ecrImage(site, 'bond-backend:2024.11.3'),
      port: '8080',
      variables: {
        AWS_REGION: 'us-west-2',
        FILES_BUCKET: BUCKET,
        OKTA_ISSUER: 'https://bond.okta.example/oauth2/default',
        OKTA_CLIENT_SECRET: `canary-okta-secret-${random.hex(16)}`,
        ...(usesSecrets && { SESSION_KEY_SECRET: SESSION_KEY }),
      },
      secrets: {},
      connectorArn: vpcConnector(site, {
        name: 'bond-connector',
        subnets: network.privateSubnets,
        groups: [securityGroup(site, network.vpcId, { name: 'bond-connector' })],
      }),
      healthPath: '/health',
      app: { kind: 'files', port: 8080 },
    });
    usualHistory(site, service);
    topic(site, 'reconnect-notifications');
    applicationWrote(site, service, [
      [27, 'INFO: okta login of user 00u1 complete, access_token=canary-okta-token'],
      [24, `urllib3.exceptions.ConnectTimeoutError: Connection to ${host} timed out. (connect timeout=60)`],
      [11, 'INFO: okta login of user 00u7 complete, access_token=canary-okta-token'],
      [8, `urllib3.exceptions.ConnectTimeoutError: Connection to ${host} timed out. (connect timeout=60)`],
      [
        8,
        `botocore.exceptions.ConnectTimeoutError: Connect timeout on endpoint URL: "https://${host}/u/7?X-Amz-Security-Token=canary-presigned-token"`,
      ],
    ]);
    const aws = usesSecrets ? ['s3', 'secretsmanager'] : ['s3'];
    return { profiles: { [SERVICE]: (urls) => profile(urls[SERVICE], aws) } };
  },
});

export const s3Egress = bond('a time-out after login: private subnets with no route to S3', { usesSecrets: false });

export const s3AndSecrets = bond('s3-egress, and Secrets Manager is needed too: the S3 endpoint alone does not do', {
  usesSecrets: true,
});

const profile = (url: string | undefined, aws: readonly string[]): unknown => ({
  service: SERVICE,
  url,
  dependencies: aws.map((name) => ({ name, aws: name })),
  environment: [
    { name: 'AWS_REGION', required: true, oneOf: ['us-west-2'] },
    { name: 'FILES_BUCKET', required: true },
    { name: 'OKTA_ISSUER', required: true, pattern: '^https://' },
    { name: 'OKTA_CLIENT_SECRET', required: true },
  ],
  logs: { windowMinutes: 30 },
  deployment: { image: '2024.11.3', maxAgeDays: 90 },
  probes: [
    {
      name: 'health',
      label: 'health ok',
      path: '/health',
      expect: { status: 200, json: { status: 'ok' } },
      timeoutSeconds: 10,
    },
    {
      name: 'login',
      label: 'login flow complete',
      method: 'POST',
      path: '/api/auth/login',
      expect: { status: 200, json: { logged_in: true } },
      timeoutSeconds: 45,
      expectUnderSeconds: 5,
    },
  ],
  followUps: ['watch the log for time-outs of other AWS services: Secrets Manager, Bedrock'],
});
