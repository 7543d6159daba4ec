import { describe, expect, it } from 'vitest';
import type { Report } from '../../../lib/domain/report.ts';
import { toHtml } from '../../../lib/report/html.ts';
import { toMarkdown } from '../../../lib/report/markdown.ts';
import { FIXTURES } from './fixtures.ts';
import { planOfTwoStages, twoRounds } from './rounds.ts';
import { seen } from './seen.ts';

/** A plan, a repair and the way back, in both renderings. */
const page = (report: Report) => seen(toHtml(report));
const asked: Report = { ...twoRounds, verdict: 'planned', plan: planOfTwoStages, approval: null, changes: [] };

describe('the chosen steps', () => {
  it('tell what is done now from what is done only if needed', () => {
    expect(page(asked)).toMatch(
      /Now Add a gateway .* Only if the door still does not answer Add an interface endpoint/,
    );
    expect(toHtml(asked)).toContain('<ol class="steps" start="2">');
    expect(toMarkdown(asked)).toMatch(/\*\*Now\*\*\n\n1\. \*\*Add a gateway/);
    expect(toMarkdown(asked)).toMatch(/\*\*Only if the door still does not answer\*\*\n\n2\. \*\*Add an interface/);
  });

  it('say each single change, what to mind, what works again, the price and the way back', () => {
    expect(page(asked)).toMatch(
      /Secrets Manager 7\.30 USD a month make a security group .* make an interface endpoint .* mind its names .* fixes vault on vpc-0at1as0000000001 undo delete the endpoint/,
    );
    expect(toMarkdown(asked)).toContain(
      [
        '2. **Add an interface endpoint for Secrets Manager** (7.30 USD a month)',
        '   - make a security group in vpc-0at1as0000000001 that lets 10.30.0.0/16 in on 443',
        '   - make an interface endpoint for Secrets Manager in subnet-0at1as000000001',
        '   - mind: its names resolve to private addresses in the whole of vpc-0at1as0000000001',
        '   - fixes vault',
        '   - on `vpc-0at1as0000000001`',
        '   - undo: delete the endpoint and its security group',
      ].join('\n'),
    );
  });

  it('add up what they cost a month, and say nothing when it is nothing', () => {
    const price = 'Cost a month of the chosen steps:';
    expect(page(asked)).toContain(`${price} 0 USD now, 7.30 USD if every step is needed`);
    expect(toMarkdown(asked)).toContain(`${price} **0 USD now, 7.30 USD if every step is needed**`);
    for (const text of [page(FIXTURES.recovered), toMarkdown(FIXTURES.recovered)]) expect(text).not.toContain(price);
  });
});

describe('another round', () => {
  it('follows the rounds before it', () => {
    const told = /Round 1 at 03:04:45 ?: Add a gateway endpoint for S3 ?;? only if needed: Add an interface endpoint/;
    expect(page(twoRounds)).toMatch(told);
    expect(page(twoRounds)).toMatch(
      /Hash of the plan: 4f4f4f4f4f4f .*Round 2: what was done so far helped, but not enough/,
    );
    expect(toMarkdown(twoRounds).replaceAll('**', '')).toMatch(told);
    expect(toMarkdown(twoRounds)).toMatch(
      /Hash of the plan: `4f4f4f4f4f4f`\n\n\*\*Round 2\*\*: what was done so far helped, but not enough\./,
    );
  });

  it('says which plan was approved, and that nobody was asked again', () => {
    for (const text of [page(twoRounds), toMarkdown(twoRounds)]) {
      expect(text).toMatch(/The decision was on the plan of round 1: `?4f4f4f4f4f4f/);
      expect(text).toContain('stand in a plan that was approved before');
    }
    for (const text of [page(asked), toMarkdown(asked)]) expect(text).not.toMatch(/Round \d|approved before/);
  });
});

describe('an option', () => {
  const report = FIXTURES['needs-human'];

  it('for a person is not called blocked, and tells the steps with their links', () => {
    expect(page(report)).toMatch(
      /way out ! a person has to do it manual By hand add a route .* Put nerava-backend into/,
    );
    expect(toHtml(report)).toContain('<span class="badge info">');
    expect(toHtml(report)).toContain(
      '(<a href="https://docs.aws.amazon.com/apprunner/latest/dg/network-vpc.html" rel="noreferrer">https://docs.aws.amazon.com/apprunner/latest/dg/network-vpc.html</a>).',
    );
    expect(toMarkdown(report)).toContain('| `manual` Ask the network team for a way out ');
    expect(toMarkdown(report)).toContain(
      '  - by hand:\n    1. add a route 0.0.0.0/0 to a NAT gateway in rtb-0ma1n00000000001\n    2. how: <https://docs.aws.amazon.com/vpc/latest/userguide/vpc-nat-gateway.html>\n',
    );
    expect(page(report).match(/✘ blocked/g)).toHaveLength(2);
  });

  it('says what to mind and who else feels it', () => {
    expect(page(report)).toMatch(/Mind ! traffic through it costs .* Who else feels it nerava-admin leaves by rtb-/);
    expect(toMarkdown(report)).toContain('  - mind: traffic through it costs 0.045 USD a gigabyte\n');
    expect(toMarkdown(report)).toContain('  - who else feels it: nerava-admin leaves by rtb-0ma1n00000000001 too\n');
  });

  it('is chosen by remedy and title, even when it would bring nothing back alone', () => {
    const [option] = FIXTURES.planned.plan.options;
    if (!option) throw new Error('an option expected');
    const options = [
      { ...option, blocked: true, because: 'it alone would bring nothing back' },
      { ...option, title: 'Leave otherwise' },
    ];
    const plan = { ...FIXTURES.planned.plan, options };
    expect(page({ ...FIXTURES.planned, plan })).toMatch(/✔ chosen .* Leave otherwise – possible, not chosen/);
    expect(toMarkdown({ ...FIXTURES.planned, plan })).toContain(': chosen, but it alone would bring nothing back');
  });

  it('leads to links in the next steps too', () => {
    const next = { ...report, nextSteps: ['how: https://example.org/a_b'] };
    expect(toHtml(next)).toContain('<li>how: <a href="https://example.org/a_b" rel="noreferrer">');
    expect(toMarkdown(next)).toContain('1. how: <https://example.org/a_b>');
  });
});

describe('a link in a step', () => {
  const [option] = FIXTURES['needs-human'].plan.options;
  const withStep = (step: string): Report => {
    const { plan } = FIXTURES['needs-human'];
    return { ...FIXTURES['needs-human'], plan: { ...plan, options: option ? [{ ...option, byHand: [step] }] : [] } };
  };

  it.each([
    'https://example.org/"onmouseover="x',
    "https://example.org/'onmouseover='x",
    'https://example.org/<script>',
    'https://example.org/\u001b[31m\u202e',
    'https://example.org/|<!here>`',
  ])('ends where an address ends: %j', (step) => {
    expect(toHtml(withStep(step))).toContain(
      '<a href="https://example.org/" rel="noreferrer">https://example.org/</a>',
    );
    expect(toHtml(withStep(step))).not.toMatch(/<script|(?!\n)[\p{Cc}\p{Bidi_Control}]/u);
    expect(toMarkdown(withStep(step))).toContain('    1. <https://example.org/>');
    expect(toMarkdown(withStep(step))).not.toMatch(/<script|<!here|(?<![\\`])`$|(?!\n)[\p{Cc}\p{Bidi_Control}]/u);
  });

  it.each(['javascript:alert(1)', 'http://example.org', '//example.org', 'data:text/html,x', 'https://a@example.org'])(
    'leads nowhere but to https: %s',
    (step) => {
      expect(toHtml(withStep(step))).not.toMatch(/href="(?!#)/);
      expect(toMarkdown(withStep(step))).not.toContain('1. <');
    },
  );
});

describe('a change', () => {
  it('says of what kind it was', () => {
    expect(page(twoRounds)).toMatch(/on VPC endpoint vpce-0at1as00000000s3 remedy add-gateway-endpoint/);
    expect(toMarkdown(twoRounds)).toContain('   - VPC endpoint `vpce-0at1as00000000s3`, by `add-gateway-endpoint`');
  });

  it('that was left says why, as bad news; one that was never made is none', () => {
    const html = toHtml(FIXTURES.stuck);
    expect(seen(html)).toMatch(
      /! left as it is, not taken back at .* Left, because eni-0ff1ce00000000009 of nerava-admin/,
    );
    expect(seen(html)).toMatch(/– never made at/);
    const [, , left = '', never = ''] = html.split(/<li value="/);
    expect(left).toContain('badge bad');
    expect(never).toContain('badge plain');
    expect(toMarkdown(FIXTURES.stuck)).toMatch(
      /! left as it is, not taken back \(at .*\n {3}- \*\*left, because eni-0ff1/,
    );
    expect(toMarkdown(FIXTURES.stuck)).toMatch(/– never made \(at/);
  });
});

describe('a run that takes another back', () => {
  it('ends calmly and says which run it was', () => {
    const text = page(FIXTURES.undone);
    expect(text).toMatch(/↩ Undone nerava-backend: a repair was taken back/);
    expect(text).toContain('Mode undo of run otp-egress-20251119-034405');
    expect(text).not.toContain('What to do now');
    expect(toHtml(FIXTURES.undone)).toContain('<header class="verdict info">');
    expect(toMarkdown(FIXTURES.undone)).toMatch(/^# ↩ Undone: nerava-backend\n/);
    expect(toMarkdown(FIXTURES.undone)).toContain('mode undo of run otp-egress-20251119-034405');
  });

  it('does not claim to have looked', () => {
    for (const text of [page(FIXTURES.undone), toMarkdown(FIXTURES.undone)]) {
      expect(text).toContain('this run looked at nothing');
      expect(text).not.toContain('Every check could look');
    }
  });
});

describe('a probe that could not be judged', () => {
  it('did not fail', () => {
    expect(page(twoRounds)).toMatch(/upload signed Before \? could not look 600 ms HTTP 200/);
    expect(toMarkdown(twoRounds)).toContain('? could not look: HTTP 200, 600 ms');
    expect(toMarkdown(twoRounds)).toContain('- upload signed, before: answered 200 as expected, but the log could not');
  });

  it('did not pass either, whatever else it says', () => {
    const { proof } = FIXTURES.recovered;
    const verification = proof?.delivery.verification;
    if (!proof || !verification) throw new Error('a verification expected');
    const unsure = { ...proof.delivery, verification: { ...verification, ok: true, unsure: true } };
    const report = { ...FIXTURES.recovered, proof: { ...proof, delivery: unsure } };
    expect(page(report)).toMatch(/\? OTP verify returns a token could not look/);
    expect(toMarkdown(report)).toContain('**OTP verify returns a token**: ? could not look: HTTP 200');
  });
});
