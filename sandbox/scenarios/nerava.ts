import type { ServiceRecord } from '../account.ts';
import { appRunnerService, ecrImage, usualHistory, vpcConnector } from '../build/apprunner.ts';
import { database, parameter, secret, topic } from '../build/data.ts';
import { awsServices } from '../build/endpoints.ts';
import { securityGroup, tcpFrom } from '../build/interfaces.ts';
import { applicationWrote } from '../build/logs.ts';
import type { Site } from '../build/site.ts';
import { twoTierNetwork } from '../build/two-tier.ts';

export const SERVICE = 'nerava-backend';
export const TEST_PHONE = '+15555550118';

/** The client of this one waits in the event loop; `v20-otp-fix-fixed` is the repair. */
export const BLOCKING_TAG = 'v20-otp-fix';

export interface Options {
  readonly egress: 'VPC' | 'DEFAULT';
  readonly publicDatabase: boolean;
  readonly ipAddressType: 'IPV4' | 'DUAL_STACK';
  readonly nat?: boolean;
  /** Ports the group of the connector lets out; all when left out. */
  readonly portsOut?: readonly number[];
  readonly tag?: string;
  readonly variables?: Record<string, string>;
  readonly without?: string;
}

/** The account of the incidents otp-egress and otp-timeout: https://api.nerava.network on App Runner, its database on RDS. */
export function nerava(site: Site, options: Options): ServiceRecord {
  const { account } = site;
  const network = twoTierNetwork(site, { name: 'nerava', prefix: '10.0', zones: 2, nat: options.nat });
  awsServices(site);
  twilio(site);
  const databaseHost = database(site, {
    identifier: 'nerava-db',
    subnets: network.publicSubnets,
    groups: [securityGroup(site, network.vpcId, { name: 'nerava-db', ingress: [tcpFrom('0.0.0.0/0', 5432)] })],
    publiclyAccessible: options.publicDatabase,
    owner: 'nerava',
  });
  const connectorGroup = securityGroup(site, network.vpcId, {
    name: 'nerava-connector',
    egress: options.portsOut?.map((port) => tcpFrom('0.0.0.0/0', port)),
  });
  const connectorArn = vpcConnector(site, {
    name: 'nerava-vpc-connector',
    subnets: network.privateSubnets,
    groups: [connectorGroup],
  });
  const variables = { ...environment(site, databaseHost), ...options.variables };
  if (options.without) delete variables[options.without];
  const service = appRunnerService(site, {
    name: SERVICE,
    image: ecrImage(site, `nerava-backend:${options.tag ?? 'v20-otp-fix-fixed'}`),
    port: '8000',
    variables,
    secrets: { TWILIO_AUTH_TOKEN: secret(site, 'nerava/twilio-auth-token', account.twilio.authToken) },
    connectorArn: options.egress === 'VPC' ? connectorArn : undefined,
    ipAddressType: options.ipAddressType,
    healthPath: '/health',
    app: { kind: 'otp', port: 8000, blocking: [BLOCKING_TAG] },
  });
  usualHistory(site, service);
  parameter(site, `/reconnect/services/${SERVICE}/test-phone`, TEST_PHONE, 'SecureString');
  topic(site, 'reconnect-notifications');
  return service;
}

/** Twilio as it is outside every account: its servers, and one customer. */
export function twilio({ account, random }: Site): void {
  account.twilio = {
    ...account.twilio,
    sid: `AC${random.hex(32)}`,
    authToken: `canary-twilio-token-${random.hex(16)}`,
    status: 'active',
    verifyServices: [`VA${random.hex(32)}`],
  };
  account.internet['verify.twilio.com'] = { addresses: ['54.172.60.31', '34.203.250.9'], ports: [443] };
  account.internet['api.twilio.com'] = { addresses: ['54.172.60.44'], ports: [443] };
  account.internet['monitor.twilio.com'] = { addresses: ['54.172.60.52'], ports: [443] };
}

/** Values that must never be seen anywhere begin with `canary-` or hold it. */
const environment = ({ account, random }: Site, databaseHost: string): Record<string, string> => ({
  ENV: 'prod',
  OTP_PROVIDER: 'twilio_verify',
  TWILIO_ACCOUNT_SID: account.twilio.sid,
  TWILIO_VERIFY_SERVICE_SID: account.twilio.verifyServices[0] ?? '',
  TWILIO_TIMEOUT_SECONDS: '30',
  DATABASE_URL: `postgresql://nerava:canary-db-password-${random.hex(8)}@${databaseHost}:5432/nerava`,
  JWT_SECRET: `canary-jwt-secret-${random.hex(16)}`,
  PUBLIC_BASE_URL: 'https://api.nerava.network',
});

/** What users met in the last half hour, as the application wrote it down, between health checks that passed. */
export function usersMet(site: Site, service: ServiceRecord, lines: readonly string[]): void {
  for (const minutes of [26, 17, 9, 4]) {
    applicationWrote(site, service, [
      [minutes + 1, 'INFO: "GET /health HTTP/1.1" 200 OK'],
      [
        minutes + 1,
        'DEBUG: POST /v1/auth/otp/start {"phone": "+15555550142"} authorization: Bearer canary-session-token',
      ],
      ...lines.map((line) => [minutes, line] as const),
    ]);
  }
}

export const TWILIO_TIMED_OUT =
  "HTTPSConnectionPool(host='verify.twilio.com', port=443): Failed to establish a new connection: [Errno 110] Connection timed out";
