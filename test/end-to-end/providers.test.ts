import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { InvokeCommand, LambdaClient } from '@aws-sdk/client-lambda';
import { expect, it, onTestFinished } from 'vitest';
import type { Finding } from '../../lib/domain/finding.ts';
import type { ServiceRef } from '../../lib/domain/service.ts';
import { type Sandbox, startSandbox } from '../../sandbox/index.ts';
import { deployProduct, type Product } from '../../sandbox/product.ts';

const TWILIO = {
  accountSid: 'TWILIO_ACCOUNT_SID',
  authToken: 'TWILIO_AUTH_TOKEN',
  verifyServiceSid: 'TWILIO_VERIFY_SERVICE_SID',
};
const IDENTITY = 'canary-sender@nerava.network';

interface World {
  readonly sandbox: Sandbox;
  readonly product: Product;
  readonly service: ServiceRef;
  /** Invokes the function with these providers declared; the findings, and `<subject> <status> <cause>` of each. */
  ask(providers?: object, url?: string): Promise<{ findings: Finding[]; said: string[] }>;
}

/** A sandbox with the product in it. It lives little faster than real time, because nothing here waits long. */
async function openWorld(): Promise<World> {
  const sandbox = await startSandbox({ scenario: 'otp-egress', speed: 10 });
  const product = await deployProduct(sandbox);
  onTestFinished(async () => {
    product.stop();
    await sandbox.close();
  });
  const [record] = sandbox.account.apprunner.services;
  if (!record) throw new Error('the scenario has no service');
  const { ServiceName: name, ServiceArn: arn, ServiceId: id } = record;
  const service = { name, arn, id, url: sandbox.urls[name] ?? '' };
  const lambda = new LambdaClient({});
  const ask = async (providers?: object, url = service.url) => {
    const payload = { service: { ...service, url }, profile: { service: name, dependencies: [], providers } };
    const { Payload, FunctionError } = await lambda.send(
      new InvokeCommand({ FunctionName: 'reconnect-ask-providers', Payload: Buffer.from(JSON.stringify(payload)) }),
    );
    const text = Buffer.from(Payload ?? []).toString();
    expect(FunctionError, text).toBeUndefined();
    holdsNoSecret(sandbox, product, text);
    const { check, findings } = JSON.parse(text) as { check: string; findings: Finding[] };
    expect(check).toBe('providers');
    const said = findings.map(({ subject, status, cause }) => [subject, status, cause].filter(Boolean).join(' '));
    return { findings, said };
  };
  return { sandbox, product, service, ask };
}

function holdsNoSecret({ account }: Sandbox, product: Product, text: string): void {
  const { sid, authToken, verifyServices } = account.twilio;
  const everything = text + JSON.stringify(product.logs);
  for (const secret of [sid, authToken, ...verifyServices, IDENTITY, 'canary', '5555550118'])
    expect(everything).not.toContain(secret);
}

/** The variables of the service, as UpdateService would leave them. */
const imageOf = ({ sandbox }: World) => {
  const image = sandbox.account.apprunner.services[0]?.running.SourceConfiguration.ImageRepository?.ImageConfiguration;
  if (!image?.RuntimeEnvironmentSecrets || !image.RuntimeEnvironmentVariables) throw new Error('no environment');
  return { secrets: image.RuntimeEnvironmentSecrets, variables: image.RuntimeEnvironmentVariables };
};

it('asks nobody when nothing is declared', async () => {
  const world = await openWorld();
  expect((await world.ask()).findings).toEqual([]);
  expect((await world.ask({})).findings).toEqual([]);
});

it('finds Twilio well while the service cannot reach it, and says from where it looked', async () => {
  const world = await openWorld();
  const { findings, said } = await world.ask({ twilio: TWILIO });
  expect(said).toEqual(['twilio-account ok', 'twilio-verify-service ok', 'twilio-alerts ok']);
  expect(findings[0]?.because).toContain('proves nothing about the way from the service');
  expect(findings[2]?.because).toContain('no error in the last hour');
});

it.each<[string, (world: World) => unknown, string[]]>([
  [
    'a wrong token',
    ({ sandbox }) => Object.assign(sandbox.account.twilio, { authToken: 'canary-rotated' }),
    [
      'twilio-account broken credentials-rejected',
      'twilio-verify-service broken credentials-rejected',
      'twilio-alerts unknown',
    ],
  ],
  [
    'a Verify service that is gone',
    ({ sandbox }) => Object.assign(sandbox.account.twilio, { verifyServices: [] }),
    ['twilio-account ok', 'twilio-verify-service broken provider-resource-missing', 'twilio-alerts ok'],
  ],
  [
    'a suspended account',
    ({ sandbox }) => Object.assign(sandbox.account.twilio, { status: 'suspended' }),
    [
      'twilio-account broken provider-suspended',
      'twilio-verify-service broken provider-suspended',
      'twilio-alerts unknown',
    ],
  ],
  [
    'too many requests for long',
    ({ sandbox }) => Object.assign(sandbox.account.twilio, { tooManyRequests: 100 }),
    ['twilio-account unknown', 'twilio-verify-service unknown', 'twilio-alerts unknown'],
  ],
  [
    'too many requests for a moment',
    ({ sandbox }) => Object.assign(sandbox.account.twilio, { tooManyRequests: 3 }),
    ['twilio-account ok', 'twilio-verify-service ok', 'twilio-alerts ok'],
  ],
  [
    'a secret that does not exist',
    ({ sandbox }) => sandbox.account.secretsManager.secrets.splice(0),
    ['twilio-account unknown', 'twilio-verify-service unknown', 'twilio-alerts unknown'],
  ],
  [
    'a service that does not exist',
    ({ sandbox }) => sandbox.account.apprunner.services.splice(0),
    ['twilio-account unknown', 'twilio-verify-service unknown', 'twilio-alerts unknown'],
  ],
])('tells %s', async (_, happen, expected) => {
  const world = await openWorld();
  happen(world);
  expect((await world.ask({ twilio: TWILIO })).said).toEqual(expected);
});

it('does not take a standard API key for bad because it may not read the account', async () => {
  const world = await openWorld();
  const key = { sid: `SK${'1'.repeat(32)}`, secret: 'canary-api-key-secret' };
  world.sandbox.account.twilio.apiKeys = [key];
  const { secrets, variables } = imageOf(world);
  variables.TWILIO_API_KEY = key.sid;
  variables.TWILIO_API_SECRET = key.secret;
  delete secrets.TWILIO_AUTH_TOKEN;
  const twilio = { ...TWILIO, apiKeySid: 'TWILIO_API_KEY', authToken: 'TWILIO_API_SECRET' };
  const { said } = await world.ask({ twilio });
  expect(said).toEqual(['twilio-account unknown', 'twilio-verify-service ok', 'twilio-alerts ok']);
});

it.each([
  ['a key of a secret', (token: string) => ({ secret: JSON.stringify({ token }), suffix: ':token::' })],
  ['a stage of a secret', (token: string) => ({ secret: token, suffix: '::AWSCURRENT:' })],
])('reads the token from %s', async (_, kept) => {
  const world = await openWorld();
  const { secrets } = imageOf(world);
  const [version] = world.sandbox.account.secretsManager.secrets[0]?.versions ?? [];
  if (!version) throw new Error('no secret');
  const { secret, suffix } = kept(version.SecretString);
  version.SecretString = secret;
  secrets.TWILIO_AUTH_TOKEN += suffix;
  expect((await world.ask({ twilio: TWILIO })).said[0]).toBe('twilio-account ok');
});

it.each(['ARN', 'name'])('reads the token from a parameter by %s', async (by) => {
  const world = await openWorld();
  const { account, region, accountId } = world.sandbox;
  account.ssm.parameters['/nerava/token'] = {
    Type: 'SecureString',
    Value: account.twilio.authToken,
    Version: 1,
    LastModifiedDate: new Date().toISOString(),
    Tier: 'Standard',
  };
  const arn = `arn:aws:ssm:${region}:${accountId}:parameter/nerava/token`;
  imageOf(world).secrets.TWILIO_AUTH_TOKEN = by === 'ARN' ? arn : '/nerava/token';
  expect((await world.ask({ twilio: TWILIO })).said[0]).toBe('twilio-account ok');
});

it('counts the alerts of the last hour over several pages, and quotes none', async () => {
  const world = await openWorld();
  const ago = (minutes: number) => new Date(world.sandbox.clock.now().getTime() - minutes * 60_000).toISOString();
  const alert = (minutes: number, error_code: string, log_level: 'error' | 'warning' = 'error') => ({
    date_generated: ago(minutes),
    log_level,
    error_code,
    alert_text: 'canary +15555550118',
  });
  world.sandbox.account.twilio.alerts = [
    ...Array.from({ length: 300 }, () => alert(10, '20003')),
    alert(20, '60203'),
    alert(20, '30003', 'warning'),
    alert(90, '30008'),
  ];
  const { findings } = await world.ask({ twilio: TWILIO });
  expect(findings[2]?.because).toContain('301 errors in the last hour: 300 × 20003');
  expect(findings[2]?.because).toMatch(/1 × 60203 \(limit of a single user, no outage\)$/);
});

it('says so when Twilio cannot be reached from here', async () => {
  const world = await openWorld();
  const before = process.env.TWILIO_ENDPOINT_URL;
  process.env.TWILIO_ENDPOINT_URL = 'http://127.0.0.1:1';
  onTestFinished(() => {
    process.env.TWILIO_ENDPOINT_URL = before;
  });
  for (const finding of (await world.ask({ twilio: TWILIO })).findings) {
    expect(finding).toMatchObject({
      status: 'unknown',
      because: expect.stringContaining('could not reach Twilio from here'),
    });
  }
});

it('asks SNS and SES', async () => {
  const world = await openWorld();
  const providers = { sns: {}, ses: { identity: IDENTITY } };
  const { account } = world.sandbox;
  account.ses = { identities: { [IDENTITY]: { IdentityType: 'EMAIL_ADDRESS', VerifiedForSendingStatus: true } } };
  account.sms = { attributes: { MonthlySpendLimit: '50', DefaultSMSType: 'Transactional' } };
  expect((await world.ask(providers)).said).toEqual(['sns-sms ok', 'ses-account ok', 'ses-identity ok']);

  account.ses = { account: { SendingEnabled: false } };
  account.sms = { inSandbox: true };
  expect((await world.ask(providers)).said).toEqual([
    'sns-sms broken provider-suspended',
    'ses-account broken provider-suspended',
    'ses-identity broken provider-resource-missing',
  ]);
});

it('names the action that is not allowed, and lets the others stand', async () => {
  const world = await openWorld();
  world.sandbox.account.sms = { denied: ['sns:GetSMSSandboxAccountStatus'] };
  world.sandbox.account.ses = { denied: ['ses:GetEmailIdentity'] };
  const { findings, said } = await world.ask({ twilio: TWILIO, sns: {}, ses: { identity: IDENTITY } });
  expect(said.slice(3)).toEqual(['sns-sms unknown', 'ses-account ok', 'ses-identity unknown']);
  expect(findings[3]?.because).toContain('sns:GetSMSSandboxAccountStatus is not allowed');
  expect(findings[5]?.because).toContain('ses:GetEmailIdentity is not allowed');
  expect(said[0]).toBe('twilio-account ok');
});

it('reads the messaging health at the user’s door', async () => {
  const world = await openWorld();
  const health = {
    email_providers: [{ name: 'AWSSESProvider', priority: 'PRIMARY', is_healthy: true }],
    sms_providers: [
      { name: 'AWSSNSProvider', priority: 'PRIMARY', is_healthy: false },
      { name: 'ConsoleSMSProvider', priority: 'FALLBACK', is_healthy: true },
    ],
  };
  const paths: (string | undefined)[] = [];
  const door = createServer(({ url }, response) => {
    paths.push(url);
    response.end(JSON.stringify(health));
  }).listen(0, '127.0.0.1');
  await new Promise((resolve) => door.once('listening', resolve));
  onTestFinished(() => void door.closeAllConnections());
  const url = `http://127.0.0.1:${(door.address() as AddressInfo).port}`;
  const { findings, said } = await world.ask({ messagingHealth: {} }, url);
  expect(paths).toEqual(['/api/v1/health/messaging']);
  expect(said).toEqual(['sms-providers broken fallback-in-use', 'email-providers ok']);
  expect(findings[0]?.because).toContain('ConsoleSMSProvider');
  expect((await world.ask({ messagingHealth: { kinds: ['sms'] } })).said).toEqual(['sms-providers unknown']);
  expect((await world.ask({ messagingHealth: { kinds: ['sms'] } }, '')).said).toEqual(['sms-providers unknown']);
});

it('refuses a value where the name of a variable belongs, and does not repeat it', async () => {
  const world = await openWorld();
  const { sid } = world.sandbox.account.twilio;
  const lambda = new LambdaClient({});
  const profile = {
    service: 'nerava-backend',
    dependencies: [],
    providers: { twilio: { ...TWILIO, accountSid: sid } },
  };
  const { Payload, FunctionError } = await lambda.send(
    new InvokeCommand({
      FunctionName: 'reconnect-ask-providers',
      Payload: Buffer.from(JSON.stringify({ service: world.service, profile })),
    }),
  );
  const text = Buffer.from(Payload ?? []).toString();
  expect(FunctionError).toBe('Unhandled');
  expect(JSON.parse(text)).toMatchObject({ errorType: 'InvalidRequest' });
  expect(text).toContain('profile.providers.twilio.accountSid: looks like a value');
  holdsNoSecret(world.sandbox, world.product, text);
});

it('is refused by the simulated Twilio as by the real one', async () => {
  const { sandbox } = await openWorld();
  const { sid, authToken, verifyServices } = sandbox.account.twilio;
  const get = async (path: string, user?: string, secret = authToken) => {
    const authorization = `Basic ${Buffer.from(`${user}:${secret}`).toString('base64')}`;
    const answer = await fetch(sandbox.twilioUrl + path, { headers: user === undefined ? {} : { authorization } });
    return { status: answer.status, code: ((await answer.json()) as { code?: number }).code };
  };
  const account = `/2010-04-01/Accounts/${sid}.json`;
  expect(await get(account)).toEqual({ status: 401, code: 20003 });
  expect(await get(account, sid, 'wrong')).toEqual({ status: 401, code: 20003 });
  expect(await get(account, sid)).toEqual({ status: 200, code: undefined });
  expect(await get(`/v2/Services/${verifyServices[0]}`, sid)).toEqual({ status: 200, code: undefined });
  expect(await get('/v2/Services/VA1', sid)).toEqual({ status: 404, code: 20404 });
  expect(await get('/v1/Alerts')).toEqual({ status: 401, code: 20003 });
  expect(await get('/v9/Nothing', sid)).toEqual({ status: 404, code: 20404 });
});
