import * as z from 'zod/mini';
import { Approval } from './approval.ts';
import { Change } from './change.ts';
import { Gap, NamedCause } from './diagnosis.ts';
import { Finding } from './finding.ts';
import { Plan } from './plan.ts';
import { Proof } from './proof.ts';
import { Purpose } from './request.ts';

export const VERDICTS = {
  recovered: 'repaired, and proved through the user’s door',
  healthy: 'nothing to repair',
  planned: 'a plan is ready; nothing was changed',
  'needs-human': 'a person has to act',
  declined: 'the plan was not approved; nothing was changed',
  'not-recovered': 'the repair did not help and was taken back',
  undone: 'a repair was taken back',
  stuck: 'the platform hangs or the way back is blocked: act now',
} as const;
export type Verdict = keyof typeof VERDICTS;
export const Verdict = z.enum(Object.keys(VERDICTS) as [Verdict, ...Verdict[]]);

/** The verdicts after which nobody has to get up. */
export const CALM_VERDICTS: readonly Verdict[] = ['recovered', 'healthy', 'planned', 'undone'];

export const Milestone = z.strictObject({
  what: z.enum(['started', 'detected', 'planned', 'approved', 'declined', 'applied', 'proved', 'undone', 'ended']),
  at: z.string(),
  /** Seconds since the run started. */
  seconds: z.number(),
});
export type Milestone = z.infer<typeof Milestone>;

/** One try to tell people something through one channel. */
export const Notification = z.strictObject({
  /** What was told: `asked`, `finished` and so on. */
  what: z.string(),
  channel: z.enum(['slack', 'sns', 'event-bus']),
  ok: z.boolean(),
  because: z.string(),
  at: z.string(),
});
export type Notification = z.infer<typeof Notification>;

/** The whole story of one run. Keys are fixed: see docs/report.md. */
export const Report = z.strictObject({
  run: z.string(),
  service: z.string(),
  serviceArn: z.string(),
  mode: Purpose,
  requestedBy: z.string(),
  reason: z.optional(z.string()),
  /** The finished run that this one took back. */
  undoes: z.optional(z.string()),
  verdict: Verdict,
  /** What to read first: verdict and cause in one or two sentences. */
  summary: z.string(),
  /** What the person on call should do next; empty when there is nothing. */
  nextSteps: z.array(z.string()),
  causes: z.array(NamedCause),
  findings: z.array(Finding),
  plan: Plan,
  approval: z.nullable(Approval),
  changes: z.array(Change),
  proof: z.nullable(Proof),
  checklist: z.array(z.strictObject({ item: z.string(), ok: z.nullable(z.boolean()) })),
  timeline: z.array(Milestone),
  /** From the start of the run to the proof; null when there is none. */
  recoverySeconds: z.nullable(z.number()),
  gaps: z.array(Gap),
  followUps: z.array(z.string()),
  /** Which channel took what, as far as it was tried when the report was read. */
  notifications: z.array(Notification),
  /** What is left out of this copy, and where it stands; absent when nothing is. */
  cut: z.optional(z.array(z.string())),
  /** The error that ended the run early, if one did. */
  failure: z.nullable(z.strictObject({ error: z.string(), because: z.string() })),
});
export type Report = z.infer<typeof Report>;
