import {
  healthy,
  otpEgress,
  otpEgressBusy,
  otpEgressDualStack,
  otpEgressPrivateDatabase,
  otpEgressRollback,
} from './otp-egress.ts';
import type { Scenario } from './scenario.ts';

export const SCENARIOS: Readonly<Record<string, Scenario>> = {
  'otp-egress': otpEgress,
  'otp-egress-dual-stack': otpEgressDualStack,
  'otp-egress-rollback': otpEgressRollback,
  'otp-egress-private-database': otpEgressPrivateDatabase,
  'otp-egress-busy': otpEgressBusy,
  healthy,
};
