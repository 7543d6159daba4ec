import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { Profile } from '../../../lib/domain/profile.ts';
import { redact } from '../../../lib/domain/redact.ts';
import { parse } from '../../../lib/step.ts';
import { type Configuration, emptyAccount } from '../../../sandbox/account.ts';
import { paths } from '../../../sandbox/network.ts';
import { Random } from '../../../sandbox/random.ts';
import { SCENARIOS } from '../../../sandbox/scenarios/index.ts';
import type { Scenario } from '../../../sandbox/scenarios/scenario.ts';

const NOW = new Date('2026-01-01T12:00:00Z');

function built(scenario: Scenario, seed = 1) {
  const account = emptyAccount({ id: '123456789012', region: scenario.region });
  const { profiles } = scenario.build({ account, random: new Random(seed), now: NOW });
  return { account, profiles };
}

const imageOf = ({ SourceConfiguration }: Configuration) => SourceConfiguration.ImageRepository?.ImageIdentifier ?? '';

const all = Object.entries(SCENARIOS);

/** Phone numbers, codes for people, and what the scenarios mark as secret. */
const SECRET = /canary|\+?1555555\d{4}|\b(?:493817|208446|771350|482913)\b|(?:AC|VA)[0-9a-f]{32}/;

describe.each(all)('%s', (title, scenario) => {
  it('says in one line what is wrong', () => expect(scenario.description).toMatch(/^\S[^\n]{20,118}$/));

  it('has a profile for each service that its owner could have written', () => {
    const { account, profiles } = built(scenario);
    expect(Object.keys(profiles)).toEqual(account.apprunner.services.map(({ ServiceName }) => ServiceName));
    for (const [name, profile] of Object.entries(profiles)) {
      expect(parse(Profile, profile({ [name]: 'http://127.0.0.1:1' }))).toMatchObject({ service: name });
    }
  });

  it('writes secrets into its logs, and none that redaction does not find', () => {
    const lines = Object.values(built(scenario).account.logs).flatMap((events) => events.map(({ message }) => message));
    expect(lines.filter((line) => SECRET.test(line))).not.toEqual([]);
    expect(lines.filter((line) => SECRET.test(redact(line)))).toEqual([]);
  });

  it('has a history in the order of time, all of it in the past', () => {
    const { account } = built(scenario);
    for (const [name, events] of Object.entries(account.logs)) {
      const times = events.map(({ timestamp }) => timestamp);
      if (name.endsWith('/application')) expect(times.length).toBeGreaterThan(3);
      expect(times).toEqual(times.toSorted((a, b) => a - b));
      expect(Math.max(0, ...times)).toBeLessThan(NOW.getTime());
    }
  });

  it('has the images in its registry, pushed before they were deployed unless that is the trouble', () => {
    const { account } = built(scenario);
    for (const { running, operations } of account.apprunner.services) {
      const [, name, tag] = /\/([^:/]+):(.+)$/.exec(imageOf(running)) ?? [];
      const repository = account.ecr.repositories.find((one) => one.name === name);
      const [image, ...more] = repository?.images.filter(({ tags }) => tags.includes(tag ?? '')) ?? [];
      const deployed = operations.find(({ Status }) => Status === 'SUCCEEDED');
      expect(more).toEqual([]);
      expect(image?.digest).toMatch(/^sha256:[0-9a-f]{64}$/);
      const isOlder = Date.parse(image?.pushedAt ?? '') < Date.parse(deployed?.StartedAt ?? '');
      expect(isOlder).toBe(!title.endsWith('-tag-moved'));
    }
  });

  it('is the same account for the same seed, and another for another', () => {
    expect(built(scenario).account).toEqual(built(scenario).account);
    expect(built(scenario).account).not.toEqual(built(scenario, 2).account);
  });
});

it('stands in the table of docs/sandbox.md, each with its description', () => {
  const docs = readFileSync(new URL('../../../docs/sandbox.md', import.meta.url), 'utf8');
  const rows = [...docs.matchAll(/^\| `([^`]+)` \| (.+) \|$/gm)].map(([, name, text]) => [name, text]);
  expect(rows).toEqual(all.map(([name, { description }]) => [name, description]));
});

describe('where packets go', () => {
  const RATES = 'api.rates.example';
  const SECRETS = 'secretsmanager.us-east-1.amazonaws.com';

  it.each([
    ['route-blackhole', RATES, 443, /is a blackhole/],
    ['route-internet-gateway', RATES, 443, /no public address/],
    ['nat-failed', RATES, 443, /nat-\w+ is not available/],
    ['nat-private', RATES, 443, /nat-\w+ has no public address/],
    ['acl-denies', RATES, 443, /network ACL of subnet-\w+ denies/],
    ['endpoint-closed', SECRETS, 443, /the groups of 10\.20\.1\d\.\d+ deny/],
    ['endpoint-dns', SECRETS, 443, /has no route to 44\./],
    ['public-access-blocked', RATES, 443, /public access from subnet-\w+ is blocked/],
    ['otp-egress', 'verify.twilio.com', 443, /has no route/],
    ['otp-firewall', 'verify.twilio.com', 443, /security groups of the connector deny/],
    ['smtp-egress', 'smtp-relay.brevo.com', 587, /has no route/],
    ['s3-egress', 'bond-files-0001.s3.us-west-2.amazonaws.com', 443, /has no route/],
    ['s3-and-smtp', 'atelier-files-0001.s3.us-east-1.amazonaws.com', 443, /has no route/],
    ['s3-and-smtp', 'smtp-relay.brevo.com', 587, /has no route/],
    ['shared-connector', 'smtp-relay.brevo.com', 587, /has no route/],
    ['shared-vpc', SECRETS, 443, /has no route/],
    ['shared-outage', RATES, 443, /has no route/],
    ['route-blackhole-other-nat', RATES, 443, /is a blackhole/],
  ] as const)('%s: none reaches %s:%i, for its own reason', (name, host, port, because) => {
    const found = pathsOf(name, host, port);
    expect(found.length).toBeGreaterThan(0);
    for (const path of found) expect(path).toMatchObject({ reached: false, because: expect.stringMatching(because) });
  });

  it.each([
    ['otp-missing-variable', 'verify.twilio.com', 443],
    ['otp-bad-credentials', 'verify.twilio.com', 443],
    ['otp-event-loop', 'verify.twilio.com', 443],
    ['sms-fallback', 'sns.us-east-1.amazonaws.com', 443],
    ['transit-gateway', RATES, 443],
    ['deployment-failed', RATES, 443],
    ['database-down', RATES, 443],
    ['healthy-nat', 'verify.twilio.com', 443],
  ] as const)('%s: all reach %s:%i', (name, host, port) => {
    const found = pathsOf(name, host, port);
    expect(found.length).toBeGreaterThan(0);
    for (const path of found) expect(path).toMatchObject({ reached: true });
  });

  it('leads from two subnets of three only in one-subnet-of-three', () => {
    expect(pathsOf('one-subnet-of-three', RATES, 443).map(({ reached }) => reached)).toEqual([true, true, false]);
  });

  const DATABASE_IS_THE_TROUBLE = ['database-down', 'database-closed', 'default-egress-private-database'];
  const withDatabase = all.filter(([, scenario]) => built(scenario).account.rds.instances.length > 0);

  it.each(withDatabase)('%s: the database is reached unless it is the trouble', (name) => {
    const { account } = built(SCENARIOS[name] as Scenario);
    const [service] = account.apprunner.services;
    for (const { Endpoint } of account.rds.instances) {
      if (!service) throw new Error('no service');
      const found = paths(account, service, Endpoint?.Address ?? '', 5432);
      expect(found.every(({ reached }) => reached)).toBe(!DATABASE_IS_THE_TROUBLE.includes(name));
    }
  });
});

function pathsOf(name: string, host: string, port: number) {
  const { account } = built(SCENARIOS[name] as Scenario);
  const [service] = account.apprunner.services;
  if (!service) throw new Error('no service');
  return paths(account, service, host, port);
}
