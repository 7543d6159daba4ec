import { describe, expect, it } from 'vitest';
import { conclude } from '../../../lib/checks/conclude.ts';
import type { ProbeResult } from '../../../lib/domain/diagnosis.ts';
import type { Finding } from '../../../lib/domain/finding.ts';

const AT = '2026-11-20T03:00:00.000Z';
const finding = (id: string, status: Finding['status'], more: Partial<Finding> = {}): Finding => {
  const [check, subject] = id.split(':') as [Finding['check'], string];
  return { id, check, subject, status, because: `because of ${subject}`, evidence: [], ...more };
};
const probe = (name: string, ok: boolean): ProbeResult => ({
  name,
  label: name,
  ok,
  sent: true,
  seconds: 1,
  because: '',
  at: AT,
});
const probes = (ok: boolean) => ({
  check: 'probes' as const,
  findings: [finding('probes:otp', ok ? 'ok' : 'broken')],
  probes: [probe('otp', ok)],
});
const noRoute = finding('egress:twilio', 'broken', { cause: 'no-route' });

describe('conclude', () => {
  it('names the cause with what speaks for it', () => {
    const logs = { check: 'logs' as const, findings: [finding('logs:connect-timeout', 'broken')] };
    const diagnosis = conclude([{ check: 'egress', findings: [noRoute] }, logs, probes(false)], AT);
    expect(diagnosis.causes).toMatchObject([
      {
        cause: 'no-route',
        subject: 'twilio',
        supportedBy: ['egress:twilio', 'logs:connect-timeout', 'probes:otp'],
        contradictedBy: [],
      },
    ]);
    expect(diagnosis.healthy).toBe(false);
  });

  it('names two causes at once, the better supported first', () => {
    const missing = finding('environment:A', 'broken', { cause: 'environment-missing' });
    const logs = { check: 'logs' as const, findings: [finding('logs:connect-timeout', 'broken')] };
    const { causes } = conclude(
      [{ check: 'environment', findings: [missing] }, { check: 'egress', findings: [noRoute] }, logs],
      AT,
    );
    expect(causes.map(({ cause }) => cause)).toEqual(['no-route', 'environment-missing']);
  });

  it('makes a gap of a branch that failed, and of every unknown', () => {
    const unseen = finding('egress:db', 'unknown');
    const { gaps, findings } = conclude(
      [
        { check: 'logs', failed: 'AccessDenied: no' },
        { check: 'egress', findings: [unseen] },
      ],
      AT,
    );
    expect(gaps.map(({ check, because }) => [check, because])).toEqual([
      ['logs', 'could not look: AccessDenied: no'],
      ['egress', 'because of db'],
    ]);
    expect(findings).toHaveLength(2);
  });

  it('calls a service healthy when the door answers, whatever the log said a while ago', () => {
    const past = finding('logs:credentials-rejected', 'broken', { cause: 'credentials-rejected' });
    const diagnosis = conclude([{ check: 'logs', findings: [past] }, probes(true)], AT);
    expect([diagnosis.healthy, diagnosis.causes]).toEqual([true, []]);
  });

  it('does not call a service healthy without probes while something is unknown', () => {
    expect(conclude([{ check: 'egress', findings: [finding('egress:a', 'ok')] }], AT).healthy).toBe(true);
    expect(conclude([{ check: 'egress', findings: [finding('egress:a', 'unknown')] }], AT).healthy).toBe(false);
  });

  it('does not call a service healthy when a way is cut, even if the door answers', () => {
    expect(conclude([{ check: 'egress', findings: [noRoute] }, probes(true)], AT).healthy).toBe(false);
  });
});

describe('the six causes of a hanging OTP start', () => {
  const hang = {
    check: 'probes' as const,
    findings: [finding('probes:otp', 'broken')],
    probes: [{ ...probe('otp', false), hung: true }],
  };
  const open = { check: 'egress' as const, findings: [finding('egress:twilio', 'ok')] };
  const right = { check: 'environment' as const, findings: [finding('environment:OTP_PROVIDER', 'ok')] };
  const content = { check: 'providers' as const, findings: [finding('providers:twilio-account', 'ok')] };
  const timeouts = { check: 'logs' as const, findings: [finding('logs:connect-timeout', 'broken')] };
  const workers = { check: 'logs' as const, findings: [finding('logs:worker-timeout', 'broken')] };
  const top = (...branches: Parameters<typeof conclude>[0]) =>
    conclude([hang, ...branches], AT).causes.map(({ cause }) => cause);
  const broken = (id: string, cause: Finding['cause']) => finding(id, 'broken', { cause });

  it('a variable is missing', () => {
    const missing = { check: 'environment' as const, findings: [broken('environment:A', 'environment-missing')] };
    expect(top(open, missing, content, timeouts)).toEqual(['environment-missing']);
  });

  it('credentials are rejected: one cause, however many doors of the provider say so', () => {
    const rejected = {
      check: 'providers' as const,
      findings: [
        broken('providers:twilio-account', 'credentials-rejected'),
        broken('providers:twilio-verify-service', 'credentials-rejected'),
      ],
    };
    const log = { check: 'logs' as const, findings: [broken('logs:credentials-rejected', 'credentials-rejected')] };
    const { causes } = conclude([hang, open, right, rejected, log], AT);
    expect(causes).toHaveLength(1);
    expect(causes[0]).toMatchObject({
      cause: 'credentials-rejected',
      supportedBy: [
        'providers:twilio-account',
        'providers:twilio-verify-service',
        'probes:otp',
        'logs:credentials-rejected',
      ],
    });
  });

  it('the Verify service is gone', () => {
    const gone = {
      check: 'providers' as const,
      findings: [broken('providers:twilio-verify-service', 'provider-resource-missing')],
    };
    expect(top(open, right, gone)).toEqual(['provider-resource-missing']);
  });

  it('a stub is in use', () => {
    const stub = { check: 'environment' as const, findings: [broken('environment:OTP_PROVIDER', 'stub-provider')] };
    expect(top(open, stub, content)).toEqual(['stub-provider']);
  });

  it('the network is cut, even if workers time out over it', () => {
    const cut = { check: 'egress' as const, findings: [broken('egress:twilio', 'security-group-denies')] };
    expect(top(cut, right, timeouts, workers)).toEqual(['security-group-denies']);
  });

  it('the event loop is blocked: everything else is right', () => {
    expect(top(open, right, content, workers)).toEqual(['event-loop-blocked']);
    expect(top(open, right, content)).toEqual(['event-loop-blocked']);
  });

  it('is not the event loop where the log speaks of the network', () => {
    expect(top(open, right, content, timeouts)).toEqual([]);
    const lost = { check: 'logs' as const, findings: [finding('logs:name-not-found', 'broken')] };
    expect(top(open, right, content, lost)).toEqual([]);
  });

  it('is the event loop when workers were timed out, with what speaks against it', () => {
    const both = { check: 'logs' as const, findings: [...workers.findings, ...timeouts.findings] };
    const { causes } = conclude([hang, open, right, content, both], AT);
    expect(causes).toMatchObject([{ cause: 'event-loop-blocked', contradictedBy: ['logs:connect-timeout'] }]);
  });

  it('is the event loop although one other way is not known', () => {
    const partly = {
      check: 'egress' as const,
      findings: [finding('egress:twilio', 'ok'), finding('egress:partner', 'unknown')],
    };
    expect(top(partly, right, content, workers)).toEqual(['event-loop-blocked']);
    expect(top(partly, right, content)).toEqual([]);
  });

  it('is not hidden by what a user mistyped, while the provider is content', () => {
    const mistyped = {
      check: 'logs' as const,
      findings: [...workers.findings, broken('logs:credentials-rejected', 'credentials-rejected')],
    };
    expect(top(open, right, content, mistyped)).toContain('event-loop-blocked');
  });

  it('says what was not looked at', () => {
    expect(conclude([hang, open, workers], AT).causes[0]?.because).toMatch(
      /environment and providers could not be looked at/,
    );
  });

  it('makes nothing of a secret that changed while nothing is wrong', () => {
    const stale = { check: 'deployment' as const, findings: [broken('deployment:DB_SECRET', 'stale-deployment')] };
    expect(conclude([open, right, stale], AT).causes).toEqual([]);
  });

  it('lets messages that went out speak only about the way of messages', () => {
    const cut = { check: 'egress' as const, findings: [broken('egress:s3', 'no-route')] };
    const sent = { check: 'logs' as const, findings: [finding('logs:sent', 'ok')] };
    expect(conclude([hang, cut, sent], AT).causes).toMatchObject([{ cause: 'no-route', contradictedBy: [] }]);
  });

  it('names the host that the log names first, and the internet last', () => {
    const cut = {
      check: 'egress' as const,
      findings: ['api.own', 'smtp.relay', 'the internet'].map((name) => broken(`egress:${name}`, 'no-route')),
    };
    const log = {
      check: 'logs' as const,
      findings: [{ ...finding('logs:connect-timeout', 'broken'), evidence: ['connect smtp.relay:587 ETIMEDOUT'] }],
    };
    expect(conclude([hang, cut, log], AT).causes.map(({ subject }) => subject)).toEqual([
      'smtp.relay',
      'api.own',
      'the internet',
    ]);
  });

  it('says nothing about the event loop where nobody could look at the ways', () => {
    const unseen = { check: 'egress' as const, findings: [finding('egress:twilio', 'unknown')] };
    expect(top(unseen, right, content, workers)).toEqual([]);
    expect(top(right, content, workers)).toEqual([]);
  });

  it('a process that runs with old values comes before what it makes of them', () => {
    const stale = { check: 'deployment' as const, findings: [broken('deployment:SMS', 'stale-deployment')] };
    const provider = {
      check: 'providers' as const,
      findings: [
        broken('providers:sms-providers', 'fallback-in-use'),
        broken('providers:twilio-account', 'credentials-rejected'),
      ],
    };
    expect(top(open, stale, provider)).toEqual(['stale-deployment', 'credentials-rejected', 'fallback-in-use']);
  });

  it('puts a cause behind the others when messages went out through the very way', () => {
    const cut = { check: 'egress' as const, findings: [broken('egress:twilio', 'no-route')] };
    const sent = { check: 'logs' as const, findings: [finding('logs:sent', 'ok')] };
    const missing = { check: 'environment' as const, findings: [broken('environment:A', 'environment-missing')] };
    expect(top(cut, sent, missing)).toEqual(['environment-missing', 'no-route']);
  });
});
