import * as z from 'zod/mini';
import { ProbeResult } from './diagnosis.ts';
import { Name } from './plain.ts';
import {
  EnvironmentName,
  isSecretName,
  looksSecret,
  Profile,
  SECRET_BY_REFERENCE,
  SecretReference,
} from './profile.ts';
import { redact } from './redact.ts';
import { WANTED } from './room.ts';
import { SERVICE, SERVICE_IS } from './service-name.ts';
import { bytesOf } from './size.ts';
import { line } from './text.ts';

export const Mode = z.enum(['diagnose', 'plan', 'repair']);
export type Mode = z.infer<typeof Mode>;

/** What a run was for: `undo` takes a finished one back. */
export const Purpose = z.enum([...Mode.options, 'undo']);
export type Purpose = z.infer<typeof Purpose>;

/** App Runner names no limit; with this many the request still fits into an execution. */
const MOST = 50;
const few = z.refine<Record<string, string>>((entries) => Object.keys(entries).length <= MOST, {
  error: `has more than ${MOST} entries`,
});

const LONGEST_REASON = 500;

interface Both {
  readonly variables: Readonly<Record<string, string>>;
  readonly secrets: Readonly<Record<string, string>>;
}

/** A check that says of each wrong name which one it is, and never its value. */
const eachWith = (
  wrong: (both: Both) => readonly string[],
  say: (name: string) => { readonly path: string[]; readonly message: string },
) =>
  z.check<Both>(({ value, issues }) => {
    for (const name of wrong(value)) issues.push({ code: 'custom', input: undefined, ...say(name) });
  });

/** What variables and secrets of the service are to be, as whoever asks for a repair wants it. */
export const WantedEnvironment = z
  .strictObject({
    /** Names and the values that anybody may read: they travel through the execution. */
    variables: z._default(z.record(EnvironmentName, z.string().check(z.maxLength(2000))).check(few), {}),
    /** Names and where the value is kept. */
    secrets: z._default(z.record(EnvironmentName, SecretReference).check(few), {}),
  })
  .check(
    eachWith(
      ({ variables }) =>
        Object.keys(variables).filter((name) => isSecretName(name) || looksSecret(variables[name] ?? '')),
      (name) => ({ path: ['variables'], message: `${name} ${SECRET_BY_REFERENCE}` }),
    ),
    eachWith(
      ({ variables, secrets }) => Object.keys(secrets).filter((name) => Object.hasOwn(variables, name)),
      (name) => ({ path: ['secrets'], message: `names ${name}, which stands in variables too` }),
    ),
    z.refine((wanted) => bytesOf(wanted) <= WANTED, {
      error: `is too large to travel through a run: names and values may have ${WANTED} bytes together`,
    }),
  );
export type WantedEnvironment = z.infer<typeof WantedEnvironment>;

/** Where the message about the run goes, when it is not the channel of the deployment. */
const ReplyTo = z.strictObject({
  slackChannel: z.optional(
    z.string().check(z.regex(/^[CDG][A-Z0-9]{2,}$/, { error: 'must be the id of a Slack channel' })),
  ),
});
export type ReplyTo = z.infer<typeof ReplyTo>;

const fields = {
  /** Name or ARN of the App Runner service. */
  service: z.string().check(z.regex(SERVICE, { error: SERVICE_IS })),
  mode: z._default(Mode, 'plan'),
  /** For the report, where everybody reads it: what is secret in it is taken out here, whoever sent it. */
  reason: z.optional(
    z.string().check(
      z.maxLength(LONGEST_REASON),
      z.overwrite((reason) => redact(line(reason)).slice(0, LONGEST_REASON)),
    ),
  ),
  /** Who asks. Needed for `repair`: the one who asks may not approve. */
  requestedBy: z.optional(Name),
  /** Instead of the one in SSM under `/reconnect/services/<name>`. */
  profile: z.optional(Profile),
  /** For the remedy `set-environment`; goes before what the profile says. */
  environment: z.optional(WantedEnvironment),
  replyTo: z.optional(ReplyTo),
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
export const DiagnosisRequest = z.strictObject({
  ...fields,
  partOf: z.optional(z.string()),
  /** What the door answered a moment ago: it is not tried again. */
  probed: z.optional(z.array(ProbeResult)),
});
export type DiagnosisRequest = z.infer<typeof DiagnosisRequest>;

/** What takes a finished run back: the input of the state machine `undo`. */
export const UndoRequest = z.strictObject({
  /** The run whose changes are taken back: the name of its execution. */
  run: z.string().check(z.regex(/^[0-9A-Za-z_-]{1,80}$/, { error: 'must be the name of a run' })),
  requestedBy: Name,
  reason: fields.reason,
  replyTo: fields.replyTo,
  AWS_STEP_FUNCTIONS_STARTED_BY_EXECUTION_ID: fields.AWS_STEP_FUNCTIONS_STARTED_BY_EXECUTION_ID,
});
export type UndoRequest = z.infer<typeof UndoRequest>;
