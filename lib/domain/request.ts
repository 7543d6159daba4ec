import * as z from 'zod/mini';
import { Profile } from './profile.ts';

export const Mode = z.enum(['diagnose', 'plan', 'repair']);
export type Mode = z.infer<typeof Mode>;

const fields = {
  /** Name or ARN of the App Runner service. */
  service: z.string().check(z.minLength(1), z.maxLength(1011)),
  mode: z._default(Mode, 'plan'),
  reason: z.optional(z.string().check(z.maxLength(500))),
  /** Who asks. Needed for `repair`: the one who asks may not approve. */
  requestedBy: z.optional(z.string().check(z.minLength(1), z.maxLength(128))),
  /** Instead of the one in SSM under `/reconnect/services/<name>`. */
  profile: z.optional(Profile),
  /** Links an execution to the one that started it, in the console. */
  AWS_STEP_FUNCTIONS_STARTED_BY_EXECUTION_ID: z.optional(z.string()),
};

/** What starts a run: the input of the state machine. */
export const Request = z.strictObject(fields).check(
  z.refine(({ mode, requestedBy }) => mode !== 'repair' || requestedBy !== undefined, {
    path: ['requestedBy'],
    error: 'is required when mode is "repair": whoever asks for a repair may not approve it',
  }),
);
export type Request = z.infer<typeof Request>;

/**
 * What starts a diagnosis. `partOf` is the run that it belongs to, set by that run's state machine; a run itself is
 * never part of another, or it could take that run's lock and answer its questions.
 */
export const DiagnosisRequest = z.strictObject({ ...fields, partOf: z.optional(z.string()) });
export type DiagnosisRequest = z.infer<typeof DiagnosisRequest>;
