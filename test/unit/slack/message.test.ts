import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { startCommand } from '../../../lib/domain/start-command.ts';
import { context, section } from '../../../lib/slack/blocks.ts';
import { messageOf } from '../../../lib/slack/message.ts';
import { unsaidOf } from '../../../lib/slack/plan-thread.ts';
import { replyTo } from '../../../lib/slack/replies.ts';
import { partOf } from '../../../lib/slack/story.ts';
import { told } from '../../../lib/slack/text.ts';
import { lengthOfTexts, MOST_TEXT, problemsOf } from '../../../sandbox/slack/blocks.ts';
import {
  AT,
  about,
  anyAnnouncement,
  anyService,
  asked,
  decided,
  deliveryAsked,
  finished,
  HASH,
  option,
  plan,
  step,
  storyOf,
} from './story.ts';

type Json = Record<string, unknown>;
const shown = (...announcements: Parameters<typeof storyOf>) => JSON.stringify(messageOf(storyOf(...announcements)));
const buttons = (...announcements: Parameters<typeof storyOf>) =>
  messageOf(storyOf(...announcements))
    .blocks.filter(({ type }) => type === 'actions')
    .flatMap(({ elements }) => elements as Json[]);

describe('the message of a run', () => {
  it('asks for approval with the price in the dialog and nothing but an id in the button', () => {
    const [approve, decline] = buttons(asked());
    expect(approve).toMatchObject({ action_id: 'approve', value: 'question-1' });
    expect(decline).toMatchObject({ action_id: 'decline', value: 'question-1' });
    const { confirm } = approve as { confirm: { text: { text: string } } };
    expect(confirm.text.text).toContain('Add a NAT gateway');
    expect(confirm.text.text).toContain('Adds 36.50 USD a month');
    expect(confirm.text.text).toContain(HASH.slice(0, 12));
  });

  it('shows cost, minutes and risk of each step', () => {
    const text = shown(asked());
    expect(text).toContain('36.50 USD a month');
    expect(text).toContain('5 min');
    expect(text).toContain('the subnets reach the whole internet');
    expect(text).toContain('Use default egress');
  });

  const warnings = ['billed', 'policies', 'names', 'zones', 'routes'].map(
    (word) => `${`${word} `.repeat(40)}end of ${word}`,
  );
  const undo = `${'take it back '.repeat(25)}and let go of its address`;

  it('holds each warning and the way back to their last word, each warning on a line of its own', () => {
    const careful = asked({ plan: plan({ steps: [step({ warnings, undo })] }) });
    const text = shown(careful);
    for (const warning of warnings) expect(text).toContain(`\\n• ${warning}`);
    expect(text).toContain(undo);
    expect(unsaidOf(careful.plan, messageOf(storyOf(careful)))).toEqual([]);
  });

  it('says at the end of a long reason what stays broken', () => {
    const because = `${'a long reason '.repeat(60)}; stays broken, a person first: database (security-group-denies)`;
    expect(shown(asked({ plan: plan({ because }) }))).toContain('a person first: database (security-group-denies)');
  });

  it('gives up what was weighed and each single change before it gives up a warning', () => {
    const steps = Array.from({ length: 5 }, (_, n) =>
      step({
        title: `Step ${n}`,
        warnings: warnings.map((one) => `${n} ${one}`),
        changes: Array(4).fill('c'.repeat(200)),
      }),
    );
    const others = Array.from({ length: 4 }, (_, n) =>
      option({ remedy: 'redeploy', title: `Other ${n}`, because: 'o'.repeat(200) }),
    );
    const careful = asked({ plan: plan({ steps, options: [option(), ...others] }) });
    const message = messageOf(storyOf(careful));
    expect(unsaidOf(careful.plan, message)).toEqual([]);
    expect(JSON.stringify(message)).not.toMatch(/Also weighed|ccc/);
  });

  it('names the warnings that do not fit, for the thread to hold them', () => {
    const many = Array.from({ length: 30 }, (_, n) => `${n} ${'w'.repeat(300)} end of ${n}`);
    const careful = asked({ plan: plan({ steps: [step({ warnings: many })] }) });
    const message = messageOf(storyOf(careful));
    expect(JSON.stringify(message)).toMatch(/… and \d+ more, in the thread/);
    const [whole = ''] = unsaidOf(careful.plan, message);
    expect(whole).toContain('*1. Add a NAT gateway*');
    for (const n of many.keys()) expect(unsaidOf(careful.plan, message).join()).toContain(`end of ${n}`);
    expect(Math.max(...unsaidOf(careful.plan, message).map(({ length }) => length))).toBeLessThanOrEqual(4000);
  });

  it('says what the later steps would add', () => {
    const two = plan({ steps: [step(), step({ title: 'Another', monthlyCostUsd: 10 })], now: 1 });
    expect(shown(asked({ plan: two }))).toContain('up to 46.50 USD if all steps are needed');
    expect(shown(asked({ plan: two }))).toContain('only if the door still does not answer');
  });

  it('loses its buttons with the decision, and says whose it was', () => {
    expect(buttons(asked(), decided())).toEqual([]);
    expect(shown(asked(), decided())).toContain('<@U0APPROVER>');
  });

  it('has buttons for a plan that was not decided on, whatever was decided before', () => {
    const again = asked({ plan: plan({ round: 2, hash: 'b'.repeat(64) }), question: 'question-9' });
    expect(buttons(asked(), decided(), again)[0]).toMatchObject({ value: 'question-9' });
    expect(buttons(asked(), decided({ planHash: 'c'.repeat(64) }))).toHaveLength(2);
  });

  it('asks whether it arrived until the run has gone on', () => {
    expect(buttons(deliveryAsked).map(({ action_id }) => action_id)).toEqual(['confirm-yes', 'confirm-no']);
    expect(buttons(deliveryAsked, { kind: 'progressed', ...about, what: 'confirmed' })).toEqual([]);
    expect(buttons(deliveryAsked, finished)).toEqual([]);
  });

  it('names what is asked about a delivery where a phone shows one line', () => {
    expect(messageOf(storyOf(deliveryAsked)).text).toBe('nerava-backend: Did the SMS arrive?');
  });

  it('never has a button once the run is over', () => {
    expect(buttons(asked(), finished)).toEqual([]);
    expect(buttons(asked(), { kind: 'died', ...about, status: 'TIMED_OUT', because: 'it took too long' })).toEqual([]);
  });

  it('says of a run that was not let in that it was not started, and why, aloud to nobody', () => {
    const because = 'nerava-backend is taken: run r2, started by sam, has had it since noon';
    const refused = { kind: 'died', ...about, status: 'FAILED', because, refused: true } as const;
    expect(messageOf(storyOf(refused)).text).toBe(`nerava-backend: not started: ${because}`);
    expect(shown(refused)).not.toMatch(/ended early|FAILED/);
    expect(replyTo(partOf(refused, AT), false)).toEqual({ text: `Not started: ${because}`, loud: false });
    const died = { kind: 'died', ...about, status: 'FAILED', because: 'it broke' } as const;
    expect(replyTo(partOf(died, AT), false)).toMatchObject({ loud: true });
  });

  const named = { supportedBy: [], contradictedBy: [] };
  const diagnosed = {
    kind: 'diagnosed',
    ...about,
    healthy: false,
    causes: [{ cause: 'no-route', subject: 'twilio', because: 'no route leads there', ...named }],
    gaps: [{ check: 'logs', subject: 'application log', because: 'access denied' }],
    probes: [
      { name: 'otp', label: 'OTP start', ok: false, seconds: 30, sent: true, because: '504', at: AT },
      { name: 'health', label: 'Health', ok: true, seconds: 1, sent: true, because: '200', at: AT },
    ],
  } as const satisfies Parameters<typeof partOf>[0];
  const linesOf = (announcement: Parameters<typeof partOf>[0]) => {
    const { name, part } = partOf(announcement, AT);
    return name === 'diagnosed' ? part.lines : [];
  };
  const door = 'At its door 1 of 2 fail: OTP start; could not look at application log.';

  it('tells a diagnosis in three lines', () => {
    expect(linesOf(diagnosed)).toEqual(['no-route (twilio)', 'no route leads there', door]);
  });

  it('says of each of several causes what it was seen on and why, of three at most', () => {
    const smtp = { cause: 'no-route', subject: 'smtp-relay', because: 'nothing leads to 25', ...named } as const;
    const stub = { cause: 'stub-provider', subject: 'SMS', because: 'it is set to stub', ...named } as const;
    const two = linesOf({ ...diagnosed, causes: [...diagnosed.causes, smtp] });
    expect(two).toEqual([
      'no-route (twilio): no route leads there',
      'no-route (smtp-relay): nothing leads to 25',
      door,
    ]);
    const five = linesOf({ ...diagnosed, causes: [...diagnosed.causes, smtp, stub, stub, smtp] });
    expect(five.slice(2)).toEqual([
      'stub-provider (SMS): it is set to stub',
      'and stub-provider (SMS), no-route (smtp-relay)',
      door,
    ]);
  });

  it('shows a plan that nobody is asked about, without buttons', () => {
    const planned = { ...finished, verdict: 'planned', plan: plan() } as const;
    const text = shown(planned);
    expect(text).toContain('*1. Add a NAT gateway*');
    expect(text).toContain('36.50 USD a month');
    expect(text).toContain('delete it again');
    expect(buttons(planned)).toEqual([]);
    expect(replyTo(partOf(planned, AT), false)?.text).toContain('Adds 36.50 USD a month');
  });

  it('shows no plan at the end of a run that was not asked for one', () => {
    expect(shown({ ...finished, plan: plan() })).not.toContain('Add a NAT gateway');
    expect(shown({ ...finished, verdict: 'planned', plan: null })).toContain('Plan ready');
  });

  const start = (wish = {}) =>
    `Read the plan. To carry it out: ${startCommand({ name: 'nerava-backend', arn: 'arn:aws:apprunner:us-east-1:1:service/nerava-backend/1' }, wish)}`;

  it('says what to do next in commands of Slack', () => {
    const undo = 'If it does not work, take it back (put egress back): reconnect undo r-1';
    const text = shown({
      ...finished,
      verdict: 'needs-human',
      nextSteps: [start(), start({ mode: 'diagnose' }), undo],
    });
    expect(text).toContain('To carry it out: `/reconnect repair nerava-backend`');
    expect(text).toContain('`/reconnect diagnose nerava-backend`');
    expect(text).toContain('(put egress back): `/reconnect undo r-1`');
    expect(text).not.toMatch(/aws stepfunctions|[^/]reconnect undo/);
    const because = 'it took nothing back; try again: reconnect undo r-0';
    expect(shown({ kind: 'died', ...about, status: 'FAILED', because })).toContain('try again: `/reconnect undo r-0`');
  });

  it('sends to the report for a command that asks for more than Slack can, rather than cut it', () => {
    const asked = start({ environment: { variables: { MODE: 'real' } } });
    expect(shown({ ...finished, nextSteps: [asked] })).toContain('the command in the report');
  });

  it('says how many next steps there is no room for', () => {
    const nextSteps = Array.from({ length: 14 }, (_, index) => `step ${index + 1} of them.`);
    expect(shown({ ...finished, nextSteps })).toMatch(/step 12 of them.*and 2 more in the report/);
    expect(shown({ ...finished, nextSteps: nextSteps.slice(0, 12) })).not.toContain('more in the report');
  });

  it('takes the risks from the steps, which are never cut', () => {
    const options = [option({ security: 'cut…', affects: [] })];
    const whole = asked({
      plan: plan({ options, steps: [step({ security: 'tcp/22 to all', affects: ['billing'] })] }),
    });
    expect(shown(whole)).toMatch(/tcp\/22 to all.*billing/);
  });

  it('says how a repair that works is taken back', () => {
    const nextSteps = [`To take it back later: reconnect undo ${about.run}`];
    expect(shown({ ...finished, nextSteps })).toContain(`\`/reconnect undo ${about.run}\``);
    expect(shown(finished)).not.toContain('/reconnect undo');
  });

  it('links to the report', () => {
    const message = messageOf(storyOf(finished), 'https://reports.example/r?a=1&b=2');
    expect(JSON.stringify(message.blocks)).toContain('<https://reports.example/r?a=1&amp;b=2|Report>');
  });

  it('holds neither phone numbers nor codes nor secrets', () => {
    const leaky = 'SMS to +15555550118 failed, your code is 493817, password=hunter2';
    const text = shown(
      asked({ plan: plan({ because: leaky, steps: [step({ title: leaky, changes: [leaky], undo: leaky })] }) }),
      { kind: 'progressed', ...about, what: leaky },
      { ...deliveryAsked, ask: leaky },
    );
    for (const secret of ['5555550118', '493817', 'hunter2']) expect(text).not.toContain(secret);
  });

  it('keeps the price whole where the step speaks of SMS and codes', () => {
    const sms = plan({ steps: [step({ title: 'Set SMS code sender', monthlyCostUsd: 1234 })], options: [option()] });
    expect(shown(asked({ plan: sms }))).toContain('Adds 1234 USD a month');
  });

  it('gives up details before it gives up being sent, and never the buttons', () => {
    const long = '&'.repeat(4000);
    const steps = Array.from({ length: 40 }, (_, n) =>
      step({ title: `${n} ${long}`, changes: Array(9).fill(long), undo: long }),
    );
    const options = [
      option({ security: long }),
      ...Array(9).fill(option({ remedy: 'redeploy', title: long, because: long })),
    ];
    const huge = storyOf(
      asked({ plan: plan({ steps, options, because: long, now: 20 }) }),
      { ...deliveryAsked, ask: long },
      decided({ planHash: 'c'.repeat(64), because: long }),
    );
    const { blocks } = messageOf(huge);
    expect(problemsOf(blocks, 'message')).toEqual([]);
    expect(lengthOfTexts(blocks)).toBeLessThanOrEqual(MOST_TEXT);
    expect(JSON.stringify(blocks)).toContain('more steps: the report has all of them');
    expect(JSON.stringify(blocks)).toContain('"approve"');
    const single = [
      section('x'.repeat(5000), Array(20).fill('y'.repeat(5000))),
      context('z'.repeat(5000)),
      section(''),
    ];
    expect(problemsOf(single, 'message')).toEqual([]);
  });

  it('is within every limit of Slack, however large and hostile the story', () => {
    fc.assert(
      fc.property(fc.array(anyAnnouncement, { maxLength: 9 }), anyService, (announcements, service) => {
        const story = { ...storyOf(...announcements), service: told(service, 80) };
        const { text, blocks } = messageOf(story, `https://reports.example/${'r'.repeat(200)}`);
        expect(problemsOf(blocks, 'message')).toEqual([]);
        expect(lengthOfTexts(blocks)).toBeLessThanOrEqual(MOST_TEXT);
        expect(text.length).toBeLessThan(300);
        expect(JSON.stringify(story).length).toBeLessThan(100_000);
      }),
      { numRuns: 120 },
    );
  });

  it('lets nothing from outside become a mention, a link or half an entity', () => {
    const ours = /<!date\^\d+\^\{date_short_pretty\} \{time\}\|[^<>|]*>|<@[UW][A-Z0-9]+>/g;
    fc.assert(
      fc.property(fc.array(anyAnnouncement, { maxLength: 9 }), (announcements) => {
        const story = storyOf(...announcements);
        const message = messageOf(story);
        const texts = [...JSON.stringify(message.blocks).matchAll(/"mrkdwn","text":"((?:[^"\\]|\\.)*)"/g)].map(
          ([, text = '']) => text,
        );
        const [planned] = announcements.flatMap((one) => ('plan' in one && one.plan ? [one.plan] : []));
        const replies = [
          ...announcements.map((one) => replyTo(partOf(one, AT), false)?.text ?? ''),
          ...(planned ? unsaidOf(planned, message) : []),
        ];
        for (const text of [...texts, ...replies]) {
          expect(text.replace(ours, '')).not.toMatch(/[<>]/);
          expect(text).not.toMatch(/&(?!amp;|lt;|gt;)/);
          expect(text).not.toMatch(/[\ud800-\udbff](?![\udc00-\udfff])/);
        }
      }),
      { numRuns: 40 },
    );
  });
});
