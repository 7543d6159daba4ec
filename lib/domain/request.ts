import * as z from 'zod/mini';
import { Profile } from './profile.ts';

export const Mode = z.enum(['diagnose', 'plan', 'repair']);
export type Mode = z.infer<typeof Mode>;

/** What starts a run: the input of the state machine. */
export const Request = z
  .strictObject({
    /** Name or ARN of the App Runner service. */
    service: z.string().check(z.minLength(1), z.maxLength(1011)),
    mode: z._default(Mode, 'plan'),
    reason: z.optional(z.string().check(z.maxLength(500))),
    /** Who asks. Needed for `repair`: the one who asks may not approve. */
    requestedBy: z.optional(z.string().check(z.minLength(1), z.maxLength(128))),
    /** Instead of the one in SSM under `/reconnect/services/<name>`. */
    profile: z.optional(Profile),
    /** The run that a nested diagnosis belongs to. Set by the state machine. */
    partOf: z.optional(z.string()),
    /** Links a nested execution to its parent in the console. Set by the state machine. */
    AWS_STEP_FUNCTIONS_STARTED_BY_EXECUTION_ID: z.optional(z.string()),
  })
  .check(
    z.refine(({ mode, requestedBy }) => mode !== 'repair' || requestedBy !== undefined, {
      path: ['requestedBy'],
      error: 'is required when mode is "repair": whoever asks for a repair may not approve it',
    }),
  );
export type Request = z.infer<typeof Request>;
