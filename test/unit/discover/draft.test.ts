import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { draftDependencies, draftProfile, type Found, INTERNET } from '../../../lib/discover/draft.ts';
import { Profile } from '../../../lib/domain/profile.ts';
import { parse } from '../../../lib/step.ts';

const found = (more: Partial<Found> = {}): Found => ({
  service: 'some-service',
  region: 'us-east-1',
  environment: [],
  logLines: [],
  databases: [],
  ...more,
});
const variables = (values: Record<string, string>) => Object.entries(values).map(([name, value]) => ({ name, value }));
const names = (more: Partial<Found>) =>
  draftDependencies(found(more))
    .dependencies.slice(0, -1)
    .map(({ name, host, address, aws, rds, port }) => [name, rds ?? aws ?? address ?? host, port]);
const fromEnvironment = (values: Record<string, string>) => names({ environment: variables(values) });

describe('dependencies that are found', () => {
  it('always end with the internet', () => {
    expect(draftDependencies(found())).toEqual({ dependencies: [INTERNET], leftOut: 0 });
  });

  it.each([
    [{ STRIPE_URL: 'https://api.stripe.com/v1' }, [['api.stripe.com', 'api.stripe.com', 443]]],
    [{ SMTP_HOST: 'smtp.example.com', SMTP_PORT: '2525' }, [['smtp.example.com', 'smtp.example.com', 2525]]],
    [{ SMTP_HOST: 'smtp.example.com' }, [['smtp.example.com', 'smtp.example.com', 587]]],
    [{ REDIS_HOST: 'cache.example.com' }, [['cache.example.com', 'cache.example.com', 6379]]],
    [{ UPSTREAM: 'http://10.0.3.4:8080' }, [['address 10.0.3.4', '10.0.3.4', 8080]]],
    [{ FILES_BUCKET: 'my-files' }, [['s3', 's3', undefined]]],
    [{ FILES: 's3://my-files/a' }, [['s3', 's3', undefined]]],
    [{ TOPIC: 'arn:aws:sns:us-east-1:123456789012:topic' }, [['sns', 'sns', undefined]]],
    [{ QUEUE: 'https://sqs.us-east-1.amazonaws.com/123/q' }, [['sqs', 'sqs', undefined]]],
    [{ RELAY: 'email-smtp.us-east-1.amazonaws.com:587' }, [['email-smtp', 'email-smtp', 587]]],
    [{ FILES_URL: 'https://b.s3.us-east-1.amazonaws.com/x' }, [['s3', 's3', undefined]]],
    [
      { QUEUE: 'https://sqs.eu-west-1.amazonaws.com/123/q' },
      [['sqs.eu-west-1.amazonaws.com', 'sqs.eu-west-1.amazonaws.com', 443]],
    ],
    [{ SNS_ENABLED: 'false' }, []],
    [{ S3_BUCKET: 'a', S3_ENDPOINT: 'https://minio.example.com' }, [['minio.example.com', 'minio.example.com', 443]]],
    [{ APP_MODULE: 'app.main.py', LOG_LEVEL: 'info', HOST: '0.0.0.0', PORT: '8000' }, []],
    [{ PUBLIC_BASE_URL: 'https://us.example.com', CORS_ORIGINS: 'https://b.example.com' }, []],
    [{ API_TOKEN: 'https://token.example.com', JWT_SECRET: 'one.two.example:443' }, []],
    [{ AUTH_URL: 'https://id.example.com/oauth' }, [['id.example.com', 'id.example.com', 443]]],
  ])('in the environment %j', (values, expected) => {
    expect(fromEnvironment(values as Record<string, string>)).toEqual(expected);
  });

  it('are databases of the VPC, and those that the environment names, each once', () => {
    const databases = [
      { id: 'named', host: 'named.x.us-east-1.rds.amazonaws.com', vpcId: 'vpc-2' },
      { id: 'here', host: 'here.x.us-east-1.rds.amazonaws.com', vpcId: 'vpc-1' },
      { id: 'elsewhere', host: 'elsewhere.x.us-east-1.rds.amazonaws.com', vpcId: 'vpc-3' },
    ];
    const environment = variables({ DATABASE_URL: 'postgres://u:p@named.x.us-east-1.rds.amazonaws.com/app' });
    expect(names({ databases, environment, vpcId: 'vpc-1' })).toEqual([
      ['named', 'named', undefined],
      ['here', 'here', undefined],
    ]);
    expect(names({ databases, environment })).toEqual([['named', 'named', undefined]]);
  });

  it('are the hosts that the log names most often, ten of them', () => {
    const lines = Array.from({ length: 30 }, (_, n) => `GET https://h${n}.example.com/ `.repeat(1)).concat(
      Array(3).fill('GET https://often.example.com/'),
    );
    const hosts = names({ logLines: lines }).map(([name]) => name);
    expect(hosts).toHaveLength(10);
    expect(hosts[0]).toBe('often.example.com');
  });

  it('are not the service itself', () => {
    const door = 'abc.us-east-1.awsapprunner.com';
    expect(names({ door, logLines: [`GET https://${door}/health`] })).toEqual([]);
  });

  it('have names of their own, and no more of them than a profile takes', () => {
    const environment = variables({
      A: 'https://one.example.com:8443/',
      B: 'https://one.example.com/',
      C: `https://${'long-label.'.repeat(9)}example.com`,
      ...Object.fromEntries(Array.from({ length: 60 }, (_, n) => [`U${n}`, `https://u${n}.example.com`])),
    });
    const { dependencies, leftOut } = draftDependencies(found({ environment }));
    expect(dependencies).toHaveLength(50);
    expect(dependencies.at(-1)).toEqual(INTERNET);
    expect(leftOut).toBe(14);
    expect(new Set(dependencies.map(({ name }) => name)).size).toBe(50);
    expect(Math.max(...dependencies.map(({ name }) => name.length))).toBeLessThanOrEqual(64);
  });
});

describe('a profile that is drafted', () => {
  it('asks for what is set, for Twilio where its variables are, and for health', () => {
    const draft = draftProfile(
      found({
        healthPath: '/health',
        environment: [
          { name: 'EMPTY', value: '' },
          { name: 'TWILIO_ACCOUNT_SID', value: 'ACxxx' },
          { name: 'TWILIO_AUTH_TOKEN', secretReference: 'arn:aws:secretsmanager:…' },
        ],
      }),
    );
    expect(parse(Profile, draft)).toMatchObject({
      environment: [{ name: 'TWILIO_ACCOUNT_SID' }, { name: 'TWILIO_AUTH_TOKEN' }],
      providers: { twilio: { accountSid: 'TWILIO_ACCOUNT_SID', authToken: 'TWILIO_AUTH_TOKEN' } },
      probes: [{ name: 'health', path: '/health' }],
    });
  });

  it('leaves a health path with a query alone, because it may hold a key', () => {
    expect(draftProfile(found({ healthPath: '/health?key=canary' }))).not.toHaveProperty('probes');
  });

  it('validates whatever is found, and holds no value and no line', () => {
    const CANARY = 'canary-s3cret';
    // Without a dot: a whole value that looks like a host is one.
    const text = fc.string({ maxLength: 20 }).map((some) => some.replaceAll('.', ''));
    const around = fc.tuple(text, text).map(([a, b]) => `${a}${CANARY}${b}`);
    const host = fc.domain();
    const value = fc.oneof(
      around,
      fc.tuple(host, around).map(([h, s]) => `https://user:${s}@${h}/`),
      fc.tuple(host, around).map(([h, s]) => `https://${h}/${s}`),
      fc.tuple(host, around).map(([h, s]) => `postgres://u:p@${h}:5432/db?password=${s}`),
      fc.tuple(host, fc.integer({ min: 0, max: 70000 })).map(([h, p]) => `${h}:${p}`),
      fc.ipV4().map((ip) => `http://${ip}`),
      fc.ipV6().map((ip) => `http://[${ip}]:80`),
    );
    const variable = fc.record({
      name: fc.oneof(fc.stringMatching(/^[A-Z_]{1,12}$/), fc.constantFrom('API_TOKEN', 'DATABASE_URL', 'SMTP_HOST')),
      value,
    });
    const anything = fc.record({
      service: fc.constant('some-service'),
      region: fc.constant('us-east-1'),
      environment: fc.array(variable, { maxLength: 12 }),
      logLines: fc.array(
        fc.oneof(
          value,
          around.map((s) => `authorization: Bearer ${s}`),
        ),
        { maxLength: 8 },
      ),
      databases: fc.array(
        fc.record({ id: fc.stringMatching(/^[a-z][a-z0-9-]{0,20}$/), host, vpcId: fc.constantFrom('vpc-1', 'vpc-2') }),
        { maxLength: 4 },
      ),
      vpcId: fc.constant('vpc-1'),
      healthPath: fc.oneof(
        fc.webPath(),
        around.map((s) => `/health?key=${s}`),
      ),
    });
    fc.assert(
      fc.property(anything, (everything) => {
        const draft = draftProfile(everything);
        expect(() => parse(Profile, draft)).not.toThrow();
        const names = everything.environment.map(({ name }) => name).join();
        expect(JSON.stringify(draft).includes(CANARY) && !names.includes(CANARY)).toBe(false);
      }),
      { numRuns: 500 },
    );
  });
});
