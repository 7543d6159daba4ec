import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { Profile } from '../../../lib/domain/profile.ts';
import { profileJsonSchema } from '../../../lib/domain/profile-schema.ts';
import { Request } from '../../../lib/domain/request.ts';
import { parse } from '../../../lib/step.ts';

const minimal = { service: 'nerava-backend', dependencies: [{ name: 'twilio', host: 'verify.twilio.com' }] };
const refusal = (value: unknown, schema: Parameters<typeof parse>[0] = Profile) => {
  try {
    parse(schema, value);
  } catch (error) {
    return error as Error;
  }
  throw new Error('was accepted');
};

describe('a profile', () => {
  it('needs little: the rest has careful defaults', () => {
    const profile = parse(Profile, minimal);
    expect(profile.approval).toEqual({ approvers: [], requesterMayApprove: false, timeoutMinutes: 30 });
    expect(profile.probes).toEqual([]);
  });

  it.each([
    ['an unknown key', { ...minimal, dependancies: [] }, 'unknown "dependancies"'],
    [
      'a name that would rewrite the screen of whoever approves',
      { ...minimal, dependencies: [{ name: 'twilio\u001b[2J\r', host: 'a.example' }] },
      'dependencies.0.name: must be one line without control characters',
    ],
    ['a missing list', { service: 'nerava-backend' }, 'dependencies'],
    [
      'two kinds of dependency',
      { ...minimal, dependencies: [{ name: 'x', host: 'a.example', rds: 'db' }] },
      'exactly one of host, address, aws, rds',
    ],
    ['no kind of dependency', { ...minimal, dependencies: [{ name: 'x' }] }, 'exactly one of host, address, aws, rds'],
    [
      'a port out of range',
      { ...minimal, dependencies: [{ name: 'x', host: 'a.example', port: 70000 }] },
      'dependencies.0.port',
    ],
    [
      'a broken pattern',
      { ...minimal, environment: [{ name: 'A', pattern: '(' }] },
      'environment.0.pattern: is not a regular expression',
    ],
    [
      'a probe that waits too long',
      { ...minimal, probes: [{ name: 'p', path: '/', timeoutSeconds: 500 }] },
      'probes.0.timeoutSeconds',
    ],
    ['a path that is none', { ...minimal, probes: [{ name: 'p', path: 'health' }] }, 'probes.0.path'],
  ])('is refused for %s, with the field named', (_, value, said) => {
    const error = refusal(value);
    expect(error.name).toBe('InvalidRequest');
    expect(error.message).toContain(said);
  });

  const withBody = (body: unknown) => ({ ...minimal, probes: [{ name: 'otp', method: 'POST', path: '/otp', body }] });
  const withProbe = (probe: object) => ({ ...minimal, probes: [{ name: 'p', path: '/', ...probe }] });

  it.each([
    ['with separators', withBody({ to: '+1 (555) 555-0118' })],
    ['without a plus', withBody({ to: '15555550118' })],
    ['escaped in a path', withProbe({ path: '/otp?to=%2B15555550118' })],
    ['as a number', withBody({ phone: 15555550118 })],
    ['in a label', withProbe({ label: 'call +15555550118' })],
    ['among the approvers', { ...minimal, approval: { approvers: ['+15555550118'] } }],
    ['in a follow-up', { ...minimal, followUps: ['ring +1 555 555 0118'] }],
  ])('is refused when it holds a phone number %s', (_, value) => {
    expect(refusal(value).message).toMatch(/looks like a phone number|holds a secret or a phone number/);
  });

  it.each([
    ['a code as a number', withBody({ code: 123456 })],
    ['an authorization', withBody({ authorization: 'Basic abc' })],
    ['a token in a query', withProbe({ path: '/x?access_token=abc' })],
    ['a token in an expectation', withProbe({ expect: { json: { access_token: 'abc' } } })],
    ['credentials in the door', { ...minimal, url: 'https://user:pass@api.example' }],
  ])('is refused when it holds %s', (_, value) => {
    expect(refusal(value).message).toMatch(/in the open|in its query|names a secret|carries credentials/);
  });

  it.each([
    ['a body on a GET', withProbe({ body: { a: 1 } }), /probes.0.body: a GET or HEAD request has none/],
    ['a code from a person before there is one', withBody({ code: { fromPerson: 'code' } }), /only in delivery.verify/],
    [
      'two probes of one name',
      {
        ...minimal,
        probes: [
          { name: 'p', path: '/' },
          { name: 'p', path: '/b' },
        ],
      },
      /two entries of the same name/,
    ],
    ['a URL as host', { ...minimal, dependencies: [{ name: 'x', host: 'https://a.example' }] }, /host name alone/],
    ['a host with a port', { ...minimal, dependencies: [{ name: 'x', host: 'a.example:443' }] }, /host name alone/],
    [
      'probes that take too long together',
      { ...minimal, probes: ['a', 'b', 'c'].map((name) => ({ name, path: '/', timeoutSeconds: 110 })) },
      /300 seconds together/,
    ],
  ])('is refused for %s', (_, value, said) => {
    expect(refusal(value).message).toMatch(said);
  });

  it('does not take an address for a phone number, nor fall over an odd path', () => {
    expect(
      parse(Profile, { ...minimal, dependencies: [{ name: '192.168.100.100', address: '192.168.100.100' }] })
        .dependencies,
    ).toHaveLength(1);
    expect(parse(Profile, withProbe({ path: '//' })).probes).toHaveLength(1);
  });

  it('may expect a token type, and ask for tokens without their values', () => {
    const expect_ = { json: { token_type: 'bearer' }, present: ['access_token'] };
    expect(parse(Profile, withProbe({ expect: expect_ })).probes).toHaveLength(1);
  });

  it('is refused when it holds a phone number, and the number is not repeated', () => {
    const probes = [{ name: 'otp', method: 'POST', path: '/otp', body: { phone: '+15555550118' } }];
    const { message } = refusal({ ...minimal, probes });
    expect(message).toContain('probes.0.body.phone');
    expect(message).toContain('fromParameter');
    expect(message).not.toContain('5555550118');
  });

  it('is refused when a probe holds a password in the open', () => {
    const probes = [{ name: 'login', method: 'POST', path: '/login', body: { password: 'hunter2' } }];
    const { message } = refusal({ ...minimal, probes });
    expect(message).toContain('probes.0.body: holds a secret or a phone number in the open');
    expect(message).not.toContain('hunter2');
  });

  it('has an up-to-date JSON Schema for editors', () => {
    const written = readFileSync(new URL('../../../profile.schema.json', import.meta.url), 'utf8');
    expect(JSON.parse(written)).toEqual(JSON.parse(JSON.stringify(profileJsonSchema())));
  });
});

describe('a request', () => {
  it('plans by default', () => {
    expect(parse(Request, { service: 'nerava-backend' }).mode).toBe('plan');
  });

  it.each([
    ['an unknown mode', { service: 'shop', mode: 'fix' }, /mode: .*"diagnose"\|"plan"\|"repair"/],
    ['an unknown key', { service: 'shop', force: true }, /unknown "force"/],
    ['no service', {}, /service: /],
    ['an empty service', { service: '' }, /service: /],
    ['a repair that nobody asked for', { service: 'shop', mode: 'repair' }, /requestedBy: is required/],
    ['something that is no object', 'nerava', /input: /],
    ['a run that says it is part of another', { service: 'shop', partOf: 'b' }, /unknown "partOf"/],
  ])('is refused for %s', (_, value, said) => {
    expect(refusal(value, Request).message).toMatch(said);
  });
});
