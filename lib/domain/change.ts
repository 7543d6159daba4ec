import * as z from 'zod/mini';
import { RemedyName } from './plan.ts';

/** `pending`: the undo is written down, the change perhaps not made. `not-made`: it was not. */
export const ChangeState = z.enum(['pending', 'made', 'undone', 'not-made']);

/** One thing a remedy did, in words; what the undo needs stays in the ledger. */
export const Change = z.strictObject({
  /** Its place in the run, from 1. */
  number: z.number(),
  remedy: RemedyName,
  target: z.string(),
  what: z.string(),
  undo: z.string(),
  state: ChangeState,
  at: z.string(),
  undoneAt: z.optional(z.string()),
});
export type Change = z.infer<typeof Change>;
