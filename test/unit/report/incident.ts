import { CAUSES } from '../../../lib/domain/cause.ts';
import type { ProbeResult } from '../../../lib/domain/diagnosis.ts';
import type { Finding, Hop, Path } from '../../../lib/domain/finding.ts';
import type { Option, Plan } from '../../../lib/domain/plan.ts';
import { type Milestone, type Report, VERDICTS } from '../../../lib/domain/report.ts';

/*
 * What the run for the incident of `otp-egress` saw and planned. Seconds and times are reckoned from one start, so that
 * no two numbers contradict each other.
 */
const START = Date.parse('2025-11-20T03:04:05Z');
export const at = (seconds: number): string => new Date(START + seconds * 1000).toISOString();
export const milestones = (...steps: [Milestone['what'], number][]): Milestone[] =>
  steps.map(([what, seconds]) => ({ what, at: at(seconds), seconds }));

export const ARN = 'arn:aws:apprunner:us-east-1:123456789012:service/nerava-backend/0123456789abcdef0123456789abcdef';
export const HASH = '9b1f6c0e52a74d83b6f0a1c2d3e4f5061728394a5b6c7d8e9fa0b1c2d3e4f506';
const CONNECTOR = 'arn:aws:apprunner:us-east-1:123456789012:vpcconnector/nerava-private/1/fedcba9876543210';
export const SUBNETS = ['subnet-0a11c0de00000001a', 'subnet-0b22c0de00000002b'];

const hop = (kind: string, id: string, because: string, status: Hop['status'] = 'ok'): Hop => ({
  kind,
  id,
  status,
  because,
});
const vpcPath = (subnetId: string, rest: Hop[], cause?: Path['cause']): Path => ({
  subnetId,
  status: cause ? 'broken' : 'ok',
  cause,
  hops: [
    hop('subnet', subnetId, 'one of the subnets of the VPC connector nerava-private'),
    hop('security-group', 'sg-0cc1nerava0000001', 'outbound rule allows all traffic to 0.0.0.0/0'),
    ...rest,
  ],
});
export const cutOff = SUBNETS.map((subnetId) =>
  vpcPath(
    subnetId,
    [
      hop('network-acl', 'acl-0d3fau1t00000001', 'rule 100 allows all traffic, both ways'),
      hop(
        'route-table',
        'rtb-0ma1n00000000001',
        `${subnetId} uses the main route table: its only route is 10.20.0.0/16 → local`,
        'broken',
      ),
      hop('destination', 'verify.twilio.com:443', 'resolved to 3.208.40.25', 'unknown'),
    ],
    'no-route',
  ),
);
export const toDatabase = SUBNETS.map((subnetId) =>
  vpcPath(subnetId, [
    hop('route-table', 'rtb-0ma1n00000000001', '10.20.0.0/16 → local'),
    hop('destination', 'nerava-db:5432', 'the security group of the instance lets sg-0cc1nerava0000001 in'),
  ]),
);
export const direct = (destination: string): Path[] => [
  {
    subnetId: '',
    status: 'ok',
    hops: [
      hop('default-egress', 'App Runner', 'leaves from App Runner’s own network, past the VPC'),
      hop('destination', destination, 'a public address'),
    ],
  },
];

export const probe = (
  name: string,
  label: string,
  seconds: number,
  when: number,
  rest: Partial<ProbeResult>,
): ProbeResult => ({
  name,
  label,
  ok: true,
  sent: true,
  seconds,
  because: 'answered 200 as expected',
  at: at(when),
  ...rest,
});
export const healthProbe = (seconds: number, when: number) =>
  probe('health', 'health ok', seconds, when, { status: 200 });
export const otpHangs = (when: number) =>
  probe('otp-start', 'OTP sent', 45, when, { ok: false, because: 'no answer within 45 s' });

export const twilio: Finding = {
  id: 'egress:twilio',
  check: 'egress',
  subject: 'twilio',
  status: 'broken',
  cause: 'no-route',
  because: 'neither subnet has a route to 3.208.40.25 (verify.twilio.com:443)',
  evidence: ['rtb-0ma1n00000000001: 10.20.0.0/16 → local', 'no NAT gateway in vpc-0ne1nerava0000001'],
  paths: cutOff,
};
export const findings: Finding[] = [
  {
    id: 'egress:database',
    check: 'egress',
    subject: 'database',
    status: 'ok',
    because: 'reachable from both subnets',
    evidence: [],
    paths: toDatabase,
  },
  twilio,
  {
    id: 'environment:OTP_PROVIDER',
    check: 'environment',
    subject: 'OTP_PROVIDER',
    status: 'ok',
    because: 'set to one of the allowed values',
    evidence: [],
  },
  {
    id: 'environment:TWILIO_AUTH_TOKEN',
    check: 'environment',
    subject: 'TWILIO_AUTH_TOKEN',
    status: 'unknown',
    because: 'could not look: AccessDeniedException on secretsmanager:GetSecretValue',
    evidence: [],
  },
  {
    id: 'logs:connect-timeout',
    check: 'logs',
    subject: 'connect-timeout',
    status: 'broken',
    because: 'connections time out: 14 lines in 30 minutes',
    evidence: [
      "HTTPSConnectionPool(host='verify.twilio.com', port=443): Failed to establish a new connection: [Errno 110] Connection timed out",
    ],
  },
  {
    id: 'probes:health',
    check: 'probes',
    subject: 'health',
    status: 'ok',
    because: 'health ok: answered 200 as expected (0.1 s)',
    evidence: [],
  },
  {
    id: 'probes:otp-start',
    check: 'probes',
    subject: 'otp-start',
    status: 'broken',
    because: 'OTP sent: no answer within 45 s (45.0 s)',
    evidence: [],
  },
];

export const option: Option = {
  remedy: 'use-default-egress',
  title: 'Switch egress to DEFAULT: leave the VPC',
  blocked: false,
  because: 'brings back twilio; everything the service needs is reachable from the internet',
  fixes: ['twilio'],
  monthlyCostUsd: 0,
  minutes: 10,
  redeploys: true,
  security:
    'the service leaves from App Runner’s own network: the VPC’s routes and groups no longer limit where to, and nothing private can be reached',
  reversible: true,
  preconditions: [
    {
      what: 'twilio can be reached without the VPC',
      met: 'yes',
      because: 'verify.twilio.com resolves to public addresses only',
    },
    {
      what: 'database can be reached without the VPC',
      met: 'yes',
      because: 'nerava-db is publicly accessible and its security group allows 0.0.0.0/0 on 5432',
    },
  ],
  affects: [],
  warnings: [],
};
export const undo = `put egress back to VPC through ${CONNECTOR}`;
export const plan: Plan = {
  round: 1,
  hash: HASH,
  options: [option],
  steps: [
    {
      remedy: 'use-default-egress',
      title: option.title,
      target: ARN,
      changes: [`egress of nerava-backend: VPC through ${CONNECTOR} → DEFAULT`],
      undo,
      fixes: ['twilio'],
      monthlyCostUsd: 0,
      minutes: 1,
      redeploys: false,
      security: 'nothing is opened',
      affects: [],
      warnings: [],
      stage: 1,
      details: { egress: { type: 'VPC', vpcConnectorArn: CONNECTOR } },
    },
  ],
  now: 1,
  approvedBefore: false,
  because: `${option.title}: ${option.because}`,
  at: at(54),
  earlier: [],
};
export const noPlan = (because: string, when: number): Plan => ({
  ...plan,
  hash: null,
  options: [],
  steps: [],
  now: 0,
  because,
  at: at(when),
});
export const change = {
  number: 1,
  remedy: 'use-default-egress',
  kind: 'egress',
  target: ARN,
  what: 'egress VPC → DEFAULT',
  undo,
  at: at(141),
} as const;
export const pathsBefore = [
  { dependency: 'database', status: 'ok', paths: toDatabase },
  { dependency: 'twilio', status: 'broken', paths: cutOff },
];
const CHECKLIST = [
  'current deployment finished',
  'egress updated',
  'new deployment SUCCEEDED',
  'egress is DEFAULT',
  'health ok',
  'OTP sent (< 30 s)',
  'SMS received',
  'OTP verify returns a token (optional)',
];
export const checklist = (...oks: (boolean | null)[]) =>
  CHECKLIST.map((item, index) => ({ item, ok: oks[index] ?? null }));

const CAUSE = ` The cause: ${CAUSES['no-route']} (twilio: ${twilio.because}).`;
export const summary = (verdict: Report['verdict'], more = CAUSE) => `nerava-backend: ${VERDICTS[verdict]}.${more}`;
