import { describe, expect, it } from 'vitest';
import { code, linked, text } from '../../../lib/report/markdown/text.ts';
import { toMarkdown } from '../../../lib/report/markdown.ts';
import { FIXTURES, REPORTS } from './fixtures.ts';
import { HOSTILE, prefixed } from './hostile.ts';

const ALL = REPORTS;
const page = (name: keyof typeof FIXTURES) => toMarkdown(FIXTURES[name]);
const unescaped = (sign: string, row: string) => row.split(new RegExp(`(?<!\\\\)\\${sign}`)).length - 1;

const FENCED = /^```.*?^```/gms;

/** What makes a line what it is in Markdown, without its words. */
const shape = (markdown: string) =>
  markdown
    .replace(FENCED, (fence) => fence.replace(/[|]/g, ' '))
    .split('\n')
    .map((row) => [
      /^\s*(#+ |\||- |\d+\. |```|---)?/.exec(row)?.[0],
      row === '',
      unescaped('`', row),
      unescaped('|', row),
    ]);

describe('toMarkdown', () => {
  it('says what this copy leaves out, and nothing of it where it is whole', () => {
    const cut = ['the evidence of findings: in the stored report'];
    expect(toMarkdown({ ...FIXTURES.recovered, cut })).toContain(
      '## Left out of this copy\n\n- the evidence of findings: in the stored report',
    );
    expect(page('recovered')).not.toContain('Left out');
  });

  it('reads the verdict first, then what happened', () => {
    expect(page('recovered')).toMatch(/^# ✔ Recovered: nerava-backend\n\nnerava-backend: repaired, and proved/);
    expect(page('recovered')).toContain('recovery time **10 min 42 s** · started 2025-11-20 03:04:05 UTC');
  });

  it.each(['needs-human', 'declined', 'not-recovered', 'stuck'] as const)('leads with what to do now: %s', (name) => {
    const [first] = page(name).split('\n## ');
    expect(first).toContain(`**What to do now**\n\n1. ${FIXTURES[name].nextSteps[0]}`);
    expect(toMarkdown({ ...FIXTURES[name], nextSteps: [] })).toMatch(/\*\*What to do now\*\*\n\n1\. \S+ \S+/);
  });

  it('draws the path as indented text, the broken hop marked', () => {
    const [, drawing = ''] = page('recovered').split('```');
    expect(drawing).toContain('BEFORE  ✘ broken\n  2 subnets, the same path:\n  ● nerava-backend\n');
    expect(drawing.match(/.*BROKEN HERE/g)).toEqual(['  ✘ route table  rtb-0ma1n00000000001  ◀── BROKEN HERE']);
    expect(drawing).toContain('○ destination  verify.twilio.com:443  not reached');
    expect(drawing).toMatch(/AFTER {2}✔ ok\n {2}● nerava-backend/);
    expect(page('recovered')).toContain('**to database**: ✔ ok → ✔ ok');
  });

  it('adds the destination when the path ends before it', () => {
    const { proof } = FIXTURES.recovered;
    const cut = proof?.pathsBefore.map((traced) => ({
      ...traced,
      paths: traced.paths.map((path) => ({ ...path, hops: path.hops.slice(0, -1) })),
    }));
    expect(toMarkdown({ ...FIXTURES.recovered, proof: proof && { ...proof, pathsBefore: cut ?? [] } })).toContain(
      '○ twilio  not reached',
    );
  });

  it('says why an option is blocked and which precondition is not met', () => {
    expect(page('needs-human')).toMatch(/\| `use-default-egress` +\| ✘ blocked +\|/);
    expect(page('needs-human')).toContain('blocked, because it would cut off what is private: nerava-db');
    expect(page('needs-human')).toContain(
      '  - ✘ database can be reached without the VPC: nerava-db is not publicly accessible',
    );
  });

  it('tells who decided, what was changed, and how it stands', () => {
    expect(page('recovered')).toContain('**Approved** by **jonas** at 03:06:24 UTC');
    expect(page('planned')).toContain('Nobody was asked to approve.');
    expect(page('healthy')).toContain('## Changes\n\nNone. This run changed nothing.');
    expect(page('healthy')).toContain('## Gaps\n\nNone.');
    expect(page('not-recovered')).toContain(
      '**egress VPC → DEFAULT**: ↩ undone (begun at 03:06:26, undone at 03:12:37)',
    );
    expect(page('stuck')).toContain('! made, **not undone**');
  });

  it('compares the probes and ticks the checklist', () => {
    expect(page('recovered')).toContain(
      '| OTP sent  | ✘ no answer, 45 s, at 03:04:12 | ✔ HTTP 200, 1.8 s, at 03:13:52 |',
    );
    expect(page('not-recovered')).toContain(
      '- ✔ egress updated\n- ✘ new deployment SUCCEEDED\n- – egress is DEFAULT (not reached)',
    );
  });

  it('leaves sections without content away', () => {
    for (const title of ['Cause', 'The plan', 'Follow-ups']) expect(page('healthy')).not.toContain(`## ${title}`);
  });

  it.each(ALL)('keeps its lines and tables whatever the values say: %s', (_name, report) => {
    const hostile = toMarkdown(prefixed(report, HOSTILE));
    expect(shape(hostile)).toEqual(shape(toMarkdown(prefixed(report, 'calm '))));
  });

  it.each(ALL)('lets no markup, call or control character through: %s', (_name, report) => {
    const prose = toMarkdown(prefixed(report, HOSTILE, true))
      .replace(FENCED, '')
      .replace(/(?<!\\)`[^`\n]*`/g, '')
      .replace(/<https:\/\/[^\s<>|`"]+>/g, '');
    expect(prose).not.toMatch(/<[a-z!/]/i);
    expect(prose).not.toMatch(/(?<!\\)\[e\]/);
    expect(prose).not.toMatch(/(?!\n)[\p{Bidi_Control}\p{Cc}]/u);
  });
});

describe('text', () => {
  it.each([
    ['TWILIO_AUTH_TOKEN', 'TWILIO_AUTH_TOKEN'],
    ['_so_', '\\_so\\_'],
    ['# no', '\\# no'],
    ['1. no', '1\\. no'],
    ['- no', '\\- no'],
    ['> no', '&gt; no'],
    ['(< 30 s)', '(< 30 s)'],
    ['a | b', 'a \\| b'],
    ['a\n\nb', 'a b'],
    ['<!here>', '&lt;!here>'],
  ])('shows %j as it is', (value, expected) => expect(text(value)).toBe(expected));

  it('makes links of https addresses only, and escapes what stands around them', () => {
    expect(linked('see *this*: https://example.org/a_b?c=*d*. Or http://x.org')).toBe(
      'see \\*this\\*: <https://example.org/a_b?c=*d*>. Or http://x.org',
    );
    expect(linked('<https://a.org/"|>')).toBe('<<https://a.org/>"\\|>');
  });

  it('keeps code in its backticks', () => expect(code('a`b|c\n<!here>')).toBe('`aʹb¦c ‹!here>`'));
});
