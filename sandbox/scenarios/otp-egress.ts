import { pastOperation } from '../build/apprunner.ts';
import { minutesAgo, type Site } from '../build/site.ts';
import { nerava, type Options, SERVICE, TWILIO_TIMED_OUT, usersMet } from './nerava.ts';
import { neravaProfile } from './profile.ts';
import type { Built, Scenario } from './scenario.ts';

const INCIDENT: Options = { egress: 'VPC', publicDatabase: true, ipAddressType: 'IPV4' };

/** The incident, with what differs in its variants. */
const incident = (site: Site, differs: Partial<Options> = {}): Built => {
  usersMet(site, nerava(site, { ...INCIDENT, ...differs }), [TWILIO_TIMED_OUT]);
  return { profiles: { [SERVICE]: neravaProfile } };
};

const noIncident = (site: Site, differs: Partial<Options>): Built => {
  usersMet(site, nerava(site, { ...INCIDENT, ...differs }), [
    '[OTP] Using Twilio Verify provider',
    '[OTP] OTP sent successfully',
  ]);
  return { profiles: { [SERVICE]: neravaProfile } };
};

export const otpEgress: Scenario = {
  description: 'OTP start hangs: egress leaves through a VPC connector without a NAT route, the database is public',
  region: 'us-east-1',
  build: (site) => incident(site),
};

export const otpEgressDualStack: Scenario = {
  description: 'otp-egress with a dual-stack public endpoint, which an update must not lose',
  region: 'us-east-1',
  build: (site) => incident(site, { ipAddressType: 'DUAL_STACK' }),
};

export const otpEgressRollback: Scenario = {
  description: 'otp-egress, and the next update of the service fails and rolls back',
  region: 'us-east-1',
  build: (site) => {
    site.account.faults.failNextUpdate = "Health check failed on port '8000'.";
    return incident(site);
  },
};

export const otpEgressPrivateDatabase: Scenario = {
  description: 'otp-egress with a private database: switching egress to DEFAULT would take the service down',
  region: 'us-east-1',
  build: (site) => incident(site, { publicDatabase: false }),
};

export const otpEgressBusy: Scenario = {
  description: 'otp-egress while another deployment is in progress for three more minutes',
  region: 'us-east-1',
  build: (site) => ({ ...incident(site), busy: { service: SERVICE, minutes: 3 } }),
};

export const defaultEgressPrivateDatabase: Scenario = {
  description:
    'egress was switched to DEFAULT, which leads to no private database; a connector with a NAT route is there',
  region: 'us-east-1',
  build: (site) => {
    const service = nerava(site, { ...INCIDENT, egress: 'DEFAULT', nat: true, publicDatabase: false });
    pastOperation(site, service, { type: 'UPDATE_SERVICE', status: 'SUCCEEDED', minutesAgo: 95, minutes: 8 });
    service.UpdatedAt = minutesAgo(site, 87);
    const { Address: host } = site.account.rds.instances[0]?.Endpoint ?? {};
    usersMet(site, service, [
      `psycopg2.OperationalError: connection to server at "${host}", port 5432 failed: Connection timed out`,
    ]);
    return { profiles: { [SERVICE]: neravaProfile } };
  },
};

export const healthy: Scenario = {
  description: 'the same service with DEFAULT egress: everything works',
  region: 'us-east-1',
  build: (site) => noIncident(site, { egress: 'DEFAULT' }),
};

export const healthyNat: Scenario = {
  description: 'the same service with VPC egress through a NAT gateway: everything works',
  region: 'us-east-1',
  build: (site) => noIncident(site, { nat: true, publicDatabase: false }),
};
