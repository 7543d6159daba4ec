import * as z from 'zod/mini';
import { RemedyName } from './plan.ts';

/** What kinds of change there are; each knows its own way back. */
export const ChangeKind = z.enum([
  'egress',
  'environment',
  'deployment',
  'route',
  'address',
  'nat-gateway',
  'endpoint',
  'security-group',
  'security-group-rule',
]);
export type ChangeKind = z.infer<typeof ChangeKind>;

/**
 * `pending`: the undo is written down, the change perhaps not made. `not-made`: it was not. `left`: it was not taken
 * back, because something else uses it by now.
 */
export const ChangeState = z.enum(['pending', 'made', 'undone', 'not-made', 'left']);
export type ChangeState = z.infer<typeof ChangeState>;

/** One thing a remedy did, in words; what the undo needs stays in the ledger. */
export const Change = z.strictObject({
  /** Its place in the run, from 1. */
  number: z.number(),
  remedy: RemedyName,
  kind: ChangeKind,
  /** ARN or id of what was changed or made; of what it was made for, until it has an id of its own. */
  target: z.string(),
  what: z.string(),
  undo: z.string(),
  state: ChangeState,
  at: z.string(),
  undoneAt: z.optional(z.string()),
  /** Why it was left. */
  left: z.optional(z.string()),
});
export type Change = z.infer<typeof Change>;
