import * as z from 'zod/mini';
import { ProbeResult } from './diagnosis.ts';
import { Path } from './finding.ts';

/** One property of the configuration, read back after the repair. */
export const ConfigurationItem = z.strictObject({ item: z.string(), ok: z.boolean(), because: z.string() });
export type ConfigurationItem = z.infer<typeof ConfigurationItem>;

/** `no-answer`: nobody answered in time. `not-asked`: the profile does not ask. */
export const DeliveryProof = z.strictObject({
  status: z.enum(['confirmed', 'denied', 'no-answer', 'not-asked']),
  by: z.optional(z.string()),
  /** What the verification of the code said; absent when no code was given. */
  verification: z.optional(ProbeResult),
  at: z.optional(z.string()),
});
export type DeliveryProof = z.infer<typeof DeliveryProof>;

/** The way to one dependency, as traced before and after the repair. */
export const TracedPath = z.strictObject({ dependency: z.string(), status: z.string(), paths: z.array(Path) });
export type TracedPath = z.infer<typeof TracedPath>;

export const Proof = z.strictObject({
  before: z.array(ProbeResult),
  after: z.array(ProbeResult),
  configuration: z.array(ConfigurationItem),
  delivery: DeliveryProof,
  pathsBefore: z.array(TracedPath),
  pathsAfter: z.array(TracedPath),
});
export type Proof = z.infer<typeof Proof>;
