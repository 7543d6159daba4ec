import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { briefResult, fitDiagnosis, fitFindings } from '../../../lib/checks/fit.ts';
import { probeFinding } from '../../../lib/checks/probes.ts';
import type { Diagnosis, ProbeResult } from '../../../lib/domain/diagnosis.ts';
import type { Finding } from '../../../lib/domain/finding.ts';
import type { Option, Plan, Step } from '../../../lib/domain/plan.ts';
import { Profile } from '../../../lib/domain/profile.ts';
import { WantedEnvironment } from '../../../lib/domain/request.ts';
import * as room from '../../../lib/domain/room.ts';
import { type Baseline, RunDocument } from '../../../lib/domain/run.ts';
import { bytesOf } from '../../../lib/domain/size.ts';
import { fitPlan, withinReach } from '../../../lib/remedies/fit.ts';
import { plansUntil } from '../../../lib/remedies/planner.ts';
import { composeReport } from '../../../lib/report/compose.ts';
import { fitReport } from '../../../lib/report/fit.ts';
import { compareConfiguration } from '../../../lib/target/compare.ts';
import { fitBaseline } from '../../../lib/target/fit.ts';

const LIMIT = 262_144;
const AT = '2026-11-20T03:00:00.000Z';
const ARN = `arn:aws:apprunner:ap-southeast-2:123456789012:service/${'s'.repeat(40)}/${'0'.repeat(32)}`;
const long = (many: number) => 'a sentence — which is long; '.repeat(Math.ceil(many / 28)).slice(0, many);
const times = <T>(many: number, make: (at: number) => T): T[] => Array.from({ length: many }, (_, at) => make(at));

/** Grows a text until the whole has so many bytes. */
function upTo<T>(size: number, make: (padding: string) => T): T {
  const one = make('x'.repeat(size - bytesOf(make(''))));
  expect(bytesOf(one)).toBe(size);
  return one;
}

const rules = (padding: string) =>
  times(100, (at) => ({
    name: `NAME_${at}`,
    oneOf: times(10, (n) => `${padding.slice((at * 10 + n) * 20, (at * 10 + n + 1) * 20)}.`),
  }));
const profileOf = (padding: string) => ({
  service: 's'.repeat(40),
  dependencies: times(50, (at) => ({
    name: `dependency ${at} ${'d'.repeat(40)}`.slice(0, 64),
    address: '203.0.113.1',
  })),
  environment: rules(padding),
});

const finding = (at: number, status: Finding['status']): Finding => ({
  id: `egress:dependency ${at} ${'d'.repeat(40)}`,
  check: 'egress',
  subject: `dependency ${at} ${'d'.repeat(40)}`,
  status,
  ...(status === 'broken' && { cause: 'no-route' as const }),
  because: long(400),
  evidence: times(10, () => long(300)),
  paths: times(6, () => ({
    subnetId: 'subnet-0123456789abcdef0',
    status: 'broken',
    hops: times(8, () => ({ kind: 'route-table', id: 'rtb-0123456789abcdef0', status: 'broken', because: long(200) })),
  })),
});
const result = (at: number): ProbeResult =>
  briefResult({
    name: 'n'.repeat(40),
    label: 'l'.repeat(80),
    ok: false,
    sent: true,
    status: 500,
    seconds: at + 0.123456,
    because: long(900),
    at: AT,
  });
const results = times(12, result);

const diagnosis: Diagnosis = {
  findings: times(300, (at) => finding(at, at % 3 === 0 ? 'ok' : at % 3 === 1 ? 'broken' : 'unknown')),
  causes: times(200, (at) => ({
    cause: 'no-route',
    subject: `dependency ${at} ${'d'.repeat(40)}`,
    because: long(400),
    supportedBy: times(4, (n) => `probes:${n} ${'p'.repeat(40)}`),
    contradictedBy: [],
  })),
  gaps: times(200, (at) => ({ check: 'environment', subject: `NAME_${at}`, because: long(400) })),
  probes: results,
  healthy: false,
  at: AT,
};

const step = (padding: string): Step => ({
  remedy: 'set-environment',
  title: 'Set variables',
  target: ARN,
  changes: [padding],
  undo: 'put them back',
  fixes: [],
  monthlyCostUsd: 0,
  minutes: 10,
  redeploys: true,
  security: 'none',
  affects: [],
  warnings: [],
  stage: 1,
  details: {},
});
const steps = upTo(room.STEPS, (padding) => [step(padding)]);
const option = (at: number): Option => ({
  remedy: 'manual',
  title: `${at} ${long(3000)}`,
  blocked: true,
  because: long(3000),
  fixes: times(50, () => 'd'.repeat(64)),
  monthlyCostUsd: 1,
  minutes: 1,
  redeploys: false,
  security: long(500),
  reversible: true,
  preconditions: times(60, () => ({ what: long(100), met: 'no', because: long(400) })),
  affects: times(100, () => 'n'.repeat(64)),
  warnings: times(20, () => long(400)),
  byHand: times(100, () => long(300)),
});
const planAfter = (earlier: Plan | undefined, options = times(20, option)): Plan => ({
  round: earlier ? earlier.round + 1 : 1,
  hash: '0'.repeat(64),
  options,
  steps,
  now: 1,
  approvedBefore: false,
  because: long(20_000),
  at: AT,
  earlier: plansUntil(earlier),
});
const [one, two, three] = [1, 2, 3].reduce<Plan[]>((plans) => [...plans, fitPlan(planAfter(plans.at(-1)))], []);

const configuration = (prefix: string): Baseline['configuration'] => {
  const names = times(2000, (at) => `${prefix}_${'N'.repeat(60)}_${at}`);
  return {
    status: 'RUNNING',
    source: `${'0'.repeat(12)}.dkr.ecr.ap-southeast-2.amazonaws.com/${'r'.repeat(256)}:${'t'.repeat(128)}`,
    egress: { type: 'VPC', vpcConnectorArn: `${ARN}/1/${'0'.repeat(32)}` },
    publiclyAccessible: true,
    ipAddressType: 'DUAL_STACK',
    instanceRoleArn: `arn:aws:iam::123456789012:role/${'r'.repeat(64)}`,
    environmentIsVisible: true,
    environmentNames: names,
    secretNames: names,
    environment: Object.fromEntries(names.map((name) => [name, '0'.repeat(16)])),
    fingerprint: '0'.repeat(64),
  };
};

const fits = fitDiagnosis(diagnosis, room.DIAGNOSIS);
const failed = (characters: number) => ({ Error: 'States.TaskFailed', Cause: '"'.repeat(characters) });

/** Everything that a run may carry at once. */
const carried = (more: Partial<RunDocument>): RunDocument =>
  RunDocument.parse({
    run: 'r'.repeat(80),
    startedAt: AT,
    request: {
      mode: 'repair',
      requestedBy: 'b'.repeat(128),
      reason: 'r'.repeat(500),
      environment: upTo(room.WANTED, (padding) => ({
        variables: {},
        secrets: Object.fromEntries(times(8, (at) => [`NAME_${at}`, `s${padding.slice(at * 1200, (at + 1) * 1200)}`])),
      })),
    },
    service: { name: 's'.repeat(40), arn: ARN, id: '0'.repeat(32), url: `https://${'u'.repeat(200)}` },
    profile: upTo(room.PROFILE, (padding) => Profile.parse(profileOf(padding))),
    patience: { approval: 86_400, untilReminder: 57_600, afterReminder: 28_800, delivery: 7200 },
    lock: { run: 'r'.repeat(80), requestedBy: 'b'.repeat(128), since: AT, because: long(200) },
    idle: { state: 'idle', because: long(200) },
    baseline: { ...fitBaseline({ configuration: configuration('A'), at: AT }), probes: results },
    diagnosis: fits,
    first: fits,
    plan: three,
    approval: { decision: 'approved', by: 'b'.repeat(128), planHash: '0'.repeat(64), because: long(300), at: AT },
    cursor: { round: 3, index: 1, count: 1 },
    current: { step: steps[0], place: { run: 'r'.repeat(80), service: 's'.repeat(40), round: 3, index: 0 } },
    step: { state: 'done', operationId: '0'.repeat(36), because: long(300), at: AT },
    operation: { state: 'succeeded', status: 'SUCCEEDED', because: long(300), at: AT },
    proof: {
      configuration: {
        ok: false,
        items: compareConfiguration(configuration('A'), configuration('B'), [
          { environment: configuration('C').environmentNames },
        ]),
        at: AT,
      },
      probes: {
        state: 'failed',
        proves: false,
        findings: fitFindings(results.map(probeFinding), room.BRANCH.probes),
        results,
      },
      egress: { findings: fitFindings(diagnosis.findings, room.PICTURE) },
      delivery: { status: 'confirmed', by: 'b'.repeat(128), verification: results[0], at: AT },
    },
    undo: { state: 'going', changed: true, because: long(500), at: AT },
    outcome: { verdict: 'not-recovered', keepLock: false },
    ...more,
  } satisfies Record<string, unknown>);

describe('the document of a run at its fullest', () => {
  it('stays below what Step Functions carries in the third round', () => {
    const document = carried({ failure: failed(4000), unlock: failed(4000), unforgotten: failed(4000) });
    expect(bytesOf(document)).toBeLessThan(LIMIT - 8000);
  });

  it('stays below it where the second diagnosis fails, and its whole cause is written down', () => {
    const document = carried({ plan: two, failure: failed(32_768) });
    expect(bytesOf(document)).toBeLessThan(LIMIT - 4000);
  });

  it('has room for all branches of a diagnosis', () => {
    const { profile, probed = results } = carried({});
    const branches = Object.values(room.BRANCH).reduce((sum, size) => sum + size, 0);
    expect(branches + 2 * bytesOf(results) + bytesOf(profile) + bytesOf(probed) + 3000).toBeLessThan(LIMIT - 4000);
  });

  it('makes a report that fits, whatever is put back from the table', () => {
    const document = carried({ diagnosis, first: diagnosis, plan: planAfter(three) });
    const report = composeReport(document, [], AT);
    const stored = fitReport(report, room.REPORT_IN_TABLE, 'nowhere');
    const output = fitReport(stored, room.REPORT_IN_OUTPUT, 'in the table');
    expect(bytesOf(stored)).toBeLessThanOrEqual(room.REPORT_IN_TABLE);
    expect(bytesOf(output)).toBeLessThanOrEqual(room.REPORT_IN_OUTPUT);
    expect(output.cut?.at(-1)).toMatch(/: in the table$/);
    expect(output.plan.steps).toEqual(report.plan.steps);
  });
});

describe('what is refused', () => {
  it('is a profile that is larger than a run can carry, with both numbers in the sentence', () => {
    const large = profileOf('x'.repeat(40_000));
    expect(JSON.stringify(Profile.safeParse(large).error?.issues)).toContain(`may have ${room.PROFILE} bytes`);
  });

  it('is an environment that is', () => {
    const variables = Object.fromEntries(times(5, (at) => [`NAME_${at}`, 'x '.repeat(1000)]));
    expect(JSON.stringify(WantedEnvironment.safeParse({ variables }).error?.issues)).toContain(`${room.WANTED} bytes`);
  });

  it('is a plan whose steps are, and nothing of it is done', () => {
    const tooLarge = withinReach({ ...planAfter(undefined), steps: [...steps, ...steps] });
    expect(tooLarge).toMatchObject({ hash: null, steps: [], now: 0 });
    expect(tooLarge.because).toMatch(/too large for one run: \d+ bytes, and it carries 16000/);
  });
});

describe('what is cut', () => {
  it('is nothing while all fits', () => {
    const small = { ...diagnosis, findings: [finding(1, 'broken')], causes: [], gaps: [], probes: [] };
    expect(fitDiagnosis(small, room.DIAGNOSIS)).toEqual({ ...small, cut: [] });
    const plan = { ...planAfter(undefined, []), because: 'short' };
    expect(fitPlan(plan)).toBe(plan);
    expect(one?.cut).toHaveLength(2);
  });

  it('is told, and causes keep their order', () => {
    expect(fits.causes.length).toBeGreaterThan(5);
    expect(fits.causes.map(({ subject }) => subject)).toEqual(
      diagnosis.causes.slice(0, fits.causes.length).map(({ subject }) => subject),
    );
    expect(fits.cut).toEqual([
      `and ${200 - fits.causes.length} more causes`,
      `and ${200 - fits.gaps.length} more gaps`,
      'the findings here are not in full; all 300 are in the report',
    ]);
  });

  it('never makes what is not ok look ok, and never takes more room than there is', () => {
    const some = fc.array(fc.tuple(fc.nat(500), fc.constantFrom('ok', 'broken', 'unknown')), { maxLength: 60 });
    fc.assert(
      fc.property(some, fc.integer({ min: 1000, max: 20_000 }), (list, size) => {
        const all = list.map(([at, status]) => finding(at, status));
        const kept = fitFindings(all, size);
        const bad = (findings: readonly Finding[]) => findings.some(({ status }) => status !== 'ok');
        expect(bytesOf(kept)).toBeLessThanOrEqual(size);
        expect(bad(kept)).toBe(bad(all));
      }),
      { numRuns: 50 },
    );
  });
});
