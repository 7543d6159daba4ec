import type { ServiceRecord } from '../account.ts';
import { secret } from '../build/data.ts';
import { minutesAgo, type Site } from '../build/site.ts';
import { workerTimeout } from '../services/otp-provider.ts';
import { BLOCKING_TAG, nerava, type Options, SERVICE, TWILIO_TIMED_OUT, usersMet } from './nerava.ts';
import { neravaProfile } from './profile.ts';
import type { Scenario } from './scenario.ts';

const BEFORE: Options = { egress: 'DEFAULT', publicDatabase: true, ipAddressType: 'IPV4' };

/** One of the six causes of the incident otp-timeout: how the service differs from the good one, and what its users met. */
const oneOfSix = (
  description: string,
  differs: Partial<Options>,
  aftermath: (site: Site, service: ServiceRecord) => readonly string[],
): Scenario => ({
  description,
  region: 'us-east-1',
  build: (site) => {
    const service = nerava(site, { ...BEFORE, ...differs });
    usersMet(site, service, aftermath(site, service));
    return { profiles: { [SERVICE]: neravaProfile } };
  },
});

/** How Python's HTTP library names a request that was refused: with the whole URL, credentials and all. */
const refusedUrl = ({ account }: Site, service: string) =>
  `requests.exceptions.HTTPError: Client Error for url: https://${account.twilio.sid}:canary-url-token@verify.twilio.com/v2/Services/${service}/Verifications`;

export const otpMissingVariable = oneOfSix(
  'OTP start hangs: TWILIO_VERIFY_SERVICE_SID is not set; a secret that nothing refers to holds it',
  { without: 'TWILIO_VERIFY_SERVICE_SID' },
  (site) => {
    secret(site, 'nerava/twilio-verify-service-sid', site.account.twilio.verifyServices[0] ?? '');
    return [
      '[OTP] start for +15555550142 began',
      '[OTP] TWILIO_VERIFY_SERVICE_SID is not set; request to verify.twilio.com timed out',
    ];
  },
);

export const otpBadCredentials = oneOfSix(
  'OTP start answers 500: the token was rotated at Twilio and not in the secret',
  {},
  (site) => {
    site.account.twilio.authToken = `canary-rotated-token-${site.random.hex(16)}`;
    return [
      refusedUrl(site, site.account.twilio.verifyServices[0] ?? ''),
      '[OTP] Twilio error: HTTP 401 error 20003: Invalid credentials',
    ];
  },
);

export const otpVerifyServiceGone = oneOfSix(
  'OTP start answers 500: the Verify service was deleted at Twilio',
  {},
  (site) => {
    const { twilio } = site.account;
    const [deleted = ''] = twilio.verifyServices.splice(0);
    twilio.alerts = [17, 9, 4].map((minutes) => ({
      date_generated: minutesAgo(site, minutes),
      log_level: 'error',
      error_code: '20404',
      alert_text: `Service ${deleted} was not found, To=+15555550142`,
    }));
    return [refusedUrl(site, deleted), '[OTP] Twilio error: HTTP 404 error 20404: Service not found'];
  },
);

export const otpStubProvider = oneOfSix(
  'OTP start answers at once and no SMS arrives: OTP_PROVIDER is stub',
  { variables: { OTP_PROVIDER: 'stub' } },
  () => ['[OTP] Using stub provider', '[OTP] stub code for +15555550142 is 482913'],
);

export const otpFirewall = oneOfSix(
  "OTP start hangs: the connector's security group lets 5432 out and not 443; route and NAT gateway are fine",
  { egress: 'VPC', nat: true, portsOut: [5432] },
  () => [`[OTP] start for +15555550142 failed: ${TWILIO_TIMED_OUT}`],
);

export const otpEventLoop = oneOfSix(
  'OTP start hangs though Twilio is reached and accepts: a synchronous client blocks the event loop',
  { tag: BLOCKING_TAG },
  () => ['[OTP] Using Twilio Verify provider', ...workerTimeout(17)],
);
