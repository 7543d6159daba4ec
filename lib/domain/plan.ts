import * as z from 'zod/mini';

/** The kinds of repair there are. */
export const RemedyName = z.enum(['use-default-egress']);
export type RemedyName = z.infer<typeof RemedyName>;

export const Precondition = z.strictObject({
  what: z.string(),
  met: z.enum(['yes', 'no', 'unknown']),
  because: z.string(),
});
export type Precondition = z.infer<typeof Precondition>;

/** One remedy, assessed: what it would do, what it costs, and whether it may be used here. */
export const Option = z.strictObject({
  remedy: RemedyName,
  title: z.string(),
  blocked: z.boolean(),
  because: z.string(),
  /** Names of the broken dependencies that it would bring back. */
  fixes: z.array(z.string()),
  monthlyCostUsd: z.number(),
  minutes: z.number(),
  redeploys: z.boolean(),
  security: z.string(),
  reversible: z.boolean(),
  preconditions: z.array(Precondition),
});
export type Option = z.infer<typeof Option>;

export const Step = z.strictObject({
  remedy: RemedyName,
  title: z.string(),
  /** ARN of what is changed. */
  target: z.string(),
  undo: z.string(),
});
export type Step = z.infer<typeof Step>;

export const Plan = z.strictObject({
  /** SHA-256 over the steps and the facts they rest on, hex. Null when there is nothing to approve. */
  hash: z.nullable(z.string()),
  options: z.array(Option),
  steps: z.array(Step),
  /** In a sentence: why these steps, or why none. */
  because: z.string(),
  at: z.string(),
});
export type Plan = z.infer<typeof Plan>;
