import * as z from 'zod/mini';

export const Approval = z.strictObject({
  decision: z.enum(['approved', 'declined', 'timed-out', 'drifted']),
  by: z.optional(z.string()),
  /** The hash that was approved. */
  planHash: z.string(),
  because: z.string(),
  at: z.string(),
});
export type Approval = z.infer<typeof Approval>;
