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
    expect(message).toContain('probes.0.body: holds a secret in the open');
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
    ['an unknown mode', { service: 'a', mode: 'fix' }, /mode: .*"diagnose"\|"plan"\|"repair"/],
    ['an unknown key', { service: 'a', force: true }, /unknown "force"/],
    ['no service', {}, /service: /],
    ['an empty service', { service: '' }, /service: /],
    ['a repair that nobody asked for', { service: 'a', mode: 'repair' }, /requestedBy: is required/],
    ['something that is no object', 'nerava', /input: /],
  ])('is refused for %s', (_, value, said) => {
    expect(refusal(value, Request).message).toMatch(said);
  });
});
