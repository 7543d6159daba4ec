import { appRunnerService, ecrImage, usualHistory } from '../build/apprunner.ts';
import { parameter, parameterChanged, secret, topic } from '../build/data.ts';
import { awsServices } from '../build/endpoints.ts';
import { applicationWrote } from '../build/logs.ts';
import { availabilityZones } from '../build/network.ts';
import type { Site } from '../build/site.ts';
import { twilio } from './nerava.ts';
import type { Scenario } from './scenario.ts';

const SERVICE = 'weedgo-backend';
const ORDER = '/weedgo/prod/sms-providers';
const DOMAIN = 'weedgo.example';
const HOUR = 60;

const IMAGE = 'weedgo-backend:2.3.0';

const weedgo = (description: string, since: (site: Site) => void): Scenario => ({
  description,
  region: 'us-east-1',
  build: (site) => {
    const { account, random } = site;
    availabilityZones(site, 'ab');
    awsServices(site);
    twilio(site);
    account.sms = { attributes: { MonthlySpendLimit: '50', DefaultSMSType: 'Transactional' } };
    account.ses = { identities: { [DOMAIN]: { IdentityType: 'DOMAIN', VerifiedForSendingStatus: true } } };
    parameter(site, ORDER, 'twilio,console');
    const service = appRunnerService(site, {
      name: SERVICE,
      image: ecrImage(site, IMAGE),
      port: '5024',
      variables: {
        ENVIRONMENT: 'production',
        TWILIO_ACCOUNT_SID: account.twilio.sid,
        TWILIO_PHONE_NUMBER: '+15555550100',
        JWT_SECRET: `canary-jwt-secret-${random.hex(16)}`,
      },
      secrets: {
        SMS_PROVIDERS: ORDER,
        TWILIO_AUTH_TOKEN: secret(site, 'weedgo/twilio-auth-token', `canary-old-token-${random.hex(16)}`),
      },
      healthPath: '/health',
      app: { kind: 'messaging', port: 5024 },
    });
    usualHistory(site, service);
    parameterChanged(site, ORDER, 'sns,twilio,console', 5 * HOUR);
    parameter(site, `/reconnect/services/${SERVICE}/test-phone`, '+15555550118', 'SecureString');
    topic(site, 'reconnect-notifications');
    for (const [minutes, phone, code] of [
      [24, '+15555550142', '493817'],
      [15, '+15555550171', '208446'],
      [6, '+15555550142', '771350'],
    ] as const) {
      applicationWrote(site, service, [
        [minutes, 'Twilio error: HTTP 401 error: Unable to create record: Authenticate (20003)'],
        [minutes, `SMS FALLBACK - OTP for ${phone}: ${code}`],
        [minutes, '"POST /api/v1/auth/otp/send HTTP/1.1" 500 Internal Server Error'],
      ]);
    }
    since(site);
    return { profiles: { [SERVICE]: (urls) => profile(urls[SERVICE]) } };
  },
});

export const smsFallback = weedgo(
  'no SMS arrives: the process is older than the setting that made SNS primary, and Twilio rejects its token',
  () => {},
);

export const smsFallbackTagMoved = weedgo(
  'sms-fallback, and the tag was pushed again since: a redeployment would bring other code as well',
  (site) => void ecrImage(site, IMAGE, 20 * HOUR),
);

const phone = { fromParameter: `/reconnect/services/${SERVICE}/test-phone` };

const profile = (url: string | undefined): unknown => ({
  service: SERVICE,
  url,
  dependencies: [
    { name: 'sns', aws: 'sns' },
    { name: 'twilio', host: 'api.twilio.com', port: 443 },
  ],
  environment: [
    { name: 'SMS_PROVIDERS', required: true },
    { name: 'TWILIO_ACCOUNT_SID', required: true, pattern: '^AC' },
    { name: 'TWILIO_AUTH_TOKEN', required: true },
    { name: 'TWILIO_PHONE_NUMBER', required: true },
    { name: 'ENVIRONMENT', required: true, oneOf: ['production'] },
  ],
  providers: {
    twilio: { accountSid: 'TWILIO_ACCOUNT_SID', authToken: 'TWILIO_AUTH_TOKEN' },
    messagingHealth: { path: '/api/v1/health/messaging', kinds: ['sms'] },
    sns: {},
    ses: { identity: DOMAIN },
  },
  logs: { windowMinutes: 30 },
  deployment: { image: '2.3.0', maxAgeDays: 90 },
  probes: [
    {
      name: 'health',
      label: 'health ok',
      path: '/health',
      expect: { status: 200, json: { status: 'healthy' } },
      timeoutSeconds: 10,
    },
    {
      name: 'otp-send',
      label: 'OTP sent',
      method: 'POST',
      path: '/api/v1/auth/otp/send',
      body: { phone },
      expect: { status: 200, json: { success: true } },
      timeoutSeconds: 30,
      expectUnderSeconds: 10,
    },
  ],
  delivery: {
    ask: 'Has the SMS with the code arrived on the test phone?',
    label: 'SMS received',
    timeoutMinutes: 10,
    verify: {
      name: 'otp-verify',
      label: 'OTP verify returns a token',
      method: 'POST',
      path: '/api/v1/auth/otp/verify',
      body: { phone, code: { fromPerson: 'code' } },
      expect: { status: 200, json: { token_type: 'bearer' }, present: ['access_token'] },
      timeoutSeconds: 30,
    },
  },
  followUps: [
    'rotate the credentials of Twilio or take Twilio out of the chain',
    'front end: the sign-up form rejects a pasted code before all digits are in its state',
  ],
});
