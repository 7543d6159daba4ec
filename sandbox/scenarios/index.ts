import { s3AndSmtp } from './atelier.ts';
import { s3AndSecrets, s3Egress } from './bond.ts';
import { sharedConnector, smtpEgress } from './daadaar.ts';
import {
  defaultEgressPrivateDatabase,
  healthy,
  healthyNat,
  otpEgress,
  otpEgressBusy,
  otpEgressDualStack,
  otpEgressPrivateDatabase,
  otpEgressRollback,
} from './otp-egress.ts';
import {
  otpBadCredentials,
  otpEventLoop,
  otpFirewall,
  otpMissingVariable,
  otpStubProvider,
  otpVerifyServiceGone,
} from './otp-timeout.ts';
import type { Scenario } from './scenario.ts';
import { sharedOutage } from './shared-outage.ts';
import { sharedVpc } from './shared-vpc.ts';
import {
  aclDenies,
  databaseClosed,
  databaseDown,
  deploymentFailed,
  endpointClosed,
  endpointDns,
  natFailed,
  natPrivate,
  oneSubnetOfThree,
  publicAccessBlocked,
  routeBlackhole,
  routeBlackholeOtherNat,
  routeInternetGateway,
  transitGateway,
} from './topologies.ts';
import { smsFallback, smsFallbackTagMoved } from './weedgo.ts';

/** The five incidents with their variants and causes, then one account for each way a path can break, then what is well. */
export const SCENARIOS: Readonly<Record<string, Scenario>> = {
  'otp-egress': otpEgress,
  'otp-egress-dual-stack': otpEgressDualStack,
  'otp-egress-rollback': otpEgressRollback,
  'otp-egress-private-database': otpEgressPrivateDatabase,
  'otp-egress-busy': otpEgressBusy,
  'default-egress-private-database': defaultEgressPrivateDatabase,

  'otp-missing-variable': otpMissingVariable,
  'otp-bad-credentials': otpBadCredentials,
  'otp-verify-service-gone': otpVerifyServiceGone,
  'otp-stub-provider': otpStubProvider,
  'otp-firewall': otpFirewall,
  'otp-event-loop': otpEventLoop,

  'smtp-egress': smtpEgress,
  'shared-connector': sharedConnector,
  'sms-fallback': smsFallback,
  'sms-fallback-tag-moved': smsFallbackTagMoved,
  's3-egress': s3Egress,
  's3-and-secrets': s3AndSecrets,
  's3-and-smtp': s3AndSmtp,
  'shared-vpc': sharedVpc,
  'shared-outage': sharedOutage,

  'route-blackhole': routeBlackhole,
  'route-blackhole-other-nat': routeBlackholeOtherNat,
  'route-internet-gateway': routeInternetGateway,
  'nat-failed': natFailed,
  'nat-private': natPrivate,
  'acl-denies': aclDenies,
  'one-subnet-of-three': oneSubnetOfThree,
  'endpoint-closed': endpointClosed,
  'endpoint-dns': endpointDns,
  'public-access-blocked': publicAccessBlocked,
  'database-down': databaseDown,
  'database-closed': databaseClosed,
  'deployment-failed': deploymentFailed,

  'transit-gateway': transitGateway,
  'healthy-nat': healthyNat,
  healthy,
};
