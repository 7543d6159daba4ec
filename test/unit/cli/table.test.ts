import { describe, expect, it } from 'vitest';
import { toTable } from '../../../cli/table.ts';
import { reportOf } from '../../../lib/discover/report.ts';
import type { Diagnosis } from '../../../lib/domain/diagnosis.ts';
import { Profile } from '../../../lib/domain/profile.ts';
import { Report } from '../../../lib/domain/report.ts';
import { parse } from '../../../lib/step.ts';

const at = new Date('2025-11-20T03:04:05Z');
const base = {
  run: 'some-service-20251120-030405',
  startedAt: at,
  endedAt: new Date(at.getTime() + 12_000),
  service: { name: 'some-service', arn: 'arn:aws:apprunner:us-east-1:123456789012:service/a/b', id: 'b', url: '' },
  profile: parse(Profile, { service: 'some-service', dependencies: [], followUps: ['tell the team'] }),
  notLookedAt: [],
};
const path = (subnetId: string) => ({
  subnetId,
  status: 'broken' as const,
  cause: 'no-route' as const,
  hops: [
    { kind: 'security-group', id: 'sg-1', status: 'ok' as const, because: 'lets it out' },
    { kind: 'route-table', id: 'rtb-1', status: 'broken' as const, because: `no route of ${subnetId} leads there` },
  ],
});
const broken: Diagnosis = {
  findings: [
    {
      id: 'egress:fine',
      check: 'egress',
      subject: 'fine',
      status: 'ok',
      because: 'a long sentence that '.repeat(20),
      evidence: [],
    },
    {
      id: 'egress:out',
      check: 'egress',
      subject: 'out',
      status: 'broken',
      cause: 'no-route',
      because: 'cannot be reached',
      evidence: [],
      paths: [path('subnet-1'), path('subnet-2')],
    },
    {
      id: 'logs:a',
      check: 'logs',
      subject: 'a',
      status: 'broken',
      because: 'it times out',
      evidence: ['a line with \u001b[31mcolour\u001b[0m and \u202eturned'],
    },
  ],
  causes: [
    {
      cause: 'no-route',
      subject: 'out',
      because: 'cannot be reached',
      supportedBy: ['egress:out'],
      contradictedBy: ['logs:sent'],
    },
  ],
  gaps: [{ check: 'logs', subject: 'all', because: 'could not look' }],
  probes: [],
  healthy: false,
  at: at.toISOString(),
};
const table = toTable(reportOf({ ...base, diagnosis: broken }), 100);
const order = (...parts: string[]) => parts.map((part) => table.indexOf(part));

describe('the table', () => {
  it('says first what matters: cause, findings, paths, gaps, what to do', () => {
    const places = order('Needs a person', 'CAUSE', 'FINDINGS', 'PATHS', 'GAPS', 'NEXT', 'AFTERWARDS');
    expect(places).toEqual(places.toSorted((a, b) => a - b));
    expect(Math.min(...places)).toBeGreaterThanOrEqual(0);
  });

  it('shows the worst of each check first, with marks', () => {
    expect(table.indexOf('✘ out')).toBeGreaterThan(0);
    expect(table.indexOf('✘ out')).toBeLessThan(table.indexOf('✔ fine'));
  });

  it('draws a way that many subnets share once, up to where it breaks', () => {
    expect(table).toMatch(
      /● some-service \(2 subnets alike\)\n.*✔ security group sg-1\n.*✘ route table rtb-1 {2}◀ broken here/,
    );
    expect(table.match(/broken here/g)).toHaveLength(1);
    expect(table).not.toContain('to fine');
  });

  it('says what speaks against a cause', () => expect(table).toContain('against it speaks logs:sent'));

  it('stays within the width of the terminal', () => {
    expect(Math.max(...table.split('\n').map((line) => line.length))).toBeLessThanOrEqual(100);
  });

  it('lets nothing through that a terminal would obey', () => {
    expect(table).toContain('colour');
    expect(['\u001b', '\u202e'].filter((sign) => table.includes(sign))).toEqual([]);
  });
});

describe('the report of a diagnosis', () => {
  it('has the documented keys, and no plan', () => {
    const report = parse(Report, JSON.parse(JSON.stringify(reportOf({ ...base, diagnosis: broken }))));
    expect(report).toMatchObject({ mode: 'diagnose', verdict: 'needs-human', plan: { hash: null }, changes: [] });
    expect(report.timeline.map(({ what }) => what)).toEqual(['started', 'detected', 'ended']);
  });

  it('is healthy only when the diagnosis is', () => {
    const well = reportOf({ ...base, diagnosis: { ...broken, findings: [], causes: [], healthy: true } });
    expect([well.verdict, well.nextSteps]).toEqual(['healthy', []]);
  });

  it('of a run that failed needs a person, and says why', () => {
    const failed = reportOf({ ...base, failure: { Error: 'States.Timeout', Cause: 'too slow' } });
    expect(failed).toMatchObject({ verdict: 'needs-human', failure: { error: 'States.Timeout', because: 'too slow' } });
  });

  it('lists what was not looked at besides what the checks say', () => {
    const gap = { check: 'probes', subject: 'all', because: 'not sent' } as const;
    expect(reportOf({ ...base, diagnosis: broken, notLookedAt: [gap] }).gaps).toEqual([...broken.gaps, gap]);
  });
});
