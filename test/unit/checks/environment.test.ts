import { describe, expect, it } from 'vitest';
import { checkEnvironment } from '../../../lib/checks/environment.ts';
import type { EnvironmentRule } from '../../../lib/domain/profile.ts';
import type { EnvironmentVariable } from '../../../lib/domain/service.ts';

const rule = (more: Partial<EnvironmentRule>): EnvironmentRule => ({
  name: 'OTP_PROVIDER',
  required: false,
  lookInside: false,
  ...more,
});
const set = (name: string, value: string): EnvironmentVariable => ({ name, value });
const judge = (more: Partial<EnvironmentRule>, ...environment: EnvironmentVariable[]) => {
  const [finding] = checkEnvironment([rule(more)], environment);
  if (!finding) throw new Error('no finding');
  return finding;
};

describe('the environment check', () => {
  const twilio = { oneOf: ['twilio_verify', 'twilio_sms'] };

  it.each([
    ['a required variable that is missing', { required: true }, [], 'broken', 'environment-missing'],
    [
      'a required variable that is empty',
      { required: true },
      [set('OTP_PROVIDER', '')],
      'broken',
      'environment-missing',
    ],
    ['an optional variable that is missing', {}, [], 'ok', undefined],
    ['a value outside the list', twilio, [set('OTP_PROVIDER', 'smoke-signal')], 'broken', 'environment-invalid'],
    ['a value from the list', twilio, [set('OTP_PROVIDER', 'twilio_sms')], 'ok', undefined],
    [
      'a value that breaks the pattern',
      { pattern: '^AC' },
      [set('OTP_PROVIDER', 'XX12')],
      'broken',
      'environment-invalid',
    ],
    ['a forbidden value', { forbidden: ['stub'] }, [set('OTP_PROVIDER', 'stub')], 'broken', 'environment-invalid'],
    [
      'a forbidden value with a cause of its own',
      { forbidden: ['stub'], forbiddenCause: 'stub-provider' },
      [set('OTP_PROVIDER', 'stub')],
      'broken',
      'stub-provider',
    ],
    [
      'needed because of another variable',
      { requiredIf: { name: 'KIND', oneOf: ['a'] } },
      [set('KIND', 'a')],
      'broken',
      'environment-missing',
    ],
    [
      'not needed because of another variable',
      { requiredIf: { name: 'KIND', oneOf: ['a'] } },
      [set('KIND', 'b')],
      'ok',
      undefined,
    ],
    [
      'needed perhaps: the other one is a secret',
      { requiredIf: { name: 'KIND', oneOf: ['a'] } },
      [{ name: 'KIND', secretReference: 'arn:x' }],
      'unknown',
      undefined,
    ],
    [
      'a secret, whose value is not looked at',
      { required: true, pattern: '^AC' },
      [{ name: 'OTP_PROVIDER', secretReference: 'arn:x' }],
      'ok',
      undefined,
    ],
  ] as const)('judges %s', (_, more, environment, status, cause) => {
    const finding = judge(more as Partial<EnvironmentRule>, ...environment);
    expect([finding.status, finding.cause]).toEqual([status, cause]);
    expect(finding.because).toContain('OTP_PROVIDER');
  });

  it.each([
    [{ value: 'ACcanary' }, 'ok'],
    [{ value: 'canary' }, 'broken'],
    [{ unanswered: 'secretsmanager:GetSecretValue is not allowed' }, 'unknown'],
  ] as const)('looks into a secret where it is asked to: %o is %s', (looked, status) => {
    const rules = [rule({ lookInside: true, pattern: '^AC' })];
    const environment = [{ name: 'OTP_PROVIDER', secretReference: 'arn:x' }];
    const [finding] = checkEnvironment(rules, environment, new Map([['OTP_PROVIDER', looked]]));
    expect(finding?.status).toBe(status);
    expect(JSON.stringify(finding)).not.toContain('canary');
  });

  it('never says a value, not even a wrong one', () => {
    const rules = [rule({ oneOf: ['a'], pattern: '^b', forbidden: ['canary-forbidden'] })];
    for (const value of ['canary-1', 'a', 'canary-forbidden']) {
      expect(JSON.stringify(checkEnvironment(rules, [set('OTP_PROVIDER', value)]))).not.toContain('canary');
    }
  });
});
