import * as z from 'zod/mini';
import { Cause } from './cause.ts';
import { Check, Finding } from './finding.ts';

/** One probe sent once: what the user would have seen. */
export const ProbeResult = z.strictObject({
  name: z.string(),
  label: z.string(),
  ok: z.boolean(),
  /** HTTP status; absent when there was no answer or the probe was not sent. */
  status: z.optional(z.number()),
  seconds: z.number(),
  sent: z.boolean(),
  /** It hung: no answer in time, or the answer of a proxy that gave up (504). */
  hung: z.optional(z.boolean()),
  /** The answer fits, but what was to be seen besides could not be looked at. */
  unsure: z.optional(z.boolean()),
  because: z.string(),
  at: z.string(),
});
export type ProbeResult = z.infer<typeof ProbeResult>;

/** Something that could not be looked at. */
export const Gap = z.strictObject({ check: Check, subject: z.string(), because: z.string() });
export type Gap = z.infer<typeof Gap>;

export const NamedCause = z.strictObject({
  cause: Cause,
  subject: z.string(),
  because: z.string(),
  /** Ids of the findings that speak for it, and against it. */
  supportedBy: z.array(z.string()),
  contradictedBy: z.array(z.string()),
});
export type NamedCause = z.infer<typeof NamedCause>;

/** All findings, the causes most likely first, and the gaps. */
export const Diagnosis = z.strictObject({
  findings: z.array(Finding),
  causes: z.array(NamedCause),
  gaps: z.array(Gap),
  probes: z.array(ProbeResult),
  /** Nothing is broken, as far as the user's door (or, without probes, every check) can tell. */
  healthy: z.boolean(),
  at: z.string(),
  /** What is left out where it is carried; the whole is in the table. */
  cut: z.optional(z.array(z.string())),
});
export type Diagnosis = z.infer<typeof Diagnosis>;
