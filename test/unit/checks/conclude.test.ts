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
