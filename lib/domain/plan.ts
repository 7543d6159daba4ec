import * as z from 'zod/mini';

/** The kinds of repair there are. `manual`: what only a person can do. */
export const RemedyName = z.enum([
  'repair-route',
  'open-security-group',
  'add-gateway-endpoint',
  'add-interface-endpoints',
  'set-environment',
  'redeploy',
  'use-default-egress',
  'use-vpc-egress',
  'add-nat-gateway',
  'manual',
]);
export type RemedyName = z.infer<typeof RemedyName>;

/** Must hold before the remedy may be used; what is not known does not hold. */
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
  /** What is broken now and would work again: names of dependencies, variables or probes. */
  fixes: z.array(z.string()),
  /** US dollars for 730 hours, without traffic. */
  monthlyCostUsd: z.number(),
  minutes: z.number(),
  redeploys: z.boolean(),
  security: z.string(),
  reversible: z.boolean(),
  preconditions: z.array(Precondition),
  /** Other services and parts of the VPC that feel it too. */
  affects: z.array(z.string()),
  /** What whoever approves should know before. */
  warnings: z.array(z.string()),
  /** The exact steps, where a person has to take them. */
  byHand: z.optional(z.array(z.string())),
});
export type Option = z.infer<typeof Option>;

export const Step = z.strictObject({
  remedy: RemedyName,
  title: z.string(),
  /** ARN or id of what is changed, or of what it is made for. */
  target: z.string(),
  /** Each single thing that will be made or changed, with its ids. */
  changes: z.array(z.string()),
  undo: z.string(),
  fixes: z.array(z.string()),
  monthlyCostUsd: z.number(),
  minutes: z.number(),
  redeploys: z.boolean(),
  security: z.string(),
  affects: z.array(z.string()),
  warnings: z.array(z.string()),
  /** Steps of one stage are done one after the other; then the door is tried, and the next stage is done only if needed. */
  stage: z.int().check(z.gte(1)),
  /** What the remedy needs to carry it out, ids and states as they were seen: part of what is approved. */
  details: z.record(z.string(), z.json()),
});
export type Step = z.infer<typeof Step>;

/** A plan of an earlier round of the run. */
export const EarlierPlan = z.strictObject({
  round: z.number(),
  hash: z.nullable(z.string()),
  steps: z.array(Step),
  now: z.number(),
  /** Nobody was asked about it: what it did stood in a plan that somebody had approved. */
  approvedBefore: z.boolean(),
  because: z.string(),
  at: z.string(),
});
export type EarlierPlan = z.infer<typeof EarlierPlan>;

export const Plan = z.strictObject({
  /** From 1: a repair that helped but not enough leads to another round. */
  round: z.number(),
  /** SHA-256 over the steps and the facts they rest on, hex. Null when there is nothing to approve. */
  hash: z.nullable(z.string()),
  options: z.array(Option),
  steps: z.array(Step),
  /** How many of the steps, from the first, are done in this round. */
  now: z.number(),
  /** Each step of this round stands in a plan that was approved in an earlier one. */
  approvedBefore: z.boolean(),
  /** In a sentence: why these steps, or why none. */
  because: z.string(),
  at: z.string(),
  earlier: z.array(EarlierPlan),
  /** What is left out where it is carried; the whole is in the table. */
  cut: z.optional(z.array(z.string())),
});
export type Plan = z.infer<typeof Plan>;

/** Where a step belongs in its run. */
export const Place = z.strictObject({
  run: z.string(),
  /** Name of the service that the run is for. */
  service: z.string(),
  round: z.int().check(z.gte(1)),
  /** Index of the step in the plan of that round, from 0. */
  index: z.int().check(z.gte(0)),
});
export type Place = z.infer<typeof Place>;
