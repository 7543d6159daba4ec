import fc from 'fast-check';
import type { Announcement } from '../../../lib/domain/announcement.ts';
import type { Option, Plan, Step } from '../../../lib/domain/plan.ts';
import { VERDICTS, type Verdict } from '../../../lib/domain/report.ts';
import { type OfRun, partOf, type Story } from '../../../lib/slack/story.ts';

export const AT = '2026-11-20T03:00:00.000Z';
export const about = { run: 'slack-0123456789abcdef01234567', service: 'nerava-backend' };
export const HASH = 'a1b2c3d4e5f6'.padEnd(64, '0');

export const step = (change: Partial<Step> = {}): Step => ({
  remedy: 'add-nat-gateway',
  title: 'Add a NAT gateway',
  target: 'vpc-1',
  changes: ['one NAT gateway in subnet-1'],
  undo: 'delete it again',
  fixes: ['twilio'],
  monthlyCostUsd: 36.5,
  minutes: 5,
  redeploys: false,
  security: 'the subnets reach the whole internet',
  affects: [],
  warnings: [],
  stage: 1,
  details: {},
  ...change,
});

export const option = (change: Partial<Option> = {}): Option => ({
  remedy: 'add-nat-gateway',
  title: 'Add a NAT gateway',
  blocked: false,
  because: 'it leads to the internet',
  fixes: ['twilio'],
  monthlyCostUsd: 36.5,
  minutes: 4,
  redeploys: false,
  security: 'the service can reach the whole internet',
  reversible: true,
  preconditions: [],
  affects: [],
  warnings: [],
  ...change,
});

export const plan = (change: Partial<Plan> = {}): Plan => ({
  round: 1,
  hash: HASH,
  options: [option(), option({ remedy: 'use-default-egress', title: 'Use default egress', monthlyCostUsd: 0 })],
  steps: [step()],
  now: 1,
  approvedBefore: false,
  because: 'nothing else leads to Twilio',
  at: AT,
  earlier: [],
  ...change,
});

type Of<K extends Announcement['kind']> = Extract<Announcement, { kind: K }>;

export const asked = (change: Partial<Of<'asked'>> = {}): Of<'asked'> => ({
  kind: 'asked',
  ...about,
  requestedBy: 'U0REQUESTER',
  causes: [],
  plan: plan(),
  expiresAt: '2026-11-20T03:30:00.000Z',
  question: 'question-1',
  ...change,
});

export const decided = (change: object = {}): Of<'decided'> =>
  ({
    kind: 'decided',
    ...about,
    approval: {
      decision: 'approved',
      by: 'U0APPROVER',
      planHash: HASH,
      because: 'U0APPROVER approved',
      at: AT,
      ...change,
    },
  }) as Of<'decided'>;

export const deliveryAsked: Of<'delivery-asked'> = {
  kind: 'delivery-asked',
  ...about,
  ask: 'Did the SMS arrive?',
  expiresAt: '2026-11-20T03:40:00.000Z',
  question: 'question-2',
  takesCode: true,
};

export const finished: Of<'finished'> = {
  kind: 'finished',
  ...about,
  verdict: 'recovered',
  summary: 'It works again.',
  nextSteps: [],
};

/** The story of a run that announced these, one after the other. */
export function storyOf(...announcements: OfRun[]): Story {
  const parts = announcements.map((announcement, index) => partOf(announcement, `${AT}${index}`));
  return Object.assign({ ...about }, ...parts.map(({ name, part }) => ({ [name]: part })));
}

const NASTY = [
  '<!channel>',
  '<@U0APPROVER>',
  '&amp;&lt;',
  '```',
  '*_~`',
  '\u202e',
  '\ud83d\ude00',
  '+1 555 555 0118',
  'your code is 493817',
  'password=hunter2',
  'x'.repeat(4000),
  '&'.repeat(4000),
  '😀'.repeat(2000),
  '',
];
const text = fc.oneof(
  fc.constantFrom(...NASTY),
  fc.string({ unit: 'binary', maxLength: 3000 }),
  fc.array(fc.constantFrom(...NASTY), { maxLength: 5 }).map((parts) => parts.join(' ')),
);
const many = <T>(one: fc.Arbitrary<T>, maxLength = 60) => fc.array(one, { maxLength });
const usd = fc.oneof(fc.constantFrom(0, 36.5, 1234, 1e21), fc.double({ min: 0, max: 1e6, noNaN: true }));

const anyStep = fc
  .record({
    title: text,
    changes: many(text, 12),
    undo: text,
    monthlyCostUsd: usd,
    warnings: many(text, 12),
    remedy: fc.constantFrom('add-nat-gateway', 'manual', 'redeploy'),
  })
  .map((some) => step(some as Partial<Step>));
const anyOption = fc
  .record({ title: text, because: text, security: text, affects: many(text, 12), monthlyCostUsd: usd, minutes: usd })
  .map(option);
const anyPlan = fc
  .record({ steps: many(anyStep), options: many(anyOption, 20), because: text, round: fc.nat(9), now: fc.nat(60) })
  .map(plan);
const anyCause = fc.record({
  cause: fc.constantFrom('no-route' as const, 'nat-unavailable' as const),
  subject: text,
  because: text,
  supportedBy: many(text, 3),
  contradictedBy: many(text, 3),
});
const gap = fc.record({ check: fc.constant('logs' as const), subject: text, because: text });
const probe = fc.record({
  name: text,
  label: text,
  ok: fc.boolean(),
  sent: fc.boolean(),
  seconds: usd,
  because: text,
  at: fc.constant(AT),
});
const when = fc.constantFrom(AT, 'no date at all <!here>', '2026-11-20T03:30:00.000Z');

/** Every kind of announcement of a run, huge and hostile. */
export const anyAnnouncement: fc.Arbitrary<OfRun> = fc.oneof(
  fc
    .record({ requestedBy: text })
    .map((some) => ({ kind: 'began' as const, ...about, mode: 'repair' as const, ...some })),
  fc
    .record({ healthy: fc.boolean(), causes: many(anyCause, 20), gaps: many(gap), probes: many(probe) })
    .map((some) => ({ kind: 'diagnosed' as const, ...about, ...some }) as OfRun),
  fc.record({ plan: anyPlan, expiresAt: when }).map((some) => asked(some)),
  fc
    .record({ plan: anyPlan, expiresAt: when })
    .map((some) => ({ kind: 'reminded' as const, ...about, question: 'question-3', ...some })),
  fc
    .record({
      by: text,
      because: text,
      decision: fc.constantFrom('approved', 'declined', 'timed-out', 'drifted'),
      at: when,
    })
    .map(decided),
  text.map((what) => ({ kind: 'progressed' as const, ...about, what })),
  fc.record({ ask: text, takesCode: fc.boolean(), expiresAt: when }).map((some) => ({ ...deliveryAsked, ...some })),
  fc
    .record({
      summary: text,
      nextSteps: many(text, 20),
      plan: fc.option(anyPlan),
      verdict: fc.constantFrom(...(Object.keys(VERDICTS) as Verdict[])),
    })
    .map((some) => ({ ...finished, ...some })),
  fc
    .record({ status: text, because: text, refused: fc.boolean() })
    .map((some) => ({ kind: 'died' as const, ...about, ...some })),
);
export const anyService = text;
