import * as z from 'zod/mini';
import { Cause } from './cause.ts';

export const Check = z.enum(['egress', 'environment', 'deployment', 'logs', 'providers', 'probes']);
export type Check = z.infer<typeof Check>;

/** `degraded`: works for a part of the traffic only, for example through two subnets of three. */
export const Health = z.enum(['ok', 'broken', 'degraded', 'unknown']);
export type Health = z.infer<typeof Health>;

/** One station on the way from the service to a dependency, in the order a packet meets them. */
export const Hop = z.strictObject({
  /** For example `subnet`, `security-group`, `network-acl`, `route-table`, `nat-gateway`, `internet-gateway`, `endpoint`, `destination`. */
  kind: z.string(),
  id: z.string(),
  status: Health,
  because: z.string(),
});
export type Hop = z.infer<typeof Hop>;

/** The way from one subnet of the service. */
export const Path = z.strictObject({
  subnetId: z.string(),
  status: Health,
  cause: z.optional(Cause),
  hops: z.array(Hop),
});
export type Path = z.infer<typeof Path>;

/** What a check saw. `unknown` means "could not look" and says why in `because`. */
export const Finding = z.strictObject({
  /** `<check>:<subject>`, unique within a diagnosis. */
  id: z.string(),
  check: Check,
  subject: z.string(),
  status: z.enum(['ok', 'broken', 'unknown']),
  cause: z.optional(Cause),
  because: z.string(),
  evidence: z.array(z.string()),
  paths: z.optional(z.array(Path)),
});
export type Finding = z.infer<typeof Finding>;
