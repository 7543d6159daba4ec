import type { ServiceRecord } from '../account.ts';
import { appRunnerService, pastOperation, vpcConnector } from '../build/apprunner.ts';
import { database, parameter, secret, topic } from '../build/data.ts';
import { awsServices } from '../build/endpoints.ts';
import { securityGroup, tcpFrom } from '../build/interfaces.ts';
import { availabilityZones, internetGateway, route, routeTable, subnet, vpc } from '../build/network.ts';
import { DAY, type Site } from '../build/site.ts';

export const SERVICE = 'nerava-backend';
export const TEST_PHONE = '+15555550118';

export interface Options {
  readonly egress: 'VPC' | 'DEFAULT';
  readonly publicDatabase: boolean;
  readonly ipAddressType: 'IPV4' | 'DUAL_STACK';
}

/** The account of the incident otp-egress: https://api.nerava.network runs on App Runner, its database on RDS. */
export function nerava(site: Site, options: Options): ServiceRecord {
  const { account } = site;
  const network = buildNetwork(site);
  twilio(site);
  const databaseHost = database(site, {
    identifier: 'nerava-db',
    subnets: network.publicSubnets,
    groups: [securityGroup(site, network.vpcId, { name: 'nerava-db', ingress: [tcpFrom('0.0.0.0/0', 5432)] })],
    publiclyAccessible: options.publicDatabase,
  });
  const connectorArn = vpcConnector(site, {
    name: 'nerava-vpc-connector',
    subnets: network.privateSubnets,
    groups: [securityGroup(site, network.vpcId, { name: 'nerava-connector' })],
  });
  const service = appRunnerService(site, {
    name: SERVICE,
    image: `${account.id}.dkr.ecr.${account.region}.amazonaws.com/nerava-backend:v20-otp-fix-fixed`,
    port: '8000',
    accessRoleArn: `arn:aws:iam::${account.id}:role/service-role/AppRunnerECRAccessRole`,
    instanceRoleArn: `arn:aws:iam::${account.id}:role/nerava-backend-instance`,
    variables: environment(site, databaseHost),
    secrets: { TWILIO_AUTH_TOKEN: secret(site, 'nerava/twilio-auth-token', account.twilio.authToken) },
    connectorArn: options.egress === 'VPC' ? connectorArn : undefined,
    ipAddressType: options.ipAddressType,
    healthPath: '/health',
    app: { kind: 'otp', port: 8000 },
  });
  pastOperation(site, service, { type: 'CREATE_SERVICE', status: 'SUCCEEDED', minutesAgo: 60 * DAY, minutes: 9 });
  pastOperation(site, service, { type: 'START_DEPLOYMENT', status: 'SUCCEEDED', minutesAgo: 9 * DAY, minutes: 7 });
  pastOperation(site, service, { type: 'UPDATE_SERVICE', status: 'SUCCEEDED', minutesAgo: 2 * DAY, minutes: 8 });
  parameter(site, `/reconnect/services/${SERVICE}/test-phone`, TEST_PHONE, 'SecureString');
  topic(site, 'reconnect-notifications');
  return service;
}

/** Public subnets have a route to the internet gateway; private ones the main table, which is local only. */
function buildNetwork(site: Site): {
  vpcId: string;
  publicSubnets: [string, string];
  privateSubnets: [string, string];
} {
  availabilityZones(site, 'abc');
  awsServices(site);
  const cidr = '10.0.0.0/16';
  const home = vpc(site, { cidr, name: 'nerava' });
  const publicSubnets: [string, string] = [
    subnet(site, home, { cidr: '10.0.0.0/24', zone: 0, name: 'nerava-public-a' }),
    subnet(site, home, { cidr: '10.0.1.0/24', zone: 1, name: 'nerava-public-b' }),
  ];
  const privateSubnets: [string, string] = [
    subnet(site, home, { cidr: '10.0.10.0/24', zone: 0, name: 'nerava-private-a' }),
    subnet(site, home, { cidr: '10.0.11.0/24', zone: 1, name: 'nerava-private-b' }),
  ];
  const GatewayId = internetGateway(site, home.vpcId);
  routeTable(site, home.vpcId, { cidr, subnets: publicSubnets, routes: [route('0.0.0.0/0', { GatewayId })] });
  return { vpcId: home.vpcId, publicSubnets, privateSubnets };
}

function twilio({ account, random }: Site): void {
  account.twilio = {
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

/** What users met in the last half hour, as the application wrote it down. */
export function usersMetTimeouts({ account, now }: Site, { ServiceName, ServiceId }: ServiceRecord): void {
  const log = account.logs[`/aws/apprunner/${ServiceName}/${ServiceId}/application`] ?? [];
  const stream = `instance/${ServiceId.slice(0, 12)}`;
  for (const minutes of [26, 17, 9, 4]) {
    const at = now.getTime() - minutes * 60_000;
    const message =
      "HTTPSConnectionPool(host='verify.twilio.com', port=443): Failed to establish a new connection: [Errno 110] Connection timed out";
    log.push(
      { timestamp: at - 60_000, message: 'INFO: "GET /health HTTP/1.1" 200 OK', stream },
      { timestamp: at, message, stream },
    );
  }
}
