import * as z from 'zod/mini';
import { Cause } from './cause.ts';

/*
 * What the owner of a service declares about it. Strict: an unknown key is a mistake, not an extension.
 * Nothing secret may stand here, because the profile travels through the execution: values that must not be seen
 * are referenced (`fromParameter`, `fromSecret`) and read inside the function that needs them.
 */

const text = (max = 300) => z.string().check(z.minLength(1), z.maxLength(max));
const seconds = (max: number) => z.number().check(z.positive(), z.lte(max));
const minutes = (max: number) => z.int().check(z.gte(1), z.lte(max));

/** Looks like a telephone number in international notation. */
const PHONE_NUMBER = /\+\d{7,15}\b/;

const publicText = text(2000).check(
  z.refine((value) => !PHONE_NUMBER.test(value), {
    error: 'looks like a phone number: put it into an SSM parameter and write { "fromParameter": "<name>" } instead',
  }),
);

export const Reference = z.union([
  z.strictObject({ fromParameter: text() }),
  z.strictObject({ fromSecret: text() }),
  /** The code that the person who confirms the delivery reads out. Only in `delivery.verify`. */
  z.strictObject({ fromPerson: z.literal('code') }),
]);
export type Reference = z.infer<typeof Reference>;

/** Names of fields whose value is nobody's business. */
const SECRET_FIELD = /pass(word|wd|code)?$|secret|token|api_?key|^otp$|^code$/i;

const BodyValue = z.union([publicText, z.number(), z.boolean(), z.null(), Reference]);
export type BodyValue = z.infer<typeof BodyValue>;

export const Dependency = z
  .strictObject({
    name: text(64),
    /** A host name, resolved where the run happens. */
    host: z.optional(text(253)),
    /** An IPv4 or IPv6 address. */
    address: z.optional(z.union([z.ipv4(), z.ipv6()])),
    /** An AWS service by its endpoint name, for example `s3`, `secretsmanager`, `email-smtp`. */
    aws: z.optional(z.string().check(z.regex(/^[a-z0-9][a-z0-9.-]*$/))),
    /** The identifier of an RDS instance. */
    rds: z.optional(text(63)),
    /** Default: 443; for an RDS instance the port of its endpoint. */
    port: z.optional(z.int().check(z.gte(1), z.lte(65535))),
    protocol: z._default(z.enum(['tcp', 'udp']), 'tcp'),
  })
  .check(
    z.refine(
      ({ host, address, aws, rds }) => [host, address, aws, rds].filter((kind) => kind !== undefined).length === 1,
      { error: 'give exactly one of host, address, aws, rds' },
    ),
  );
export type Dependency = z.infer<typeof Dependency>;

export const EnvironmentRule = z.strictObject({
  name: z.string().check(z.regex(/^[A-Za-z_][A-Za-z0-9_]*$/)),
  required: z._default(z.boolean(), false),
  /** Required when another variable has one of these values. */
  requiredIf: z.optional(z.strictObject({ name: text(), oneOf: z.array(text()).check(z.minLength(1)) })),
  oneOf: z.optional(z.array(text()).check(z.minLength(1))),
  /** A regular expression the value must match; for values from a secret it is not looked at. */
  pattern: z.optional(
    text().check(
      z.refine(
        (source) => {
          try {
            return Boolean(new RegExp(source));
          } catch {
            return false;
          }
        },
        { error: 'is not a regular expression' },
      ),
    ),
  ),
  forbidden: z.optional(z.array(text()).check(z.minLength(1))),
  /** The cause to name when a forbidden value is found. Default: `environment-invalid`. */
  forbiddenCause: z.optional(Cause),
});
export type EnvironmentRule = z.infer<typeof EnvironmentRule>;

export const Expectation = z.strictObject({
  status: z._default(z.int().check(z.gte(100), z.lte(599)), 200),
  /** The answer must contain this: every key given here, with this value. */
  json: z.optional(z.record(z.string(), z.json())),
  /** Keys the answer must have, whatever their value. Use it for tokens. */
  present: z.optional(z.array(text()).check(z.minLength(1))),
});
export type Expectation = z.infer<typeof Expectation>;

export const Probe = z.strictObject({
  name: z.string().check(z.regex(/^[a-z0-9-]{1,40}$/)),
  /** How the checklist of the report calls it. Default: the name. */
  label: z.optional(text(80)),
  method: z._default(z.enum(['GET', 'HEAD', 'POST', 'PUT']), 'GET'),
  path: publicText.check(z.startsWith('/')),
  body: z.optional(
    z.record(z.string(), BodyValue).check(
      z.refine(
        (body) => Object.entries(body).every(([key, value]) => !SECRET_FIELD.test(key) || typeof value !== 'string'),
        {
          error:
            'holds a secret in the open: refer to it with { "fromParameter": "<name>" } or { "fromSecret": "<name>" }',
        },
      ),
    ),
  ),
  expect: z._default(Expectation, { status: 200 }),
  timeoutSeconds: z._default(seconds(110), 10),
  /** Slower than this counts as broken. Default: `timeoutSeconds`. */
  acceptUnderSeconds: z.optional(seconds(110)),
  /** Slower than this is worth a remark. */
  expectUnderSeconds: z.optional(seconds(110)),
});
export type Probe = z.infer<typeof Probe>;

/** All probes are sent by one function, which has its own time limit. */
const LONGEST_PROBES_SECONDS = 300;

export const Delivery = z.strictObject({
  /** The question a person is asked after the probes passed. */
  ask: publicText,
  label: z._default(text(80), 'delivery confirmed'),
  timeoutMinutes: z._default(minutes(120), 10),
  /** Sent when the person gave the code; the code is used there and forgotten. */
  verify: z.optional(Probe),
});
export type Delivery = z.infer<typeof Delivery>;

export const Deployment = z.strictObject({
  /** What the service should run: the whole image identifier, or its tag or digest. */
  image: z.optional(text(500)),
  /** Older than this is worth a redeployment. */
  maxAgeDays: z.optional(z.int().check(z.gte(1), z.lte(3650))),
});
export type Deployment = z.infer<typeof Deployment>;

/** What stands in a variable rather than its name: a SID, a token, a number. */
const LOOKS_LIKE_A_VALUE = /^(?:AC|SK|VA)?[0-9a-f]{32}$/i;

/** The name of a variable of the service, never its value. */
const VariableName = z.string().check(
  z.regex(/^[A-Za-z_][A-Za-z0-9_]*$/),
  z.refine((name) => !LOOKS_LIKE_A_VALUE.test(name), {
    error: 'looks like a value: write the name of the environment variable that holds it',
  }),
);

/** Whom to ask about what the service sends through; what is not declared is not asked. */
export const Providers = z.strictObject({
  twilio: z.optional(
    z.strictObject({
      accountSid: VariableName,
      /** Holds the auth token, or with `apiKeySid` the secret of that key. */
      authToken: VariableName,
      apiKeySid: z.optional(VariableName),
      verifyServiceSid: z.optional(VariableName),
    }),
  ),
  messagingHealth: z.optional(
    z.strictObject({
      path: z._default(publicText.check(z.startsWith('/')), '/api/v1/health/messaging'),
      /** Default: every kind that the answer lists. */
      kinds: z.optional(z.array(z.enum(['sms', 'email'])).check(z.minLength(1), z.maxLength(2))),
    }),
  ),
  sns: z.optional(z.strictObject({})),
  /** `identity`: the domain or address that the service sends from. */
  ses: z.optional(z.strictObject({ identity: z.optional(text(320)) })),
});
export type Providers = z.infer<typeof Providers>;

export const Profile = z.strictObject({
  $schema: z.optional(z.string()),
  service: z.string().check(z.regex(/^[A-Za-z0-9][A-Za-z0-9_-]{3,39}$/)),
  /** The user's door. Default: the service URL that App Runner gives. */
  url: z.optional(z.url({ protocol: /^https?$/ })),
  dependencies: z.array(Dependency).check(z.maxLength(50)),
  environment: z._default(z.array(EnvironmentRule).check(z.maxLength(100)), []),
  logs: z._default(z.strictObject({ windowMinutes: z._default(minutes(1440), 30) }), { windowMinutes: 30 }),
  deployment: z.optional(Deployment),
  providers: z.optional(Providers),
  /** In the order they are sent; the first that fails keeps the rest from being sent. */
  probes: z._default(
    z.array(Probe).check(
      z.maxLength(10),
      z.refine(
        (probes) => probes.reduce((sum, { timeoutSeconds }) => sum + timeoutSeconds, 0) <= LONGEST_PROBES_SECONDS,
        {
          error: `may take ${LONGEST_PROBES_SECONDS} seconds together: give them shorter time-outs`,
        },
      ),
    ),
    [],
  ),
  approval: z._default(
    z.strictObject({
      /** Who may decide; empty: anybody who can reach the door. */
      approvers: z._default(z.array(text()), []),
      requesterMayApprove: z._default(z.boolean(), false),
      timeoutMinutes: z._default(minutes(1440), 30),
    }),
    { approvers: [], requesterMayApprove: false, timeoutMinutes: 30 },
  ),
  delivery: z.optional(Delivery),
  /** What a person should do afterwards; listed in the report. */
  followUps: z._default(z.array(publicText).check(z.maxLength(20)), []),
});
export type Profile = z.infer<typeof Profile>;
