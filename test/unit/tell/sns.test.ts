import { describe, expect, it } from 'vitest';
import { Announcement } from '../../../lib/domain/announcement.ts';
import { mailOf, publish } from '../../../lib/tell/sns.ts';
import { plan } from '../report/incident.ts';

const about = { run: 'r1', service: 'shop' };
const causes = [{ cause: 'no-route', subject: 'twilio', because: 'no way out', supportedBy: [], contradictedBy: [] }];
const ALL: readonly unknown[] = [
  { kind: 'began', ...about, mode: 'repair', requestedBy: 'maria' },
  { kind: 'diagnosed', ...about, healthy: false, causes, gaps: [], probes: [] },
  { kind: 'asked', ...about, requestedBy: 'maria', causes, plan, expiresAt: '2026-01-01T12:30:00Z', question: 'q' },
  { kind: 'reminded', ...about, plan, expiresAt: '2026-01-01T12:30:00Z', question: 'q' },
  { kind: 'decided', ...about, approval: { decision: 'approved', planHash: 'h', because: 'kim approved', at: 'now' } },
  { kind: 'progressed', ...about, what: 'step 1 of 1 is in place' },
  { kind: 'delivery-asked', ...about, ask: 'Has it arrived? 📱', expiresAt: 'soon', question: 'q', takesCode: true },
  { kind: 'finished', ...about, verdict: 'stuck', summary: 'shop: stuck', nextSteps: ['call somebody'] },
  { kind: 'swept', findings: [{ service: 'shop', subject: 's3', because: 'no route' }], at: '2026-01-01T12:00:00Z' },
  { kind: 'died', ...about, status: 'ABORTED', because: 'the run was stopped; +15555550118 was told' },
];

describe('every announcement can go by mail', () => {
  it('and there is none of which that is not tried', () => {
    const kinds = Announcement.def.options.map((option) => option.def.shape.kind.def.values[0]);
    expect(ALL.map((one) => Announcement.parse(one).kind).sort()).toEqual([...kinds].sort());
  });
  it.each(ALL.map((one) => Announcement.parse(one)))('$kind', async (announcement) => {
    const sent: { Subject?: string; Message?: string }[] = [];
    const client = { send: async (command: { input: object }) => sent.push(command.input) } as never;
    await publish(client, 'arn:topic', mailOf(announcement));
    expect(sent[0]?.Subject).toMatch(/^reconnect: [\x20-\x7e]{1,88}$/);
    expect(sent[0]?.Message).not.toMatch(/undefined|\[object|15555550118/);
    if (announcement.kind !== 'swept') expect(`${sent[0]?.Subject}${sent[0]?.Message}`).toMatch(/r1/);
  });
});

it('cuts a subject short where SNS would refuse it, and keeps secrets out of it', async () => {
  const sent: { Subject?: string }[] = [];
  const client = { send: async (command: { input: object }) => sent.push(command.input) } as never;
  const ask = `Has +15555550118 got it? ${'x'.repeat(475)}`;
  await publish(client, 'arn:topic', mailOf(Announcement.parse({ ...(ALL[6] as object), ask })));
  expect(sent[0]?.Subject).toHaveLength(99);
  expect(sent[0]?.Subject).not.toContain('5555550118');
});

it('keeps secrets out of the last word', () => {
  const last = { ...(ALL[7] as object), summary: 'password=hunter2', nextSteps: ['call +15555550118'] };
  expect(mailOf(Announcement.parse(last)).message).not.toMatch(/hunter2|5555550118/);
});

it('says what to do where a run is stuck', () => {
  const stuck = mailOf(Announcement.parse(ALL[7]));
  expect(stuck.subject).toBe('reconnect: ACT NOW: shop stuck');
  expect(stuck.message).toContain('- call somebody');
});

it('holds the plan that nobody is asked about', () => {
  const planned = { ...about, kind: 'finished', verdict: 'planned', summary: 'a plan', nextSteps: [], plan } as const;
  const { message } = mailOf(Announcement.parse(planned));
  expect(message).toContain(`A repair would:\n- ${plan.steps[0]?.title}`);
  expect(message).toContain(`way back: ${plan.steps[0]?.undo}`);
});
