import { describe, expect, it } from 'vitest';
import type { Asked } from '../../../../lib/checks/providers/http.ts';
import { judgeMessagingHealth } from '../../../../lib/checks/providers/messaging-health.ts';

const provider = (name: unknown, priority: unknown, is_healthy: unknown) => ({ name, priority, is_healthy });
const sms = (...sms_providers: unknown[]): Asked => ({ status: 200, body: { sms_providers } });
const judge = (asked: Asked) => {
  const [finding] = judgeMessagingHealth(asked, ['sms']);
  if (!finding) throw new Error('no finding');
  return finding;
};

const SNS = provider('AWSSNSProvider', 'PRIMARY', true);
const SNS_DOWN = provider('AWSSNSProvider', 'PRIMARY', false);
const TWILIO = provider('TwilioSMSProvider', 'SECONDARY', true);
const TWILIO_DOWN = provider('TwilioSMSProvider', 'SECONDARY', false);
const CONSOLE = provider('ConsoleSMSProvider', 'FALLBACK', true);

describe('providers of one kind', () => {
  it.each<[string, Asked, string, RegExp]>([
    ['a healthy PRIMARY', sms(SNS, CONSOLE), 'ok', /PRIMARY SMS provider, AWSSNSProvider, is healthy/],
    ['a healthy PRIMARY in small letters', sms(provider('SNS', 'primary', true)), 'ok', /SNS/],
    ['a healthy PRIMARY by number', sms(provider('SNS', 1, true)), 'ok', /SNS/],
    ['one healthy PRIMARY of two', sms(SNS_DOWN, provider('Vonage', 'PRIMARY', true)), 'ok', /Vonage/],
    ['a healthy PRIMARY beside rubbish', sms(null, 'x', 7, {}, SNS), 'ok', /AWSSNSProvider/],
    ['only the console', sms(SNS_DOWN, TWILIO_DOWN, CONSOLE), 'broken', /only healthy.*Console.*not healthy: AWSSNS/],
    ['a stub', sms(SNS_DOWN, provider('StubSms', 'FALLBACK', true)), 'broken', /StubSms, which sends nothing/],
    ['a logger', sms(SNS_DOWN, provider('LoggingSender', 'FALLBACK', true)), 'broken', /LoggingSender/],
    ['a PRIMARY that is the console', sms(provider('ConsoleSMSProvider', 'PRIMARY', true)), 'broken', /Console/],
    [
      'a PRIMARY console beside a healthy fallback',
      sms(provider('ConsoleSMSProvider', 'PRIMARY', true), TWILIO),
      'broken',
      /the PRIMARY SMS provider is ConsoleSMSProvider/,
    ],
    [
      'a fallback that sends',
      sms(SNS_DOWN, TWILIO, CONSOLE),
      'broken',
      /no PRIMARY.*TwilioSMSProvider.* sends instead/,
    ],
    ['nobody healthy', sms(SNS_DOWN, TWILIO_DOWN), 'broken', /no other is healthy either/],
    [
      'nobody healthy, without priorities',
      sms(provider('A', undefined, false)),
      'broken',
      /no other is healthy either/,
    ],
    ['fallbacks only', sms(TWILIO), 'broken', /no PRIMARY/],
    ['no provider at all', sms(), 'broken', /no SMS provider at all/],
    ['no priorities', sms(provider('SNS', undefined, true)), 'unknown', /does not say which/],
    ['health not said', sms(provider('SNS', 'PRIMARY', 'fine'), CONSOLE), 'unknown', /does not say whether/],
    ['no such list', { status: 200, body: { email_providers: [] } }, 'unknown', /HTTP 200 without a list of SMS/],
    ['a list that is none', { status: 200, body: { sms_providers: 'x' } }, 'unknown', /without a list/],
    ['not found', { status: 404, body: { detail: 'canary' } }, 'unknown', /HTTP 404/],
    ['no JSON', { status: 200, body: undefined }, 'unknown', /without a list/],
    ['silence', { unanswered: 'no answer within 10 s' }, 'unknown', /no answer within 10 s/],
  ])('%s', (_, asked, status, because) => {
    const finding = judge(asked);
    expect(finding).toMatchObject({ id: 'providers:sms-providers', subject: 'sms-providers', status, evidence: [] });
    expect(finding.cause).toBe(status === 'broken' ? 'fallback-in-use' : undefined);
    expect(finding.because).toMatch(because);
    expect(finding.because).not.toContain('canary');
  });

  it('reads the answer of an unhealthy service too', () => {
    expect(judge({ status: 503, body: { sms_providers: [SNS_DOWN, CONSOLE] } }).status).toBe('broken');
  });

  it('repeats only what looks like a name', () => {
    for (const name of ['+15555550118', 'https://user:canary-password@host', 'a\ncanary', '', 7]) {
      const { because } = judge(sms(provider(name, 'PRIMARY', false), provider('AC'.padEnd(34, '0'), 'x', true)));
      expect(because).not.toMatch(/canary|5555550118|0000000000/);
      expect(because).toContain('one without a plain name');
    }
  });
});

describe('kinds', () => {
  const both: Asked = {
    status: 200,
    body: { sms_providers: [SNS], email_providers: [provider('SES', 'PRIMARY', false)] },
  };
  const subjects = (asked: Asked, kinds?: ('sms' | 'email')[]) =>
    judgeMessagingHealth(asked, kinds).map(({ subject, status }) => `${subject} ${status}`);

  it('are those that were declared', () => {
    expect(subjects(both, ['email'])).toEqual(['email-providers broken']);
    expect(subjects(sms(SNS), ['sms', 'email'])).toEqual(['sms-providers ok', 'email-providers unknown']);
  });

  it('are those that the answer lists when none was declared', () => {
    expect(subjects(both)).toEqual(['sms-providers ok', 'email-providers broken']);
    expect(subjects({ status: 200, body: { sms_providers: [SNS], email_providers: [] } })).toEqual([
      'sms-providers ok',
    ]);
  });

  it('are both unknown when the answer lists nothing', () => {
    expect(subjects({ unanswered: 'ECONNREFUSED' })).toEqual(['sms-providers unknown', 'email-providers unknown']);
    expect(subjects(sms())).toEqual(['sms-providers unknown', 'email-providers unknown']);
  });
});
