import { describe, expect, it } from 'vitest';
import { PALETTES } from '../../../lib/report/html/style.ts';
import { toHtml } from '../../../lib/report/html.ts';
import { FIXTURES, REPORTS } from './fixtures.ts';
import { HOSTILE, prefixed } from './hostile.ts';
import { SUBNETS } from './incident.ts';
import { seen } from './seen.ts';

const ALL = REPORTS;

const page = (name: keyof typeof FIXTURES) => seen(toHtml(FIXTURES[name]));
/** Markup without the values that attributes carry on behalf of the report. */
const markup = (html: string) =>
  (html.match(/<[^>]*>/g) ?? []).map((tag) => tag.replace(/ (title|datetime|x|width)="[^"]*"/g, ' $1')).join('\n');

describe('the page', () => {
  it('says what this copy leaves out, and nothing of it where it is whole', () => {
    const cut = ['the evidence of findings: in the stored report'];
    const whole = FIXTURES.recovered;
    expect(seen(toHtml({ ...whole, cut }))).toMatch(
      /Left out of this copy\s+the evidence of findings: in the stored report/,
    );
    expect(page('recovered')).not.toContain('Left out');
  });

  it.each(ALL)('needs nothing but itself: %s', (_name, report) => {
    const html = toHtml(report);
    expect(html).not.toMatch(/<(script|link|img|iframe|object|base)\b/i);
    expect(html).not.toMatch(/\s(src|style|on\w+)=/i);
    expect(html).not.toMatch(/url\(|@import/);
    expect(html).not.toMatch(/href="(?!#|https:\/\/[^"]*" rel="noreferrer")/);
    expect(html).toContain('default-src &#39;none&#39;');
  });

  it.each(ALL)('has headings that skip no level and links that lead somewhere: %s', (_name, report) => {
    const html = toHtml(report);
    const levels = [...html.matchAll(/<h([1-6])/g)].map(([, level]) => Number(level));
    expect(levels[0]).toBe(1);
    levels.slice(1).forEach((level, index) => {
      expect(level).toBeLessThanOrEqual((levels[index] ?? 0) + 1);
      expect(level).toBeGreaterThan(1);
    });
    const ids = [...html.matchAll(/\sid="([^"]*)"/g)].map(([, id]) => id);
    expect(new Set(ids).size).toBe(ids.length);
    for (const [, target] of html.matchAll(/href="#([^"]*)"/g)) expect(ids).toContain(target);
  });

  it.each(ALL)('says the status in words wherever it says it in colour: %s', (_name, report) => {
    for (const [badge] of toHtml(report).matchAll(/<span class="badge.*?<\/span>[^<]*<\/span>/g))
      expect(seen(badge)).toMatch(/\S+ [a-z]{2,}/);
  });

  it.each(Object.entries(PALETTES))('keeps the contrast of WCAG AA: %s', (_name, palette) => {
    const { ground, card, text, muted, link } = palette;
    const tones = (['good', 'bad', 'warn', 'info', 'plain'] as const).flatMap((tone): [string, string][] => [
      [palette[tone], ground],
      [palette[tone], card],
      [palette[tone], palette[`${tone}-tint`]],
      [card, palette[tone]],
      [text, palette[`${tone}-tint`]],
    ]);
    const plain = [text, muted, link].flatMap((ink): [string, string][] =>
      [ground, card, palette['info-tint']].map((on) => [ink, on]),
    );
    for (const [ink, on] of [...tones, ...plain])
      expect(contrast(ink, on), `${ink} on ${on}`).toBeGreaterThanOrEqual(4.5);
  });
});

describe('what the reader sees', () => {
  it('reads the verdict first, then what happened', () => {
    const text = page('recovered');
    expect(text).toMatch(/nerava-backend ✔ Recovered nerava-backend: repaired, and proved/);
    expect(text).toContain('Recovery time 10 min 42 s');
    expect(text).not.toContain('What to do now');
  });

  it.each(['needs-human', 'declined', 'not-recovered', 'stuck'] as const)('leads with what to do now: %s', (name) => {
    const text = page(name);
    expect(text.indexOf('What to do now')).toBeGreaterThan(0);
    expect(text.indexOf('What to do now')).toBeLessThan(text.indexOf('Started'));
    for (const step of FIXTURES[name].nextSteps) expect(text).toContain(step);
  });

  it.each(['needs-human', 'declined', 'not-recovered', 'stuck'] as const)(
    'knows what to do even when the run does not say: %s',
    (name) => {
      expect(seen(toHtml({ ...FIXTURES[name], nextSteps: [] }))).toMatch(/What to do now \S+ \S+/);
    },
  );

  it('marks the broken hop, and says that what lies behind it was not reached', () => {
    const html = toHtml(FIXTURES.recovered);
    const broken = [...html.matchAll(/<li class="hop bad breaks">.*?<\/li>/gs)].map(([hop]) => seen(hop));
    expect(broken).toHaveLength(1);
    expect(broken[0]).toMatch(/route table ◀ broken here rtb-0ma1n00000000001/);
    expect(seen(html)).toMatch(/destination not reached verify\.twilio\.com:443/);
  });

  it('draws before and after, and folds the subnets that share a path', () => {
    const text = page('recovered');
    expect(text).toMatch(/Before ✘ broken 2 subnets, the same path .* After ✔ ok/);
    for (const subnet of SUBNETS) expect(text.split(subnet)).toHaveLength(3);
  });

  it('keeps the way that is fine closed, the broken one open', () => {
    const ways = [...toHtml(FIXTURES.recovered).matchAll(/<details class="way"( open)?>\s*<summary><h3>to (\w+)/g)];
    expect(ways.map(([, open, name]) => [name, open !== undefined])).toEqual([
      ['twilio', true],
      ['database', false],
    ]);
  });

  it('draws the paths of the findings when there is no proof', () => {
    expect(seen(toHtml({ ...FIXTURES.planned, proof: null }))).toMatch(/As found ✘ broken .*broken here/);
  });

  it('says why an option is blocked and which precondition is not met', () => {
    const text = page('needs-human');
    expect(text).toMatch(
      /✘ blocked use-default-egress it would cut off what is private: nerava-db is not publicly accessible/,
    );
    expect(text).toMatch(/✘ database can be reached without the VPC not met nerava-db/);
    expect(text).not.toContain('Chosen steps');
  });

  it('shows the plan short, the whole hash on the element, and who approved when', () => {
    const { hash } = FIXTURES.recovered.plan;
    expect(toHtml(FIXTURES.recovered)).toContain(`<code title="${hash}">${hash?.slice(0, 12)}</code>`);
    expect(page('recovered')).toContain('Approved by jonas at 03:06:24 UTC: the database is public, go');
    expect(page('declined')).toContain('Declined by jonas at 03:06:24 UTC: not during the load test');
    expect(page('planned')).toContain('Nobody was asked to approve');
  });

  it('tells when the decision was on another plan', () => {
    const { approval } = FIXTURES.recovered;
    const drifted = {
      ...FIXTURES.recovered,
      approval: approval && { ...approval, decision: 'drifted' as const, planHash: 'feedbeef00112233' },
    };
    expect(seen(toHtml(drifted))).toMatch(/Void, because the world changed .* on another plan: feedbeef0011/);
  });

  it('says "none" where nothing was changed and nothing left out, and leaves empty sections away', () => {
    const text = page('healthy');
    expect(text).toContain('None. This run changed nothing.');
    expect(text).toContain('None. Every check could look');
    for (const title of ['What to do now', 'The plan', 'Causes', 'Follow-ups', 'Approval'])
      expect(text).not.toContain(title);
  });

  it('shows each change with its undo and its state', () => {
    expect(page('recovered')).toMatch(/egress VPC → DEFAULT ✔ made at 03:06:26 undo put egress back to VPC/);
    expect(page('not-recovered')).toMatch(/↩ undone begun at 03:06:26 , undone at 03:12:37/);
    expect(page('stuck')).toMatch(/! made, not undone/);
  });

  it('compares the probes before and after', () => {
    expect(page('recovered')).toMatch(
      /OTP sent Before ✘ broken 45 s sent at 03:04:12 no answer within 45 s After ✔ ok 1\.8 s HTTP 200 at 03:13:52/,
    );
    expect(page('recovered')).toMatch(/✔ confirmed by jonas at 03:14:45 UTC ✔ OTP verify returns a token passed/);
  });

  it('ticks the checklist, with a dash for what was not reached', () => {
    expect(page('not-recovered')).toMatch(
      /✔ egress updated done ✘ new deployment SUCCEEDED failed – egress is DEFAULT not reached/,
    );
  });

  it('lists gaps, follow-ups and the error that ended the run', () => {
    expect(page('recovered')).toMatch(/Could not look at: TWILIO_AUTH_TOKEN/);
    expect(page('recovered')).toContain('run the database migration');
    expect(page('stuck')).toMatch(/The run ended early: UndoFailed egress could not be put back/);
  });

  it('shows the date once', () => {
    for (const [, report] of ALL) expect(seen(toHtml(report)).split('2025-11-20')).toHaveLength(2);
  });
});

describe('hostile values', () => {
  it.each(ALL)('change nothing about the markup: %s', (_name, report) => {
    expect(markup(toHtml(prefixed(report, HOSTILE)))).toBe(markup(toHtml(prefixed(report, 'calm '))));
  });

  it.each(ALL)('are escaped even where only fixed values are expected: %s', (_name, report) => {
    const html = toHtml(prefixed(report, HOSTILE, true));
    expect(html).not.toMatch(/<script|<img|<!here|onerror=alert\(1\)>/);
    expect(html).not.toMatch(/(?!\n)[\p{Bidi_Control}\p{Cc}]/u);
    for (const [tag] of html.matchAll(/<[^>]*>/g))
      expect(tag.match(/"/g)?.length ?? 0).toSatisfy((count: number) => count % 2 === 0);
  });

  it('do not reach the tables of words through the prototype', () => {
    const report = JSON.parse(
      JSON.stringify(FIXTURES.recovered).replaceAll('"broken"', '"constructor"').replace('"recovered"', '"__proto__"'),
    );
    expect(seen(toHtml(report))).not.toMatch(/function|\[object/);
  });
});

function contrast(a: string, b: string): number {
  const luminance = (colour: string) => {
    const [red = 0, green = 0, blue = 0] = [1, 3, 5].map((start) => {
      const part = Number.parseInt(colour.slice(start, start + 2), 16) / 255;
      return part <= 0.04045 ? part / 12.92 : ((part + 0.055) / 1.055) ** 2.4;
    });
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue;
  };
  const [dark = 0, bright = 0] = [luminance(a), luminance(b)].sort((x, y) => x - y);
  return (bright + 0.05) / (dark + 0.05);
}
