import type { Proof } from '../../../lib/domain/proof.ts';
import type { Report } from '../../../lib/domain/report.ts';
import {
  ARN,
  at,
  change,
  checklist,
  direct,
  findings,
  HASH,
  healthProbe,
  milestones,
  noPlan,
  option,
  otpHangs,
  pathsBefore,
  plan,
  probe,
  summary,
  toDatabase,
  twilio,
} from './incident.ts';
import { byHand, group, natGateway, rule } from './repairs.ts';
import { twoRounds } from './rounds.ts';

/** One report for each verdict, as the runs for `otp-egress` and its variants write them. */
const asFound: Proof = {
  before: [healthProbe(0.084, 6), otpHangs(7)],
  after: [],
  configuration: [],
  delivery: { status: 'not-asked' },
  pathsBefore,
  pathsAfter: [],
};

/** Without a plan there is no repair to tick off. */
const withoutRepair = (items: Report['checklist']) => items.filter((_, index) => index < 1 || index > 3);

const planned: Report = {
  run: 'otp-egress-20251120-030405',
  service: 'nerava-backend',
  serviceArn: ARN,
  mode: 'plan',
  requestedBy: 'maria',
  reason: 'OTP start answers 504',
  verdict: 'planned',
  summary: summary('planned'),
  nextSteps: ['Read the plan, then start the same run with mode repair.'],
  causes: [
    {
      cause: 'no-route',
      subject: 'twilio',
      because: twilio.because,
      supportedBy: ['egress:twilio', 'logs:connect-timeout', 'probes:otp-start'],
      contradictedBy: [],
    },
  ],
  findings,
  plan,
  approval: null,
  changes: [],
  proof: asFound,
  checklist: checklist(true, null, null, null, true, false),
  timeline: milestones(['started', 0], ['detected', 52], ['planned', 54], ['ended', 55]),
  recoverySeconds: null,
  gaps: [
    {
      check: 'environment',
      subject: 'TWILIO_AUTH_TOKEN',
      because: 'could not look: AccessDeniedException on secretsmanager:GetSecretValue',
    },
  ],
  followUps: ['run the database migration', 'test the merchant claim endpoint', 'deploy the front end'],
  notifications: [],
  failure: null,
};
const approved = {
  decision: 'approved',
  by: 'jonas',
  planHash: HASH,
  because: 'the database is public, go',
  at: at(139),
} as const;
const started = { ...planned, mode: 'repair', approval: approved } as const;

const recovered: Report = {
  ...started,
  verdict: 'recovered',
  summary: summary('recovered'),
  nextSteps: [],
  changes: [{ ...change, state: 'made' }],
  proof: {
    before: [healthProbe(0.084, 6), otpHangs(7)],
    after: [healthProbe(0.062, 586), probe('otp-start', 'OTP sent', 1.84, 587, { status: 200 })],
    configuration: [
      { item: 'egress', ok: true, because: 'is DEFAULT' },
      { item: 'image', ok: true, because: 'is the same as before' },
      { item: 'environment', ok: true, because: '23 variables and 4 secrets, the same names as before' },
    ],
    delivery: {
      status: 'confirmed',
      by: 'jonas',
      at: at(640),
      verification: probe('otp-verify', 'OTP verify returns a token', 0.41, 641, { status: 200 }),
    },
    pathsBefore,
    pathsAfter: [
      { dependency: 'database', status: 'ok', paths: direct('nerava-db:5432') },
      { dependency: 'twilio', status: 'ok', paths: direct('verify.twilio.com:443') },
    ],
  },
  checklist: checklist(true, true, true, true, true, true, true, true),
  timeline: milestones(
    ['started', 0],
    ['detected', 52],
    ['planned', 54],
    ['approved', 139],
    ['applied', 585],
    ['proved', 642],
    ['ended', 643],
  ),
  recoverySeconds: 642,
};

const why = 'nerava-db is not publicly accessible: outside the VPC the service would lose its database';
const needsHuman: Report = {
  ...started,
  verdict: 'needs-human',
  summary: summary('needs-human'),
  nextSteps: [
    'Do not switch egress to DEFAULT: nerava-db is private.',
    'Give the subnets a way out: a NAT gateway in a public subnet, and a route 0.0.0.0/0 to it in rtb-0ma1n00000000001.',
    'Then start this run again to prove that OTP start answers.',
  ],
  plan: {
    ...plan,
    hash: null,
    steps: [],
    now: 0,
    because: `no repair is safe or would help (use-default-egress: it would cut off what is private: ${why})`,
    options: [
      {
        ...option,
        blocked: true,
        because: `it would cut off what is private: ${why}`,
        preconditions: option.preconditions.map((item, index) =>
          index === 1 ? { ...item, met: 'no', because: why } : item,
        ),
      },
      natGateway,
      ...byHand,
    ],
  },
  approval: null,
  checklist: withoutRepair(checklist(true, null, null, null, true, false)),
  timeline: milestones(['started', 0], ['detected', 52], ['planned', 54], ['ended', 56]),
};

const notRecovered: Report = {
  ...recovered,
  verdict: 'not-recovered',
  summary: summary('not-recovered'),
  nextSteps: [
    'Read the events of the deployment in the App Runner console: why could the service not start?',
    'Repair that, then start this run again.',
  ],
  notifications: [
    {
      what: 'finished',
      channel: 'slack',
      ok: false,
      because: 'RetryLater: chat.update: Slack answered 503',
      at: at(40),
    },
    { what: 'finished', channel: 'sns', ok: true, because: 'sns took it', at: at(41) },
  ],
  failure: { error: 'DeploymentFailed', because: 'operation 5d9f of nerava-backend ended ROLLBACK_SUCCEEDED' },
  changes: [{ ...change, state: 'undone', undoneAt: at(512) }],
  proof: {
    before: [healthProbe(0.084, 6), otpHangs(7)],
    after: [],
    configuration: [{ item: 'egress', ok: false, because: 'is VPC, should be DEFAULT' }],
    delivery: { status: 'not-asked' },
    pathsBefore,
    pathsAfter: [],
  },
  checklist: checklist(true, true, false),
  timeline: milestones(
    ['started', 0],
    ['detected', 52],
    ['planned', 54],
    ['approved', 139],
    ['undone', 512],
    ['ended', 513],
  ),
  recoverySeconds: null,
};

const declined: Report = {
  ...started,
  verdict: 'declined',
  summary: summary('declined'),
  nextSteps: ['OTP start still answers 504: agree on another repair, or start again and have the plan approved.'],
  approval: { ...approved, decision: 'declined', because: 'not during the load test' },
  checklist: checklist(true, null, null, null, true, false),
  timeline: milestones(['started', 0], ['detected', 52], ['planned', 54], ['declined', 139], ['ended', 140]),
};

const healthy: Report = {
  ...planned,
  verdict: 'healthy',
  summary: summary('healthy', ''),
  reason: undefined,
  nextSteps: [],
  causes: [],
  findings: findings
    .filter(({ status, check }) => status === 'ok' || check === 'probes')
    .map((finding) => ({
      ...finding,
      status: 'ok',
      because: finding.id === 'probes:otp-start' ? 'OTP sent: answered 200 as expected (1.9 s)' : finding.because,
    })),
  proof: {
    ...asFound,
    before: [healthProbe(0.084, 6), probe('otp-start', 'OTP sent', 1.9, 7, { status: 200 })],
    pathsBefore: [{ dependency: 'database', status: 'ok', paths: toDatabase }],
  },
  checklist: withoutRepair(checklist(true, null, null, null, true, true)),
  plan: noPlan('nothing is broken', 9),
  timeline: milestones(['started', 0], ['ended', 10]),
  gaps: [],
  followUps: [],
};

const undone: Report = {
  ...planned,
  run: 'undo-20251120-030405',
  mode: 'undo',
  undoes: 'otp-egress-20251119-034405',
  requestedBy: 'jonas',
  reason: 'the NAT gateway is there now',
  verdict: 'undone',
  summary: summary('undone', ''),
  nextSteps: [],
  causes: [],
  findings: [],
  plan: noPlan('takes back run otp-egress-20251119-034405', 471),
  changes: [{ ...change, state: 'undone', at: at(-84_000), undoneAt: at(470) }],
  proof: null,
  checklist: [{ item: change.undo, ok: true }],
  timeline: milestones(['started', 0], ['undone', 470], ['ended', 471]),
  gaps: [],
  followUps: [],
};

const stuck: Report = {
  ...notRecovered,
  verdict: 'stuck',
  summary: summary('stuck'),
  nextSteps: [
    'Do not start another run for nerava-backend.',
    'Open a support case with AWS for the operation that hangs.',
    'When the service is RUNNING again, put egress back by hand, then free the lock.',
  ],
  failure: {
    error: 'UndoFailed',
    because: 'egress could not be put back: the operation is still IN_PROGRESS after 30 minutes',
  },
  changes: [
    { ...change, state: 'made' },
    { ...group, state: 'left', left: 'eni-0ff1ce00000000009 of nerava-admin uses it by now' },
    { ...rule, state: 'not-made' },
  ],
  timeline: milestones(['started', 0], ['detected', 52], ['planned', 54], ['approved', 139], ['ended', 2445]),
};

export const FIXTURES = {
  recovered,
  healthy,
  planned,
  'needs-human': needsHuman,
  declined,
  'not-recovered': notRecovered,
  undone,
  stuck,
} satisfies Record<Report['verdict'], Report>;

export const REPORTS: [string, Report][] = [...Object.entries(FIXTURES), ['two rounds', twoRounds]];
