import { describe, expect, it } from 'vitest';
import type { Change } from '../../../lib/domain/change.ts';
import type { NamedCause } from '../../../lib/domain/diagnosis.ts';
import type { Finding } from '../../../lib/domain/finding.ts';
import type { Plan } from '../../../lib/domain/plan.ts';
import { Profile } from '../../../lib/domain/profile.ts';
import type { Verdict } from '../../../lib/domain/report.ts';
import type { RunDocument } from '../../../lib/domain/run.ts';
import { toHtml } from '../../../lib/report/html.ts';
import { toMarkdown } from '../../../lib/report/markdown.ts';
import { nextSteps } from '../../../lib/report/next-steps.ts';
import { timeline } from '../../../lib/report/timeline.ts';
import { FIXTURES } from './fixtures.ts';
import { ARN, at, plan } from './incident.ts';
import { byHand, natGateway } from './repairs.ts';
import { planOfTwoStages, twoRounds } from './rounds.ts';
import { seen } from './seen.ts';

const cause = (name: NamedCause['cause'], subject: string, supportedBy: string[]): NamedCause => ({
  cause: name,
  subject,
  because: `${subject} is broken`,
  supportedBy,
  contradictedBy: [],
});

function documentOf(more: { plan?: Plan; causes?: NamedCause[]; egress?: Finding[] } & Partial<RunDocument> = {}) {
  const { causes = [], egress, ...rest } = more;
  const document: RunDocument = {
    run: 'r-1',
    startedAt: at(0),
    request: { mode: 'repair', requestedBy: 'maria', environment: { variables: {}, secrets: {} } },
    service: { name: 'shop', arn: ARN, id: '1', url: '' },
    profile: Profile.parse({ service: 'shop', dependencies: [] }),
    patience: { approval: 1800, untilReminder: 0, afterReminder: 0, delivery: 600 },
    diagnosis: { findings: [], causes, gaps: [], probes: [], healthy: false, at: at(1) },
    proof: egress ? { egress: { findings: egress } } : {},
    ...rest,
  };
  return document;
}
const done = { cursor: { round: 1, index: 1, count: 1 } };
const toDo = (verdict: Verdict, document: RunDocument, changes: readonly Change[] = []) =>
  nextSteps(verdict, document, changes);

describe('next steps', () => {
  it('give the whole command, with what was asked for', () => {
    const request = {
      mode: 'plan' as const,
      requestedBy: 'maria',
      environment: { variables: { MODE: 'real' }, secrets: {} },
    };
    const [only, ...others] = toDo('planned', documentOf({ plan, request }));
    expect(only).toContain(
      'aws stepfunctions start-execution --region us-east-1 --state-machine-arn arn:aws:states:us-east-1:123456789012:stateMachine:reconnect --input',
    );
    expect(only).toContain('"environment":{"variables":{"MODE":"real"}}');
    expect(others).toEqual([]);
  });

  const made = {
    number: 1,
    remedy: 'redeploy',
    kind: 'deployment',
    state: 'made',
    target: 'x',
    what: '',
    undo: '',
    at: at(2),
  };
  const changed = (kind: Change['kind'], state: Change['state'] = 'made') => ({ ...made, kind, state }) as Change;
  const probes = { state: 'failed', proves: false, findings: [], results: [], check: 'probes' } as never;

  it.each([
    ['a door that stayed shut', { proof: { probes } }, 'egress', [/users still cannot get through/, /log group/]],
    ['a repair that broke off before its door was tried', {}, 'nat-gateway', [/not tried since.*"mode":"diagnose"/]],
  ] as const)('after %s say no more than is known', (_, more, kind, said) => {
    const steps = toDo('not-recovered', documentOf({ ...more, plan }), [changed(kind, 'undone')]);
    for (const [index, pattern] of said.entries()) expect(steps[index]).toMatch(pattern);
    expect(steps.some((step) => step.includes('log group'))).toBe(kind === 'egress');
    expect(steps.some((step) => step.includes('still cannot'))).toBe('proof' in more);
  });

  it('offer a way back after a repair that has one', () => {
    const offered = toDo('recovered', documentOf({ plan }), [changed('deployment'), changed('egress')]);
    expect(offered.at(-1)).toBe('To take it back later: reconnect undo r-1');
    expect(toDo('recovered', documentOf({ plan }), [changed('deployment')])).toEqual([]);
  });

  it('name no way by hand beside a plan that was chosen', () => {
    const document = documentOf({ plan: { ...plan, options: [...plan.options, ...byHand] } });
    expect(toDo('planned', document).join()).not.toContain('network team');
    expect(toDo('declined', document).join()).not.toContain('network team');
  });

  const [ask] = byHand;
  const nothing = documentOf({ plan: { ...plan, hash: null, steps: [], now: 0, options: [natGateway, ...byHand] } });

  it('say each way by hand once, with its steps beneath', () => {
    const steps = toDo('needs-human', nothing);
    expect(steps.filter((step) => step.includes('network team'))).toEqual([`By hand: ${ask?.title}`]);
    expect(steps[1]).toMatch(/^ {3}1\. add a route/);
    expect(toDo('not-recovered', nothing)).toContain(`Instead, by hand: ${ask?.title}`);
  });

  it('say what is not known where there is nothing else to say', () => {
    const because = 'Whether mail can be reached is not known. The NAT gateway nat-1 is being made';
    const findings = [
      { id: 'egress:mail', check: 'egress', subject: 'mail', status: 'unknown', because, evidence: [] },
    ];
    const base = documentOf({ plan: { ...plan, hash: null, steps: [], now: 0, options: [] } });
    const diagnosis = { ...base.diagnosis, findings, causes: [] } as unknown as RunDocument['diagnosis'];
    const [first, second, ...rest] = toDo('needs-human', { ...base, diagnosis });
    expect(first).toBe(`${because}.`);
    expect(second).toMatch(/^Then look again: .*"mode":"diagnose"/);
    expect(rest).toEqual([]);
    expect(toDo('needs-human', { ...nothing, diagnosis })).not.toContain(first);
  });

  it('are a list within a list in Markdown and HTML, with commands as code', () => {
    const nextOnes = ['By hand: this', '   1. say: aws ec2 do-it --now <you>', '   2. then that', 'Read on.'];
    const report = { ...FIXTURES['needs-human'], nextSteps: nextOnes };
    expect(toMarkdown(report)).toContain(
      '1. By hand: this\n   1. say: `aws ec2 do-it --now <you>`\n   2. then that\n2. Read on.',
    );
    expect(toHtml(report)).toContain('<ol class="hand"><li>say: <code>aws ec2 do-it --now &lt;you&gt;</code></li>');
    expect(seen(toHtml(report))).toContain('By hand: this say: aws ec2 do-it');
  });

  it('after a repair that is not proved, say in one line what the way back takes, and what keeps costing', () => {
    const change = {
      remedy: 'add-nat-gateway',
      state: 'made',
      kind: 'route',
      target: 'x',
      what: 'y',
      at: at(2),
    } as const;
    const changes = ['delete the gateway', 'put the route back'].map((undo, index) => ({
      ...change,
      undo,
      number: index,
    }));
    const [step] = plan.steps;
    if (!step) throw new Error('a step expected');
    const steps = [{ ...step, remedy: 'add-nat-gateway' as const, monthlyCostUsd: 36.5 }];
    const told = toDo('needs-human', documentOf({ plan: { ...plan, steps }, ...done }), changes);
    expect(told).toHaveLength(3);
    expect(told[1]).toBe(
      'If it does not work, take it back (delete the gateway; put the route back): reconnect undo r-1',
    );
    expect(told[2]).toContain('$36.50 a month keep running');
  });
});

describe('after a recovery', () => {
  const [step] = plan.steps;
  if (!step) throw new Error('a step expected');
  const redeployed: Plan = {
    ...plan,
    steps: [{ ...step, remedy: 'redeploy', redeploys: true, fixes: ['otp'] }],
    options: byHand.map((option) => ({ ...option, fixes: ['twilio-account'] })),
  };
  const left = (causes: NamedCause[], more: Parameters<typeof documentOf>[0] = {}) =>
    toDo('recovered', documentOf({ plan: redeployed, causes, ...done, ...more }));

  it('tells what is still broken, and how to mend it', () => {
    const steps = left([
      cause('stale-deployment', 'SMS', ['deployment:SMS']),
      cause('credentials-rejected', 'twilio-account', ['providers:twilio-account']),
      cause('fallback-in-use', 'sms', ['providers:sms']),
    ]);
    expect(steps[0]).toContain('twilio-account is broken (credentials-rejected, twilio-account)');
    expect(steps[1]).toMatch(/^By hand: /);
    expect(steps.join()).not.toMatch(/SMS is broken|sms is broken/);
  });

  it('says nothing of what the repair mended', () => {
    const no = cause('no-route', 'twilio', ['egress:twilio']);
    const way = (status: Finding['status']): Finding[] => [
      { id: 'egress:twilio', check: 'egress', subject: 'twilio', status, because: '', evidence: [] },
    ];
    expect(left([no], { egress: way('ok') })).toEqual([]);
    expect(left([no], { egress: way('broken') })[0]).toContain('What to do: give the subnets a way out');
    expect(left([cause('no-route', 'otp', ['egress:otp'])])).toEqual([]);
    expect(left([cause('credentials-rejected', 'log', ['logs:credentials'])])).toEqual([]);
    expect(left([cause('stale-deployment', 'image', ['deployment:image'])])).toHaveLength(1);
    expect(left([cause('environment-missing', 'MODE', ['environment:MODE'])])).toHaveLength(1);
  });
});

describe('the timeline', () => {
  it('of two rounds is in order, with the plan that was approved', () => {
    const document = documentOf({
      plan: twoRounds.plan,
      ...(twoRounds.approval && { approval: twoRounds.approval }),
      step: { state: 'done', because: '', at: at(325) },
    });
    const told = timeline(document, [], at(400));
    expect(told.map(({ what }) => what)).toEqual(['started', 'detected', 'planned', 'approved', 'applied', 'ended']);
    expect(told[2]?.at).toBe(planOfTwoStages.at);
  });
});
