import {
  CreateVpcEndpointCommand,
  type CreateVpcEndpointCommandInput,
  DescribeVpcEndpointServicesCommand,
} from '@aws-sdk/client-ec2';
import { describe, expect, it } from 'vitest';
import { vpcConnector } from '../../../sandbox/build/apprunner.ts';
import { gatewayEndpoint, interfaceEndpoint } from '../../../sandbox/build/endpoints.ts';
import { everything, securityGroup, tcpFrom, tcpFromGroup } from '../../../sandbox/build/interfaces.ts';
import { aclEntry, natGateway } from '../../../sandbox/build/network.ts';
import type { Site } from '../../../sandbox/build/site.ts';
import { leadDefaultRoute } from '../../../sandbox/build/two-tier.ts';
import { isAttached, routeTo, tableOf } from '../../../sandbox/network/routing.ts';
import { Random } from '../../../sandbox/random.ts';
import {
  type Box,
  changeSource,
  logOf,
  pendingAfter,
  post,
  redeploy,
  sandboxOf,
  setVariables,
  updateService,
} from './support.ts';

const PHONE = '+15555550118';

type Answer = { status: number; body: unknown };

async function get(door: string, path: string): Promise<Answer> {
  const response = await fetch(door + path);
  return { status: response.status, body: await response.json() };
}

const startOtp = ({ door }: Box) => post(door, '/v1/auth/otp/start', { phone: PHONE });
const register = ({ door }: Box) => post(door, '/api/auth/register', { email: 'a@b.example', password: 'long enough' });
const sendOtp = ({ door }: Box) => post(door, '/api/v1/auth/otp/send', { phone: PHONE });
const login = ({ door }: Box) => post(door, '/api/auth/login', {});
const quote = ({ door }: Box) => get(door, '/v1/quote');
/** At the door of another service of the account. */
const quoteOf = (name: string) => (box: Box) => get(box.sandbox.urls[name] ?? '', '/v1/quote');

const OTP_SENT = { status: 200, body: { otp_sent: true } };
const QUOTED = { status: 200, body: { quote: expect.any(Number) } };

/** Where the account is changed by hand. */
const siteOf = ({ sandbox }: Box): Site => ({
  account: sandbox.account,
  random: new Random(99),
  now: sandbox.clock.now(),
});

const only = <T>(items: readonly T[]): T => {
  const [item, ...more] = items;
  if (item === undefined || more.length > 0) throw new Error(`there are ${items.length}`);
  return item;
};

const vpcOf = ({ sandbox }: Box) => only(sandbox.account.ec2.vpcs).VpcId ?? '';
const subnetsOf = ({ sandbox }: Box, tier: 'public' | 'private') =>
  sandbox.account.ec2.subnets
    .filter(({ Tags }) => Tags?.some(({ Value }) => Value?.includes(`-${tier}-`)))
    .map(({ SubnetId = '' }) => SubnetId);
const mainTableOf = ({ sandbox }: Box) =>
  only(sandbox.account.ec2.routeTables.filter(({ Associations }) => Associations?.some(({ Main }) => Main)));
const tablesOf = ({ sandbox }: Box, subnets: readonly string[]) =>
  sandbox.account.ec2.routeTables
    .filter(({ Associations }) => Associations?.some(({ SubnetId = '' }) => subnets.includes(SubnetId)))
    .map(({ RouteTableId = '' }) => RouteTableId);
const groupOf = ({ sandbox }: Box, name: string) =>
  only(sandbox.account.ec2.securityGroups.filter(({ GroupName }) => GroupName === name));

const zoneOf = ({ sandbox }: Box, subnetId: string) =>
  sandbox.account.ec2.subnets.find(({ SubnetId }) => SubnetId === subnetId)?.AvailabilityZone;

function leadOut(box: Box, tableIds: readonly string[]): void {
  const NatGatewayId = natGateway(siteOf(box), subnetsOf(box, 'public')[0] ?? '');
  for (const id of tableIds) leadDefaultRoute(siteOf(box), id, { NatGatewayId });
}

async function hangs(box: Box, seconds: number, request: (box: Box) => Promise<Answer>): Promise<Answer> {
  let over = false;
  const answered = request(box).finally(() => {
    over = true;
  });
  expect(await pendingAfter(box.sandbox, (seconds - 5) * 1000, () => over)).toBe(true);
  return answered;
}

describe('every service is healthy to its health check', () => {
  it.each([
    ['otp-event-loop', '/health', { ok: true }],
    ['smtp-egress', '/api/health', { status: 'ok' }],
    ['sms-fallback', '/health', { status: 'healthy' }],
    ['s3-egress', '/health', { status: 'ok' }],
    ['database-down', '/health', { status: 'ok' }],
  ])('%s', async (scenario, path, body) => {
    const { door } = await sandboxOf(scenario);
    expect(await get(door, path)).toEqual({ status: 200, body });
    expect((await get(door, '/no-such-path')).status).toBe(404);
  });
});

describe('otp-missing-variable', () => {
  it('hangs, says which one, and works once it is set', async () => {
    const box = await sandboxOf('otp-missing-variable');
    expect((await hangs(box, 60, startOtp)).status).toBe(504);
    expect(logOf(box).at(-1)).toMatch(/TWILIO_VERIFY_SERVICE_SID is not set/);
    await setVariables(box, { TWILIO_VERIFY_SERVICE_SID: box.sandbox.account.twilio.verifyServices[0] ?? '' });
    expect(await startOtp(box)).toEqual(OTP_SENT);
  });

  it('works once the variable refers to the secret that holds it, which is read at deployment', async () => {
    const box = await sandboxOf('otp-missing-variable');
    const { secrets } = box.sandbox.account.secretsManager;
    const { ARN = '' } = secrets.find(({ Name }) => Name === 'nerava/twilio-verify-service-sid') ?? {};
    const { SourceConfiguration, InstanceConfiguration } = box.service.running;
    const referred = SourceConfiguration.ImageRepository?.ImageConfiguration?.RuntimeEnvironmentSecrets ?? {};
    expect(InstanceConfiguration.InstanceRoleArn).toMatch(/:role\//);
    expect(Object.keys(referred)).toEqual(['TWILIO_AUTH_TOKEN']);
    await changeSource(box, ({ ImageRepository }) => {
      Object.assign(ImageRepository?.ImageConfiguration ?? {}, {
        RuntimeEnvironmentSecrets: { ...referred, TWILIO_VERIFY_SERVICE_SID: ARN },
      });
    });
    expect(box.service.environment.TWILIO_VERIFY_SERVICE_SID).toMatch(/^VA/);
    expect(await startOtp(box)).toEqual(OTP_SENT);
  });
});

describe('otp-bad-credentials', () => {
  it('answers 500 until the secret holds the new token and the service was deployed', async () => {
    const box = await sandboxOf('otp-bad-credentials');
    expect((await startOtp(box)).status).toBe(500);
    expect(logOf(box).at(-1)).toBe('[OTP] Twilio error: HTTP 401 error 20003: Invalid credentials');
    const version = only(only(box.sandbox.account.secretsManager.secrets).versions);
    version.SecretString = box.sandbox.account.twilio.authToken;
    expect((await startOtp(box)).status).toBe(500);
    await redeploy(box);
    expect(await startOtp(box)).toEqual(OTP_SENT);
  });
});

describe('otp-verify-service-gone', () => {
  it('answers 500 until a new Verify service is set', async () => {
    const box = await sandboxOf('otp-verify-service-gone');
    expect((await startOtp(box)).status).toBe(500);
    expect(logOf(box).at(-1)).toBe('[OTP] Twilio error: HTTP 404 error 20404: Service not found');
    const made = `VA${'7'.repeat(32)}`;
    box.sandbox.account.twilio.verifyServices.push(made);
    expect((await startOtp(box)).status).toBe(500);
    await setVariables(box, { TWILIO_VERIFY_SERVICE_SID: made });
    expect(await startOtp(box)).toEqual(OTP_SENT);
  });
});

describe('otp-stub-provider', () => {
  it('says yes and sends nothing, until the provider is set', async () => {
    const box = await sandboxOf('otp-stub-provider');
    expect(await startOtp(box)).toEqual(OTP_SENT);
    await box.sandbox.clock.sleep(60_000);
    expect(box.sandbox.phone.inbox(PHONE)).toEqual([]);
    await setVariables(box, { OTP_PROVIDER: 'twilio_verify' });
    expect(await startOtp(box)).toEqual(OTP_SENT);
    await box.sandbox.clock.sleep(60_000);
    expect(box.sandbox.phone.inbox(PHONE)).toHaveLength(1);
  });
});

describe('otp-firewall', () => {
  it('hangs until the group lets 443 out; nothing has to be deployed', async () => {
    const box = await sandboxOf('otp-firewall');
    expect((await post(box.door, '/auth/dev/login', {})).status).toBe(200);
    expect((await hangs(box, 60, startOtp)).status).toBe(504);
    groupOf(box, 'nerava-connector').IpPermissionsEgress?.push(tcpFrom('0.0.0.0/0', 443));
    expect(await startOtp(box)).toEqual(OTP_SENT);
  });
});

describe('otp-event-loop', () => {
  it('hangs though Twilio is there, and the worker is taken down; others serve on', async () => {
    const box = await sandboxOf('otp-event-loop');
    const hanging = hangs(box, 60, startOtp);
    expect((await post(box.door, '/auth/dev/login', {})).status).toBe(200);
    expect((await hanging).status).toBe(504);
    expect(logOf(box).slice(-4)).toEqual([
      '[OTP] Using Twilio Verify provider',
      expect.stringMatching(/^\[1\] \[CRITICAL\] WORKER TIMEOUT \(pid:\d+\)$/),
      expect.stringContaining('Error handling request /v1/auth/otp/start'),
      expect.stringContaining('Booting worker'),
    ]);
    expect(box.sandbox.phone.inbox(PHONE)).toEqual([]);
  });

  it('is not cured by another deployment of the same image, but by the fixed one', async () => {
    const box = await sandboxOf('otp-event-loop');
    await redeploy(box);
    expect((await startOtp(box)).status).toBe(504);
    await changeSource(box, ({ ImageRepository: image }) => {
      if (image) image.ImageIdentifier = image.ImageIdentifier?.replace(/:v20-otp-fix$/, ':v20-otp-fix-fixed');
    });
    expect(await startOtp(box)).toEqual(OTP_SENT);
  });
});

describe('smtp-egress', () => {
  const CONN = 'Error sending email: Connection timeout { code: "ETIMEDOUT", command: "CONN" }';

  it('lets users wait for two minutes, sends nothing, and knows database and cache', async () => {
    const box = await sandboxOf('smtp-egress');
    const before = logOf(box).filter((line) => line === CONN).length;
    expect((await login(box)).status).toBe(200);
    expect((await hangs(box, 120, register)).status).toBe(504);
    await box.sandbox.clock.sleep(60_000);
    expect(logOf(box).filter((line) => line === CONN)).toHaveLength(before + 1);
  });

  it('sends e-mail once every private table leads to a NAT gateway', async () => {
    const box = await sandboxOf('smtp-egress');
    const tables = tablesOf(box, subnetsOf(box, 'private'));
    expect(tables).toHaveLength(2);
    leadOut(box, tables);
    const before = logOf(box).length;
    expect((await register(box)).status).toBe(201);
    expect(logOf(box).slice(before)).toEqual([expect.stringMatching(/^Email sent: <[0-9a-f-]+@mail\.example>$/)]);
  });

  it('has in each zone of its private subnets a public one, and SES offered as an endpoint', async () => {
    const box = await sandboxOf('smtp-egress');
    const { account } = box.sandbox;
    const zones = subnetsOf(box, 'private').map((id) => zoneOf(box, id));
    expect(new Set(zones).size).toBe(2);
    expect(subnetsOf(box, 'public').map((id) => zoneOf(box, id))).toEqual(zones);
    for (const id of subnetsOf(box, 'public')) {
      const out = routeTo(account, tableOf(account, id), '1.179.112.20');
      expect(isAttached(account, out?.GatewayId, vpcOf(box))).toBe(true);
    }
    const { ServiceDetails } = await box.ec2.send(
      new DescribeVpcEndpointServicesCommand({ ServiceNames: ['com.amazonaws.us-east-1.email-smtp'] }),
    );
    const offered = only(ServiceDetails ?? []);
    expect(offered).toMatchObject({
      ServiceType: [{ ServiceType: 'Interface' }],
      PrivateDnsNames: [{ PrivateDnsName: 'email-smtp.us-east-1.amazonaws.com' }],
    });
    expect(offered.AvailabilityZones).toEqual(expect.arrayContaining(zones));
  });

  it('sends e-mail through SES and its endpoint when that is where it is told to', async () => {
    const box = await sandboxOf('smtp-egress');
    const vpcId = vpcOf(box);
    const groupIds = [securityGroup(siteOf(box), vpcId, { name: 'smtp', ingress: [tcpFrom('10.40.0.0/16', 587)] })];
    interfaceEndpoint(siteOf(box), { vpcId, service: 'email-smtp', subnetIds: subnetsOf(box, 'private'), groupIds });
    await setVariables(box, { SMTP_HOST: 'email-smtp.us-east-1.amazonaws.com' });
    expect((await register(box)).status).toBe(201);
  });

  it('loses database and cache with egress DEFAULT', async () => {
    const box = await sandboxOf('smtp-egress');
    await updateService(box, { NetworkConfiguration: { EgressConfiguration: { EgressType: 'DEFAULT' } } });
    expect((await login(box)).status).toBe(500);
    expect((await register(box)).status).toBe(500);
    expect(logOf(box).at(-1)).toMatch(/^Database error: connect ETIMEDOUT daadaar-db/);
  });

  it('loses the cache alone when its group closes', async () => {
    const box = await sandboxOf('smtp-egress');
    groupOf(box, 'daadaar-redis').IpPermissions = [];
    expect((await login(box)).status).toBe(500);
    expect(logOf(box).at(-1)).toMatch(/^\[ioredis\] .* connect ETIMEDOUT daadaar-redis/);
  });

  it.each([{}, { email: 'nobody' }, { email: 'a@b.example', password: 'short' }])('refuses %j', async (body) => {
    const box = await sandboxOf('smtp-egress');
    expect((await post(box.door, '/api/auth/register', body)).status).toBe(422);
  });
});

describe('shared-connector', () => {
  const rates = quoteOf('daadaar-rates');

  it('hangs one service and not the other, which leaves through the same connector', async () => {
    const box = await sandboxOf('shared-connector');
    const connectors = box.sandbox.account.apprunner.services.map(
      ({ running }) => running.NetworkConfiguration.EgressConfiguration?.VpcConnectorArn,
    );
    expect(connectors).toEqual([connectors[0], connectors[0]]);
    expect(connectors[0]).toBe(only(box.sandbox.account.apprunner.connectors).VpcConnectorArn);
    expect((await hangs(box, 120, register)).status).toBe(504);
    expect(await rates(box)).toEqual(QUOTED);
    expect(box.sandbox.requests.map(({ service }) => service)).toEqual(['daadaar-backend', 'daadaar-rates']);
  });

  it('has both working once the private tables lead to a NAT gateway', async () => {
    const box = await sandboxOf('shared-connector');
    leadOut(box, tablesOf(box, subnetsOf(box, 'private')));
    expect((await register(box)).status).toBe(201);
    expect(await rates(box)).toEqual(QUOTED);
  });

  it('cuts both off with the group they share', async () => {
    const box = await sandboxOf('shared-connector');
    groupOf(box, 'daadaar-connector').IpPermissionsEgress = [tcpFrom('0.0.0.0/0', 587)];
    expect((await login(box)).status).toBe(500);
    expect((await rates(box)).status).toBe(500);
  });

  it('cuts the other off when Secrets Manager has no endpoint any more', async () => {
    const box = await sandboxOf('shared-connector');
    only(box.sandbox.account.ec2.vpcEndpoints).State = 'deleted';
    expect((await rates(box)).status).toBe(502);
  });
});

describe('s3-and-smtp', () => {
  it('hangs at login and at sign-up, each for its own reason', async () => {
    const box = await sandboxOf('s3-and-smtp');
    expect((await get(box.door, '/api/health')).status).toBe(200);
    expect((await hangs(box, 120, login)).status).toBe(504);
    await box.sandbox.clock.sleep(10_000);
    expect(logOf(box).at(-1)).toBe(
      'ListObjectsV2 failed: Error: connect ETIMEDOUT atelier-files-0001.s3.us-east-1.amazonaws.com:443',
    );
    expect((await hangs(box, 120, register)).status).toBe(504);
    await box.sandbox.clock.sleep(10_000);
    expect(logOf(box).at(-1)).toMatch(/^Error sending email: Connection timeout/);
  });

  it('logs in with an S3 endpoint, which does nothing for the relay', async () => {
    const box = await sandboxOf('s3-and-smtp');
    const routeTableIds = tablesOf(box, subnetsOf(box, 'private'));
    gatewayEndpoint(siteOf(box), { vpcId: vpcOf(box), service: 's3', routeTableIds });
    expect(await login(box)).toEqual({ status: 200, body: { success: true } });
    expect((await register(box)).status).toBe(504);
  });

  it('does both with a NAT gateway, and neither with egress DEFAULT', async () => {
    const box = await sandboxOf('s3-and-smtp');
    leadOut(box, tablesOf(box, subnetsOf(box, 'private')));
    expect((await login(box)).status).toBe(200);
    expect((await register(box)).status).toBe(201);
    await updateService(box, { NetworkConfiguration: { EgressConfiguration: { EgressType: 'DEFAULT' } } });
    expect((await login(box)).status).toBe(500);
    expect((await register(box)).status).toBe(500);
  });
});

describe('default-egress-private-database', () => {
  it('cannot reach its database, and works through the connector that is there', async () => {
    const box = await sandboxOf('default-egress-private-database');
    expect(box.service.operations[0]).toMatchObject({ Type: 'UPDATE_SERVICE', Status: 'SUCCEEDED' });
    expect((await startOtp(box)).status).toBe(500);
    expect(logOf(box).at(-1)).toMatch(/^psycopg2\.OperationalError: .*"nerava-db\..* Connection timed out$/);
    const { Status, VpcConnectorArn } = only(box.sandbox.account.apprunner.connectors);
    expect(Status).toBe('ACTIVE');
    await updateService(box, {
      NetworkConfiguration: { EgressConfiguration: { EgressType: 'VPC', VpcConnectorArn } },
    });
    expect(await startOtp(box)).toEqual(OTP_SENT);
    await box.sandbox.clock.sleep(60_000);
    expect(box.sandbox.phone.inbox(PHONE)).toHaveLength(1);
  });
});

describe('shared-vpc', () => {
  const reports = quoteOf('atlas-reports');

  /** Secrets Manager in the VPC, for whoever carries one of these groups. */
  function secretsFor(box: Box, names: readonly string[]): void {
    const vpcId = vpcOf(box);
    const ingress = names.map((name) => tcpFromGroup(groupOf(box, name).GroupId ?? '', 443));
    const groupIds = [securityGroup(siteOf(box), vpcId, { name: 'secrets-endpoint', ingress })];
    interfaceEndpoint(siteOf(box), {
      vpcId,
      service: 'secretsmanager',
      subnetIds: subnetsOf(box, 'private'),
      groupIds,
    });
  }

  it('has one service without a way to Secrets Manager, and one with a NAT gateway, each with a connector', async () => {
    const box = await sandboxOf('shared-vpc');
    expect((await quote(box)).status).toBe(502);
    expect(await reports(box)).toEqual(QUOTED);
    expect(box.sandbox.account.apprunner.connectors).toHaveLength(2);
    only(box.sandbox.account.ec2.natGateways).State = 'deleted';
    expect((await reports(box)).status).toBe(502);
  });

  it('cuts the neighbour off with an endpoint that lets in the one group only', async () => {
    const box = await sandboxOf('shared-vpc');
    secretsFor(box, ['atlas-connector']);
    expect(await quote(box)).toEqual(QUOTED);
    expect((await reports(box)).status).toBe(502);
  });

  it('serves both with an endpoint that lets both in', async () => {
    const box = await sandboxOf('shared-vpc');
    secretsFor(box, ['atlas-connector', 'atlas-reports']);
    expect(await quote(box)).toEqual(QUOTED);
    expect(await reports(box)).toEqual(QUOTED);
  });
});

describe('sms-fallback', () => {
  const health = async ({ door }: Box) =>
    ((await get(door, '/api/v1/health/messaging')).body as { sms_providers: unknown }).sms_providers;
  const count = (box: Box, start: string) => logOf(box).filter((line) => line.startsWith(start)).length;

  it('answers 500, and the code is in the log and nowhere else', async () => {
    const box = await sandboxOf('sms-fallback');
    expect((await sendOtp(box)).status).toBe(500);
    expect(logOf(box).slice(-2)).toEqual([
      'Twilio error: HTTP 401 error: Unable to create record: Authenticate (20003)',
      expect.stringMatching(/^SMS FALLBACK - OTP for \+15555550118: \d{6}$/),
    ]);
    await box.sandbox.clock.sleep(60_000);
    expect(box.sandbox.phone.inbox(PHONE)).toEqual([]);
    expect(await health(box)).toEqual([
      { name: 'TwilioSMSProvider', priority: 'PRIMARY', is_healthy: false },
      { name: 'ConsoleSMSProvider', priority: 'FALLBACK', is_healthy: true },
    ]);
  });

  it('stops asking Twilio after three failures, for three minutes', async () => {
    const box = await sandboxOf('sms-fallback');
    const [errors, fallbacks] = [count(box, 'Twilio error'), count(box, 'SMS FALLBACK')];
    for (let sends = 0; sends < 5; sends++) await sendOtp(box);
    expect(count(box, 'SMS FALLBACK') - fallbacks).toBe(5);
    expect(count(box, 'Twilio error') - errors).toBe(3);
    await box.sandbox.clock.sleep(181_000);
    await sendOtp(box);
    expect(count(box, 'Twilio error') - errors).toBe(4);
  });

  it('brings SNS back with a deployment alone, which reads what was set since', async () => {
    const box = await sandboxOf('sms-fallback');
    const changed = box.sandbox.account.ssm.parameters['/weedgo/prod/sms-providers'];
    const [last] = box.service.operations;
    expect(Date.parse(changed?.LastModifiedDate ?? '')).toBeGreaterThan(Date.parse(last?.EndedAt ?? ''));
    expect(box.service.environment.SMS_PROVIDERS).toBe('twilio,console');
    await redeploy(box);
    expect(await sendOtp(box)).toEqual({ status: 200, body: { success: true } });
    expect(logOf(box).slice(-2)).toEqual([
      'AWS SNS initialized as PRIMARY SMS provider',
      `SMS sent via AWS SNS to ${PHONE}`,
    ]);
    expect(await health(box)).toEqual([
      { name: 'AWSSNSProvider', priority: 'PRIMARY', is_healthy: true },
      { name: 'TwilioSMSProvider', priority: 'SECONDARY', is_healthy: false },
      { name: 'ConsoleSMSProvider', priority: 'FALLBACK', is_healthy: true },
    ]);
    await box.sandbox.clock.sleep(15_000);
    const { code } = only(box.sandbox.phone.inbox(PHONE));
    const verify = () => post(box.door, '/api/v1/auth/otp/verify', { phone: PHONE, code });
    expect(await verify()).toMatchObject({ status: 200, body: { token_type: 'bearer' } });
    expect((await verify()).status).toBe(401);
  });

  it('comes back by a deployment where the tag was pushed again, too', async () => {
    const box = await sandboxOf('sms-fallback-tag-moved');
    expect((await sendOtp(box)).status).toBe(500);
    await redeploy(box);
    expect((await sendOtp(box)).status).toBe(200);
  });

  it('sends through Twilio when its token is right', async () => {
    const box = await sandboxOf('sms-fallback');
    only(only(box.sandbox.account.secretsManager.secrets).versions).SecretString = box.sandbox.account.twilio.authToken;
    const order = box.sandbox.account.ssm.parameters['/weedgo/prod/sms-providers'];
    if (order) order.Value = 'twilio,console';
    await redeploy(box);
    expect((await sendOtp(box)).status).toBe(200);
    expect(logOf(box).at(-1)).toBe(`SMS sent via Twilio to ${PHONE}`);
  });
});

describe('s3-egress', () => {
  const TIMED_OUT =
    'urllib3.exceptions.ConnectTimeoutError: Connection to bond-files-0001.s3.us-west-2.amazonaws.com timed out. (connect timeout=60)';

  const MADE = 10 * 60_000;
  const endpoint = async (box: Box, name: string, rest: Partial<CreateVpcEndpointCommandInput>) => {
    const ServiceName = `com.amazonaws.us-west-2.${name}`;
    await box.ec2.send(new CreateVpcEndpointCommand({ VpcId: vpcOf(box), ServiceName, ...rest }));
    await box.sandbox.clock.sleep(MADE);
  };
  const s3Endpoint = (box: Box) => endpoint(box, 's3', { RouteTableIds: tablesOf(box, subnetsOf(box, 'private')) });

  it('lets the login time out, and writes why three minutes after it began', async () => {
    const box = await sandboxOf('s3-egress');
    const before = logOf(box).filter((line) => line === TIMED_OUT).length;
    expect((await hangs(box, 120, login)).status).toBe(504);
    await box.sandbox.clock.sleep(70_000);
    expect(logOf(box).filter((line) => line === TIMED_OUT)).toHaveLength(before + 1);
  });

  it('completes the login with a gateway endpoint, without a deployment', async () => {
    const box = await sandboxOf('s3-egress');
    await s3Endpoint(box);
    expect(await login(box)).toEqual({ status: 200, body: { logged_in: true, files: 3 } });
  });

  it('needs the interface endpoint of Secrets Manager too where the session key is kept there', async () => {
    const box = await sandboxOf('s3-and-secrets');
    await s3Endpoint(box);
    expect((await hangs(box, 120, login)).status).toBe(504);
    await box.sandbox.clock.sleep(70_000);
    expect(logOf(box).at(-1)).toContain('secretsmanager.us-west-2.amazonaws.com timed out');
    const ingress = [tcpFromGroup(groupOf(box, 'bond-connector').GroupId ?? '', 443)];
    await endpoint(box, 'secretsmanager', {
      VpcEndpointType: 'Interface',
      SubnetIds: subnetsOf(box, 'private'),
      SecurityGroupIds: [securityGroup(siteOf(box), vpcOf(box), { name: 'https', ingress })],
      PrivateDnsEnabled: true,
    });
    expect((await login(box)).status).toBe(200);
  });
});

describe('the ways a path can break', () => {
  const goodNat = (box: Box) =>
    leadDefaultRoute(siteOf(box), mainTableOf(box).RouteTableId ?? '', {
      NatGatewayId: natGateway(siteOf(box), subnetsOf(box, 'public')[1] ?? ''),
    });

  it.each<[string, number, RegExp, (box: Box) => void | Promise<void>]>([
    ['route-blackhole', 502, /i\/o timeout$/, (box) => leadOut(box, [mainTableOf(box).RouteTableId ?? ''])],
    [
      'route-blackhole-other-nat',
      502,
      /i\/o timeout$/,
      (box) => {
        const { NatGatewayId, State } = only(box.sandbox.account.ec2.natGateways);
        expect(State).toBe('available');
        const tables = tablesOf(box, subnetsOf(box, 'private'));
        expect(tables).toHaveLength(2);
        for (const id of tables) leadDefaultRoute(siteOf(box), id, { NatGatewayId });
      },
    ],
    [
      'route-internet-gateway',
      502,
      /i\/o timeout$/,
      async (box) => {
        const [connector] = box.sandbox.account.apprunner.connectors;
        const groups = connector?.SecurityGroups ?? [];
        const VpcConnectorArn = vpcConnector(siteOf(box), {
          name: 'moved',
          subnets: subnetsOf(box, 'private'),
          groups,
        });
        await updateService(box, {
          NetworkConfiguration: { EgressConfiguration: { EgressType: 'VPC', VpcConnectorArn } },
        });
      },
    ],
    ['nat-failed', 502, /i\/o timeout$/, goodNat],
    ['nat-private', 502, /i\/o timeout$/, goodNat],
    [
      'acl-denies',
      502,
      /i\/o timeout$/,
      ({ sandbox }) => {
        const acl = only(sandbox.account.ec2.networkAcls.filter(({ IsDefault }) => !IsDefault));
        acl.Entries?.push(aclEntry('in', 120, { cidr: '0.0.0.0/0', ports: [1024, 65535] }));
      },
    ],
    [
      'endpoint-closed',
      502,
      /i\/o timeout$/,
      (box) => void groupOf(box, 'secrets-endpoint').IpPermissions?.push(tcpFrom('10.20.0.0/16', 443)),
    ],
    [
      'endpoint-dns',
      502,
      /i\/o timeout$/,
      (box) =>
        void Object.assign(box.sandbox.account.ec2.vpcAttributes[vpcOf(box)] ?? {}, { enableDnsHostnames: true }),
    ],
    [
      'public-access-blocked',
      502,
      /i\/o timeout$/,
      ({ sandbox }) => void Object.assign(sandbox.account.ec2.blockPublicAccess, { InternetGatewayBlockMode: 'off' }),
    ],
    [
      'database-down',
      500,
      /connect: connection refused$/,
      ({ sandbox }) => void Object.assign(only(sandbox.account.rds.instances), { DBInstanceStatus: 'available' }),
    ],
    [
      'database-closed',
      500,
      /10\.20\.10\.\d+:5432: i\/o timeout$/,
      (box) => {
        const from = groupOf(box, 'atlas-connector').GroupId ?? '';
        groupOf(box, 'atlas-db').IpPermissions = [tcpFromGroup(from, 5432)];
      },
    ],
  ])('%s: %i, and well again when it is put right', async (scenario, status, line, repair) => {
    const box = await sandboxOf(scenario);
    for (let knocks = 0; knocks < 3; knocks++) expect((await quote(box)).status).toBe(status);
    expect(logOf(box).at(-1)).toMatch(line);
    await repair(box);
    for (let knocks = 0; knocks < 3; knocks++) expect(await quote(box)).toEqual(QUOTED);
  });

  it('one-subnet-of-three: some requests work and some do not, and all do when the subnet uses the main table', async () => {
    const box = await sandboxOf('one-subnet-of-three');
    const statuses = new Set<number>();
    for (let knocks = 0; knocks < 40; knocks++) statuses.add((await quote(box)).status);
    expect([...statuses].sort()).toEqual([200, 502]);
    const [, , bad = ''] = subnetsOf(box, 'private');
    const { routeTables } = box.sandbox.account.ec2;
    for (const table of routeTables) {
      table.Associations = table.Associations?.filter(({ SubnetId }) => SubnetId !== bad);
    }
    for (let knocks = 0; knocks < 12; knocks++) expect(await quote(box)).toEqual(QUOTED);
  });
});

describe('deployment-failed', () => {
  it('serves the old pages, says why in the event log, and has the new page once the new version is there', async () => {
    const box = await sandboxOf('deployment-failed');
    const newQuote = () => get(box.door, '/v2/quote');
    expect(await quote(box)).toEqual(QUOTED);
    expect((await newQuote()).status).toBe(404);
    expect(box.service.operations[0]).toMatchObject({ Type: 'UPDATE_SERVICE', Status: 'ROLLBACK_SUCCEEDED' });
    const events = box.sandbox.account.logs[`/aws/apprunner/atlas-backend/${box.service.ServiceId}/service`] ?? [];
    expect(events.map(({ message }) => message)).toContain(
      "[AppRunner] Health check failed on port '8080'. Rolling back.",
    );
    await redeploy(box);
    expect((await newQuote()).status).toBe(404);
    await changeSource(box, ({ ImageRepository: image }) => {
      if (image) image.ImageIdentifier = image.ImageIdentifier?.replace(/:1\.8\.0$/, ':1.9.0');
    });
    expect(await newQuote()).toEqual(QUOTED);
  });
});

describe('what is well', () => {
  it('transit-gateway: works, and a closed group still stops it', async () => {
    const box = await sandboxOf('transit-gateway');
    expect(await quote(box)).toEqual(QUOTED);
    const group = groupOf(box, 'atlas-connector');
    group.IpPermissionsEgress = [tcpFrom('0.0.0.0/0', 5432)];
    expect((await quote(box)).status).toBe(502);
    group.IpPermissionsEgress = [everything()];
    expect(await quote(box)).toEqual(QUOTED);
  });

  it('healthy-nat: sends through the NAT gateway, and stops without it', async () => {
    const box = await sandboxOf('healthy-nat');
    expect(await startOtp(box)).toEqual(OTP_SENT);
    only(box.sandbox.account.ec2.natGateways).State = 'deleted';
    expect((await startOtp(box)).status).toBe(504);
  });
});
