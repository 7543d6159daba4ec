import * as z from 'zod/mini';

const from = {
  /** Slack's id of whoever asks. */
  user: z.string(),
  channel: z.optional(z.string()),
  responseUrl: z.optional(z.string()),
};

/** What the door hands over: it has answered Slack by then, and whoever asked hears the rest by the worker. */
export const Work = z.discriminatedUnion('kind', [
  z.strictObject({ kind: z.literal('list'), ...from }),
  z.strictObject({ kind: z.literal('status'), service: z.optional(z.string()), ...from }),
  z.strictObject({
    kind: z.literal('start'),
    mode: z.enum(['diagnose', 'plan', 'repair']),
    service: z.string(),
    reason: z.optional(z.string()),
    /** The run's name, made of what triggered it: a second delivery starts nothing. */
    name: z.string(),
    ...from,
  }),
  z.strictObject({ kind: z.literal('undo'), run: z.string(), name: z.string(), ...from }),
  z.strictObject({
    kind: z.literal('decide'),
    decision: z.enum(['approve', 'decline']),
    question: z.string(),
    ...from,
  }),
  z.strictObject({ kind: z.literal('deny-delivery'), question: z.string(), ...from }),
  z.strictObject({ kind: z.literal('say'), text: z.string(), ...from }),
]);
export type Work = z.infer<typeof Work>;
export type From = Pick<Work, 'user' | 'channel' | 'responseUrl'>;
