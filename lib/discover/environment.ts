import type { EnvironmentVariable } from '../domain/service.ts';
import { distinct, type Endpoint, endpointsOfValue } from './endpoints.ts';

/** Names whose value is nobody's business, unless the name itself says that it is a place. */
const SECRET =
  /PASS|PWD|SECRET|TOKEN|KEY|CREDENTIAL|PRIVATE|SIGN|SALT|CERT|AUTH|LICEN[CS]E|CODE|OTP|PIN|COOKIE|SESSION/;
const PLACE = /(?:URLS?|URI|ENDPOINT|HOSTS?|HOSTNAME|SERVERS?|DSN|ISSUER|ADDR|ADDRESS|BROKERS?|RELAY|UPSTREAM|PROXY)$/;

/** Where users come from, not where the service goes to. */
const OURS =
  /(?:^|_)(?:PUBLIC|FRONT_?END|CORS|ORIGINS?|REDIRECT|CALLBACK|ALLOWED|TRUSTED|COOKIE|CSRF|SITE|SELF)(?:_|$)/;

const GUESSES: readonly (readonly [RegExp, number])[] = [
  [/SMTP|MAIL|RELAY/, 587],
  [/REDIS|CACHE|VALKEY/, 6379],
  [/MYSQL|MARIA/, 3306],
  [/MONGO/, 27017],
  [/PG|POSTGRES|DATABASE|(?:^|_)DB(?:_|$)|RDS/, 5432],
];

const upper = (name: string): string => name.toUpperCase();
const isOff = (value: string): boolean => /^(?:|0|false|no|off|none|null|disabled)$/i.test(value.trim());

/** `SMTP_PORT` beside `SMTP_HOST`, else what such a name usually means, else 443. */
function portFor(name: string, variables: ReadonlyMap<string, string>): number {
  const told = Number(variables.get(name.replace(PLACE, 'PORT')));
  if (Number.isInteger(told) && told > 0 && told <= 65_535) return told;
  return GUESSES.find(([pattern]) => pattern.test(name))?.[1] ?? 443;
}

/** The hosts in the values of variables that are no secrets. User info, paths and queries stay behind. */
export function environmentEndpoints(environment: readonly EnvironmentVariable[]): Endpoint[] {
  const values = new Map(environment.flatMap(({ name, value }) => (value ? [[upper(name), value] as const] : [])));
  return distinct(
    [...values].flatMap(([name, value]) => {
      const place = PLACE.test(name);
      if (OURS.test(name) || (SECRET.test(name) && !place)) return [];
      return endpointsOfValue(value, place ? portFor(name, values) : undefined);
    }),
  );
}

/** Services as ARNs call them, and as their endpoints do. What is not listed is not called over the network by name. */
const BY_ARN: Readonly<Record<string, string>> = {
  s3: 's3',
  sns: 'sns',
  sqs: 'sqs',
  ses: 'email',
  dynamodb: 'dynamodb',
  secretsmanager: 'secretsmanager',
  ssm: 'ssm',
  kms: 'kms',
  lambda: 'lambda',
  states: 'states',
  events: 'events',
  kinesis: 'kinesis',
  firehose: 'firehose',
  bedrock: 'bedrock-runtime',
};
const BY_NAME: readonly (readonly [RegExp, string])[] = [
  [/(?:^|_)(?:S3|BUCKET)(?:_|$)/, 's3'],
  [/(?:^|_)DYNAMO(?:DB)?(?:_|$)/, 'dynamodb'],
  [/(?:^|_)SQS(?:_|$)/, 'sqs'],
  [/(?:^|_)SNS(?:_|$)/, 'sns'],
  [/(?:^|_)SES(?:_|$)/, 'email'],
];

/** AWS services that variables refer to: by ARN, by `s3://`, or by a name such as `FILES_BUCKET`. */
export function environmentServices(environment: readonly EnvironmentVariable[]): string[] {
  const plain = environment.flatMap(({ name, value }) =>
    value && !isOff(value) ? [{ name: upper(name), value }] : [],
  );
  // A bucket behind an endpoint of its own is not S3.
  const ownStore = plain.some(({ name }) => /S3_?ENDPOINT|ENDPOINT_URL_S3/.test(name));
  const found = plain.flatMap(({ name, value }) => {
    const arn = /^arn:aws[a-z-]*:([a-z0-9-]+):/.exec(value)?.[1];
    if (arn) return BY_ARN[arn] ?? [];
    if (/^s3:\/\//i.test(value)) return 's3';
    return BY_NAME.flatMap(([pattern, service]) => (pattern.test(name) ? service : []));
  });
  return [...new Set(found)].filter((service) => service !== 's3' || !ownStore);
}
