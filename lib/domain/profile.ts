import * as z from 'zod/mini';
import { Cause } from './cause.ts';
import { plain } from './plain.ts';
import { RemedyName } from './plan.ts';
import { redact } from './redact.ts';
import { PROFILE } from './room.ts';
import { bytesOf } from './size.ts';

/*
 * What the owner of a service declares about it. Strict: an unknown key is a mistake, not an extension.
 * Nothing secret may stand here, because the profile travels through the execution: values that must not be seen
 * are referenced (`fromParameter`, `fromSecret`) and read inside the function that needs them.
 */

const seconds = (max: number) => z.number().check(z.positive(), z.lte(max));
const minutes = (max: number) => z.int().check(z.gte(1), z.lte(max));

/** International notation, or ten to fifteen digits and nothing else. Dots separate addresses too: not in the latter. */
const INTERNATIONAL = /\+\d{7,15}(?!\d)/;
const DIGITS_ALONE = /^\d{10,15}$/;

function holdsPhoneNumber(value: string): boolean {
  let plain = value;
  try {
    plain = decodeURIComponent(value);
  } catch {
    // Not an escaped text: it is looked at as it is.
  }
  return INTERNATIONAL.test(plain.replace(/[\s().-]/g, '')) || DIGITS_ALONE.test(plain.replace(/[\s()-]/g, ''));
}

/** Every text of a profile travels through the execution: none may hold a phone number. */
const text = (max = 300) =>
  z.string().check(
    z.minLength(1),
    z.maxLength(max),
    plain,
    z.refine((value) => !holdsPhoneNumber(value), {
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
const SECRET_FIELD =
  /pass(word|wd|code)?$|secret|token$|api_?-?key|^otp$|^code$|^pin$|authorization|credential|phone|mobile|msisdn|^tel$/i;

const BodyValue = z.union([text(2000), z.number(), z.boolean(), z.null(), Reference]);
export type BodyValue = z.infer<typeof BodyValue>;

const inTheOpen = (value: unknown) => typeof value === 'string' || typeof value === 'number';
const REFER = 'refer to it with { "fromParameter": "<name>" } or { "fromSecret": "<name>" }';
const openSecret = (fields: Record<string, unknown>) =>
  Object.entries(fields).some(([key, value]) => SECRET_FIELD.test(key) && inTheOpen(value));

const Body = z
  .record(z.string(), BodyValue)
  .check(z.refine((body) => !openSecret(body), { error: `holds a secret or a phone number in the open: ${REFER}` }));

const Path = text(2000).check(
  z.startsWith('/'),
  z.refine((path) => !openSecret(Object.fromEntries(URL.parse(path, 'http://door')?.searchParams ?? [])), {
    error: 'carries a secret in its query: send it in the body, by reference',
  }),
);

const unique = <T extends { readonly name: string }>(list: readonly T[]) =>
  new Set(list.map(({ name }) => name)).size === list.length;
const UNIQUE = { error: 'has two entries of the same name' };

/** A name, not a URL and without a port. */
const HOST_NAME =
  /^(?=.{1,253}$)([A-Za-z0-9_]([A-Za-z0-9_-]{0,61}[A-Za-z0-9_])?\.)*[A-Za-z0-9]([A-Za-z0-9-]{0,61}[A-Za-z0-9])?\.?$/;

export const Dependency = z
  .strictObject({
    name: text(64),
    /** A host name, resolved where the run happens. */
    host: z.optional(
      z.string().check(z.regex(HOST_NAME, { error: 'must be a host name alone: no scheme, no port, no path' })),
    ),
    /** An IPv4 or IPv6 address. */
    address: z.optional(z.union([z.ipv4(), z.ipv6()])),
    /** An AWS service by its endpoint name, for example `s3`, `secretsmanager`, `email-smtp`. */
    aws: z.optional(z.string().check(z.regex(/^[a-z0-9][a-z0-9.-]*$/), z.maxLength(100))),
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

/** The name of a variable of a service. */
export const EnvironmentName = z
  .string()
  .check(
    z.maxLength(255),
    z.regex(/^[A-Za-z_][A-Za-z0-9_]*$/, { error: 'must be letters, digits and _, and not begin with a digit' }),
  );

/** Where the value of a secret is kept: App Runner reads it at deployment. https://docs.aws.amazon.com/apprunner/latest/dg/env-variable.html */
export const SecretReference = z.string().check(
  z.regex(
    /^(arn:aws[a-z-]*:(secretsmanager:[a-z0-9-]+:\d{12}:secret:|ssm:[a-z0-9-]+:\d{12}:parameter\/)[^\s]+|[A-Za-z0-9_./-]+)$/,
    {
      error:
        'must be the ARN of a Secrets Manager secret, the ARN of an SSM parameter, or the name of an SSM parameter',
    },
  ),
  z.maxLength(2048),
);

/** What App Runner shows in plain text to whoever may describe the service. */
export const isSecretName = (name: string): boolean =>
  SECRET_FIELD.test(name) ||
  /secret|token|passw|passphrase|private|credential|(?:^|_)(?:key|pwd|pass|dsn)(?:_|$)/i.test(name);

/** A value that would be cut where it is quoted: a credential, a phone number, something long. */
export const looksSecret = (value: string): boolean => redact(value) !== value;
export const SECRET_BY_REFERENCE =
  'is a secret by its name or its value: store it in Secrets Manager or SSM and give its reference instead of a value';

export const EnvironmentRule = z
  .strictObject({
    name: EnvironmentName,
    required: z._default(z.boolean(), false),
    /** Required when another variable has one of these values. */
    requiredIf: z.optional(z.strictObject({ name: text(), oneOf: z.array(text()).check(z.minLength(1)) })),
    oneOf: z.optional(z.array(text()).check(z.minLength(1))),
    /** Looks into the secret that the variable refers to, where permission allows. Without it secrets stay closed. */
    lookInside: z._default(z.boolean(), false),
    /** A regular expression the value must match. */
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
    /** What a repair sets it to: a value that anybody may read, or a secret by its reference. */
    repairTo: z.optional(z.union([z.strictObject({ value: text() }), z.strictObject({ secret: SecretReference })])),
  })
  .check(
    z.refine(
      ({ name, repairTo }) => !(repairTo && 'value' in repairTo && (isSecretName(name) || looksSecret(repairTo.value))),
      {
        path: ['repairTo'],
        error: SECRET_BY_REFERENCE,
      },
    ),
  );
export type EnvironmentRule = z.infer<typeof EnvironmentRule>;

export const Expectation = z.strictObject({
  status: z._default(z.int().check(z.gte(100), z.lte(599)), 200),
  /** The answer must contain this: every key given here, with this value. */
  json: z.optional(
    z.record(z.string(), z.json()).check(
      z.refine((json) => !openSecret(json), {
        error: 'names a secret with its value: ask for the key with "present"',
      }),
    ),
  ),
  /** Keys the answer must have, whatever their value. Use it for tokens. */
  present: z.optional(z.array(text()).check(z.minLength(1))),
  /** What the application writes to its log on account of this request. */
  log: z.optional(
    z
      .strictObject({
        present: z.optional(z.array(text()).check(z.minLength(1), z.maxLength(5))),
        absent: z.optional(z.array(text()).check(z.minLength(1), z.maxLength(5))),
        /** How long it is looked for: App Runner ships logs with a delay. */
        withinSeconds: z._default(seconds(60), 30),
      })
      .check(z.refine(({ present, absent }) => Boolean(present ?? absent), { error: 'give present, absent or both' })),
  ),
});
export type Expectation = z.infer<typeof Expectation>;

const fromPerson = (body: Record<string, BodyValue> | undefined) =>
  Object.values(body ?? {}).some((value) => value !== null && typeof value === 'object' && 'fromPerson' in value);

export const Probe = z
  .strictObject({
    name: z.string().check(z.regex(/^[a-z0-9-]{1,40}$/)),
    /** How the checklist of the report calls it. Default: the name. */
    label: z.optional(text(80)),
    method: z._default(z.enum(['GET', 'HEAD', 'POST', 'PUT']), 'GET'),
    path: Path,
    body: z.optional(Body),
    expect: z._default(Expectation, { status: 200 }),
    timeoutSeconds: z._default(seconds(110), 10),
    /** Slower than this counts as broken. Default: `timeoutSeconds`. */
    acceptUnderSeconds: z.optional(seconds(110)),
    /** Slower than this is worth a remark. */
    expectUnderSeconds: z.optional(seconds(110)),
  })
  .check(
    z.refine(({ method, body }) => !body || (method !== 'GET' && method !== 'HEAD'), {
      path: ['body'],
      error: 'a GET or HEAD request has none: set method to POST or PUT',
    }),
  );
export type Probe = z.infer<typeof Probe>;

export const Delivery = z.strictObject({
  /** The question a person is asked after the probes passed. */
  ask: text(500),
  label: z._default(text(80), 'delivery confirmed'),
  timeoutMinutes: z._default(minutes(120), 10),
  /** Sent when the person gave the code; the code is used there and forgotten. */
  verify: z.optional(
    Probe.check(
      z.refine(({ expect }) => !expect.log, {
        path: ['expect', 'log'],
        error: 'is not looked at here: put it into a probe',
      }),
    ),
  ),
});
export type Delivery = z.infer<typeof Delivery>;

/** All probes are sent by one function, which has its own time limit. */
const LONGEST_PROBES_SECONDS = 300;
const longest = ({ timeoutSeconds, expect }: Probe) => timeoutSeconds + (expect.log?.withinSeconds ?? 0);

const dollarsAnHour = z.optional(z.number().check(z.gte(0), z.lte(1000)));

/** How the owner wants repairs to be made. */
export const Repair = z.strictObject({
  /** Remedies that are not to be used here. */
  never: z._default(z.array(RemedyName), []),
  /** One NAT gateway is cheaper; one for each zone survives the loss of a zone. */
  natGateways: z._default(z.enum(['one', 'one-per-zone']), 'one'),
  /** US dollars an hour, where yours differ from the list prices of us-east-1. */
  prices: z.optional(
    z.strictObject({
      natGatewayHour: dollarsAnHour,
      publicIpv4Hour: dollarsAnHour,
      interfaceEndpointHour: dollarsAnHour,
    }),
  ),
});
export type Repair = z.infer<typeof Repair>;

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
      path: z._default(text(500).check(z.startsWith('/')), '/api/v1/health/messaging'),
      /** Default: every kind that the answer lists. */
      kinds: z.optional(z.array(z.enum(['sms', 'email'])).check(z.minLength(1), z.maxLength(2))),
    }),
  ),
  sns: z.optional(z.strictObject({})),
  /** `identity`: the domain or address that the service sends from. */
  ses: z.optional(z.strictObject({ identity: z.optional(text(320)) })),
});
export type Providers = z.infer<typeof Providers>;

const TOO_LARGE = 'is too large to travel through a run: with every default written out it may have';

export const Profile = z
  .strictObject({
    $schema: z.optional(z.string()),
    service: z.string().check(z.regex(/^[A-Za-z0-9][A-Za-z0-9_-]{3,39}$/)),
    /** The user's door. Default: the service URL that App Runner gives. */
    url: z.optional(
      z.url({ protocol: /^https?$/ }).check(
        z.refine((url) => !URL.parse(url)?.username && !URL.parse(url)?.password, {
          error: 'carries credentials: leave them out',
        }),
      ),
    ),
    dependencies: z.array(Dependency).check(z.maxLength(50), z.refine(unique, UNIQUE)),
    environment: z._default(z.array(EnvironmentRule).check(z.maxLength(100), z.refine(unique, UNIQUE)), []),
    logs: z._default(
      z.strictObject({
        windowMinutes: z._default(minutes(1440), 30),
        /** The end of the window, for an incident that is over. Default: now. */
        until: z.optional(z.iso.datetime()),
      }),
      { windowMinutes: 30 },
    ),
    deployment: z.optional(Deployment),
    providers: z.optional(Providers),
    /** In the order they are sent; the first that fails keeps the rest from being sent. */
    probes: z._default(
      z.array(Probe).check(
        z.maxLength(10),
        z.refine(unique, UNIQUE),
        z.refine((probes) => !probes.some(({ body }) => fromPerson(body)), {
          error: 'a code from a person is at hand only in delivery.verify',
        }),
        z.refine((probes) => probes.reduce((sum, probe) => sum + longest(probe), 0) <= LONGEST_PROBES_SECONDS, {
          error: `may take ${LONGEST_PROBES_SECONDS} seconds together: give them shorter time-outs`,
        }),
      ),
      [],
    ),
    approval: z._default(
      z.strictObject({
        /** Who may decide: people, or groups of Slack by their ids (`S…`); empty: anybody who can reach the door. */
        approvers: z._default(z.array(text()), []),
        requesterMayApprove: z._default(z.boolean(), false),
        timeoutMinutes: z._default(minutes(1440), 30),
      }),
      { approvers: [], requesterMayApprove: false, timeoutMinutes: 30 },
    ),
    repair: z._default(Repair, { never: [], natGateways: 'one' }),
    delivery: z.optional(Delivery),
    /** What a person should do afterwards; listed in the report. */
    followUps: z._default(z.array(text(500)).check(z.maxLength(20)), []),
  })
  .check(z.refine((profile) => bytesOf(profile) <= PROFILE, { error: `${TOO_LARGE} ${PROFILE} bytes` }));
export type Profile = z.infer<typeof Profile>;
