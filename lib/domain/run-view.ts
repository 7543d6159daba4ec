import * as z from 'zod/mini';
import { Answer } from './answer.ts';
import { Report, Verdict } from './report.ts';
import { Purpose } from './request.ts';

/** What a run asks people at the moment. Without the token: whoever answers names the run. */
export const OpenQuestion = z.discriminatedUnion('topic', [
  z.strictObject({
    topic: z.literal('approval'),
    /** The hash of the plan that waits: to approve takes it. */
    planHash: z.string(),
    /** Who asked for the repair, and may not approve it unless the profile says so. */
    requestedBy: z.string(),
    expiresAt: z.string(),
  }),
  z.strictObject({
    topic: z.literal('delivery'),
    ask: z.string(),
    /** Whether a code that arrived can be tried. */
    takesCode: z.boolean(),
    expiresAt: z.string(),
  }),
]);
export type OpenQuestion = z.infer<typeof OpenQuestion>;

export const RunStatus = z.enum(['running', 'succeeded', 'failed', 'timed-out', 'aborted']);
export type RunStatus = z.infer<typeof RunStatus>;
/** Of a run that ended without a report. */
export type DeadStatus = Exclude<RunStatus, 'running' | 'succeeded'>;

/** A run as anybody who may ask for it sees it, under way or over. */
export const RunView = z.strictObject({
  run: z.string(),
  /** Of the execution: a run that ended with a report succeeded, whatever its verdict, unless that is `stuck`. */
  status: RunStatus,
  executionArn: z.string(),
  /** As it was asked for: name or ARN. */
  service: z.optional(z.string()),
  mode: z.optional(Purpose),
  requestedBy: z.optional(z.string()),
  startedAt: z.optional(z.string()),
  endedAt: z.optional(z.string()),
  question: z.optional(OpenQuestion),
  /** What was said to the last question of each kind; `no answer` by nobody where the time for it was over. */
  answered: z.optional(
    z.strictObject({
      /** With the hash of the plan that it was about. */
      approval: z.optional(z.extend(Answer, { planHash: z.string() })),
      delivery: z.optional(Answer),
    }),
  ),
  verdict: z.optional(Verdict),
  report: z.optional(Report),
  /** What ended the run without a report. */
  failure: z.optional(
    z.strictObject({
      error: z.string(),
      because: z.string(),
      /** The run that takes back what this one had changed. */
      undoneBy: z.optional(z.string()),
    }),
  ),
});
export type RunView = z.infer<typeof RunView>;

/** A service under care, and what is going on with it. */
export interface ServiceView {
  readonly service: string;
  /** Whether a profile is stored. */
  readonly profile: boolean;
  /** Absent: App Runner has no service of that name here. */
  readonly arn?: string;
  /** The run that has the service now. */
  readonly holder?: { readonly run: string; readonly requestedBy: string; readonly since: string };
  /** What that run asks people. */
  readonly question?: OpenQuestion;
  /** How the last run ended. */
  readonly last?: LastRun;
}

export interface LastRun {
  readonly run: string;
  /** How its execution ended, where it ended without a verdict. */
  readonly verdict: Verdict | DeadStatus;
  readonly at: string;
  readonly summary: string;
}
