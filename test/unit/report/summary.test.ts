import { describe, expect, it } from 'vitest';
import type { Change } from '../../../lib/domain/change.ts';
import { Profile } from '../../../lib/domain/profile.ts';
import type { Verdict } from '../../../lib/domain/report.ts';
import type { RunDocument } from '../../../lib/domain/run.ts';
import { composeReport } from '../../../lib/report/compose.ts';
import { ARN, at, plan } from './incident.ts';

type Probed = NonNullable<RunDocument['proof']['probes']>;

const cause = { cause: 'no-route', subject: 'twilio', because: 'no subnet has a way to it' } as const;
const asked = { supportedBy: [], contradictedBy: [] };
const result = { name: 'otp', label: 'OTP sent', ok: true, sent: true, seconds: 1, because: 'answered 200', at: at(9) };
const passed: Probed = { state: 'passed', proves: true, findings: [], results: [result] };

const made: Change = {
  number: 1,
  remedy: 'use-default-egress',
  kind: 'egress',
  target: ARN,
  what: 'egress VPC → DEFAULT',
  undo: 'put egress back',
  at: at(5),
  state: 'made',
};

interface Ending extends Partial<RunDocument> {
  readonly verdict: Verdict;
  readonly changes?: readonly Change[];
}

function summaryOf({ verdict, changes = [made], ...rest }: Ending): string {
  const document: RunDocument = {
    run: 'r-1',
    startedAt: at(0),
    request: { mode: 'repair', requestedBy: 'maria', environment: { variables: {}, secrets: {} } },
    service: { name: 'shop', arn: ARN, id: '1', url: '' },
    profile: Profile.parse({ service: 'shop', dependencies: [], probes: [] }),
    patience: { approval: 1800, untilReminder: 0, afterReminder: 0, delivery: 600 },
    diagnosis: { findings: [], causes: [{ ...cause, ...asked }], gaps: [], probes: [], healthy: false, at: at(1) },
    plan,
    cursor: { round: 1, index: 1, count: 1 },
    proof: { probes: passed },
    outcome: { verdict, keepLock: false },
    ...rest,
  };
  return composeReport(document, changes, at(20)).summary;
}

const delivery = (status: 'no-answer' | 'denied' | 'confirmed', more = {}) => ({
  probes: passed,
  delivery: { status, ...more },
});

describe('the summary', () => {
  it('of a repair that nobody confirmed leads with what works and why a person is needed', () => {
    const summary = summaryOf({ verdict: 'needs-human', proof: delivery('no-answer') });
    expect(summary).toBe(
      'shop: repaired and the door answers again, but not proved: nobody said whether it arrived. This stands: egress VPC → DEFAULT. Before: no subnet has a way to it.',
    );
  });

  it('of a code that was rejected says so', () => {
    const verification = { ...result, ok: false, because: 'answered 401' };
    const summary = summaryOf({ verdict: 'needs-human', proof: delivery('confirmed', { verification }) });
    expect(summary).toContain('but not proved: the code was not accepted (answered 401).');
  });

  it('does not say that the door answers where nobody could look', () => {
    const unsure: Probed = { ...passed, state: 'unsure', results: [{ ...result, unsure: true }] };
    const summary = summaryOf({ verdict: 'needs-human', proof: { probes: unsure } });
    expect(summary).toContain('shop: repaired, but not proved: OTP sent: answered 200.');
    expect(summary).toContain('Cause: no subnet');
  });

  it('of a repair that was taken back because nothing arrived says who was heard', () => {
    const undone = [{ ...made, state: 'undone' as const }];
    const summary = summaryOf({ verdict: 'not-recovered', proof: delivery('denied'), changes: undone });
    expect(summary).toContain('was taken back: a person said that it did not arrive.');
    expect(summary).toContain('Cause: no subnet');
  });

  it('of a repair that is proved tells the cause as something that was', () => {
    const summary = summaryOf({ verdict: 'recovered', proof: delivery('confirmed') });
    expect(summary).toContain('Repaired by: ');
    expect(summary).toContain('Before: no subnet has a way to it.');
  });

  it('names each of several causes with what it was seen on, three at most', () => {
    const causes = ['s3', 'smtp', 'vault', 'mail'].map((subject) => ({ ...cause, ...asked, subject }));
    const diagnosis = { findings: [], causes, gaps: [], probes: [], healthy: false, at: at(1) };
    expect(summaryOf({ verdict: 'needs-human', changes: [], proof: {}, diagnosis })).toContain(
      'Causes: no subnet has a way to it (s3); no subnet has a way to it (smtp); no subnet has a way to it (vault); and 1 more.',
    );
  });

  it('of a repair that broke off before its door was tried does not say that it did not help', () => {
    const undone = [{ ...made, state: 'undone' as const }];
    const broken = summaryOf({ verdict: 'not-recovered', proof: {}, changes: undone, diagnosis: undefined });
    expect(broken).toBe('shop: the repair was not completed, and was taken back.');
  });

  it('of a run that takes another one back says which', () => {
    const undone = [{ ...made, state: 'undone' as const }];
    const summary = summaryOf({ verdict: 'undone', undoes: 'r-0', proof: {}, changes: undone, diagnosis: undefined });
    expect(summary).toBe('shop: a repair was taken back: run r-0.');
    expect(summaryOf({ verdict: 'needs-human', undoes: 'r-0', proof: {}, diagnosis: undefined })).toContain('run r-0');
  });

  it('of a run that changed nothing asks for a person', () => {
    const summary = summaryOf({ verdict: 'needs-human', changes: [], proof: {} });
    expect(summary).toBe('shop: a person has to act. Cause: no subnet has a way to it.');
  });
});
