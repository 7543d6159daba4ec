import * as z from 'zod/mini';
import { Approval } from './approval.ts';
import { Gap, NamedCause, ProbeResult } from './diagnosis.ts';
import { Plan } from './plan.ts';
import { Verdict } from './report.ts';
import { Purpose } from './request.ts';

const about = { run: z.string(), service: z.string() };

/** What people hear of a run: told off its path, so that no run waits for a channel. */
export const Announcement = z.discriminatedUnion('kind', [
  z.strictObject({ kind: z.literal('began'), ...about, mode: Purpose, requestedBy: z.string() }),
  z.strictObject({
    kind: z.literal('diagnosed'),
    ...about,
    healthy: z.boolean(),
    causes: z.array(NamedCause),
    gaps: z.array(Gap),
    probes: z.array(ProbeResult),
  }),
  z.strictObject({
    kind: z.literal('asked'),
    ...about,
    requestedBy: z.string(),
    causes: z.array(NamedCause),
    plan: Plan,
    expiresAt: z.string(),
    /** Random; the button carries it, and nothing else. */
    question: z.string(),
  }),
  z.strictObject({ kind: z.literal('reminded'), ...about, plan: Plan, expiresAt: z.string(), question: z.string() }),
  z.strictObject({ kind: z.literal('decided'), ...about, approval: Approval }),
  /** A step is under way or done, in a sentence. */
  z.strictObject({ kind: z.literal('progressed'), ...about, what: z.string() }),
  z.strictObject({
    kind: z.literal('delivery-asked'),
    ...about,
    ask: z.string(),
    expiresAt: z.string(),
    question: z.string(),
    /** Whether a code that arrived can be tried. */
    takesCode: z.boolean(),
  }),
  z.strictObject({
    kind: z.literal('finished'),
    ...about,
    verdict: Verdict,
    summary: z.string(),
    nextSteps: z.array(z.string()),
    /** The last one that was made, where there is one. */
    plan: z.optional(z.nullable(Plan)),
  }),
  /** The sweep found what was not there at the last one. */
  z.strictObject({
    kind: z.literal('swept'),
    findings: z.array(z.strictObject({ service: z.string(), subject: z.string(), because: z.string() })),
    at: z.string(),
  }),
  /** An execution ended without its tail: failed, timed out or stopped. */
  z.strictObject({
    kind: z.literal('died'),
    ...about,
    status: z.string(),
    because: z.string(),
    /** It was not let in: nothing was begun, and nobody has to act. */
    refused: z.optional(z.boolean()),
    /** It was a run of the machine that takes others back. */
    isUndo: z.optional(z.boolean()),
  }),
]);
export type Announcement = z.infer<typeof Announcement>;

/** Says how far it is; the next announcement of the run says it better. All others ask somebody to act, or are the last word. */
export const isNews = ({ kind }: Pick<Announcement, 'kind'>): boolean =>
  ['began', 'diagnosed', 'decided', 'progressed'].includes(kind);
