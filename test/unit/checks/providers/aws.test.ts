import { describe, expect, it } from 'vitest';
import type { Looked } from '../../../../lib/checks/providers/look.ts';
import { askSes, type IdentityState, judgeSesAccount, judgeSesIdentity } from '../../../../lib/checks/providers/ses.ts';
import { askSns, judgeSns } from '../../../../lib/checks/providers/sns.ts';

const denied = (action: string) => ({ unanswered: `${action} is not allowed (AccessDeniedException)` });
const limit = (value?: string): Looked<Record<string, string>> => ({
  value: value === undefined ? {} : { MonthlySpendLimit: value },
});

/** A client that answers by the name of the command, and throws what is an error. */
const client = (answers: Record<string, unknown>) => () => ({
  send: async (command: object) => {
    const answer = answers[command.constructor.name];
    if (answer instanceof Error) throw answer;
    return answer as never;
  },
});
const failure = (name: string) => Object.assign(new Error('canary-arn canary@example.com'), { name });

describe('SNS', () => {
  it.each<[string, Looked<boolean | undefined>, Looked<Record<string, string>>, string, string | undefined, RegExp]>([
    ['out of the sandbox', { value: false }, limit('50'), 'ok', undefined, /out of the sandbox.*USD 50 a month/],
    ['without a limit', { value: false }, limit(), 'ok', undefined, /no spend limit is set.*USD 1 a month/],
    ['in the sandbox', { value: true }, limit('50'), 'broken', 'provider-suspended', /only verified numbers receive/],
    [
      'in the sandbox, attributes denied',
      { value: true },
      denied('sns:GetSMSAttributes'),
      'broken',
      'provider-suspended',
      /sandbox/,
    ],
    ['a limit of 0', { value: false }, limit('0'), 'broken', 'provider-suspended', /spend limit for SMS is 0/],
    [
      'a limit of 0, sandbox denied',
      denied('sns:GetSMSSandboxAccountStatus'),
      limit('0'),
      'broken',
      'provider-suspended',
      /is 0/,
    ],
    [
      'sandbox denied',
      denied('sns:GetSMSSandboxAccountStatus'),
      limit('50'),
      'unknown',
      undefined,
      /sns:GetSMSSandboxAccountStatus is not allowed/,
    ],
    [
      'attributes denied',
      { value: false },
      denied('sns:GetSMSAttributes'),
      'unknown',
      undefined,
      /out of the sandbox; .*sns:GetSMSAttributes is not allowed/,
    ],
    ['sandbox not said', { value: undefined }, limit('50'), 'unknown', undefined, /does not say/],
  ])('%s', (_, inSandbox, attributes, status, cause, because) => {
    const verdict = judgeSns({ inSandbox, attributes });
    expect([verdict.status, verdict.cause]).toEqual([status, cause]);
    expect(verdict.because).toMatch(because);
  });

  it('names the action that was denied, and nothing of the message', async () => {
    const sns = client({
      GetSMSSandboxAccountStatusCommand: failure('AuthorizationErrorException'),
      GetSMSAttributesCommand: { attributes: {} },
    });
    const [finding] = await askSns(sns);
    expect(finding).toMatchObject({
      id: 'providers:sns-sms',
      check: 'providers',
      subject: 'sns-sms',
      status: 'unknown',
    });
    expect(finding?.because).toContain('sns:GetSMSSandboxAccountStatus is not allowed (AuthorizationErrorException)');
    expect(JSON.stringify(finding)).not.toContain('canary');
  });
});

describe('SES', () => {
  const may = { SendingEnabled: true, ProductionAccessEnabled: true, EnforcementStatus: 'HEALTHY' };
  it.each<[string, Parameters<typeof judgeSesAccount>[0], string, string | undefined, RegExp]>([
    ['may send', { value: may }, 'ok', undefined, /out of the sandbox/],
    ['on probation', { value: { ...may, EnforcementStatus: 'PROBATION' } }, 'ok', undefined, /probation/],
    ['shut down', { value: { ...may, EnforcementStatus: 'SHUTDOWN' } }, 'broken', 'provider-suspended', /SHUTDOWN/],
    ['switched off', { value: { ...may, SendingEnabled: false } }, 'broken', 'provider-suspended', /switched off/],
    [
      'in the sandbox',
      { value: { ...may, ProductionAccessEnabled: false } },
      'broken',
      'provider-suspended',
      /sandbox/,
    ],
    ['nothing said', { value: {} }, 'unknown', undefined, /does not say/],
    ['denied', denied('ses:GetAccount'), 'unknown', undefined, /ses:GetAccount is not allowed/],
  ])('account: %s', (_, looked, status, cause, because) => {
    const verdict = judgeSesAccount(looked);
    expect([verdict.status, verdict.cause]).toEqual([status, cause]);
    expect(verdict.because).toMatch(because);
  });

  it.each<[string, Looked<IdentityState>, string, string | undefined, RegExp]>([
    ['verified', { value: 'verified' }, 'ok', undefined, /is verified/],
    ['not verified', { value: 'unverified' }, 'broken', 'provider-resource-missing', /not verified/],
    ['missing', { value: 'missing' }, 'broken', 'provider-resource-missing', /no such identity/],
    ['nothing said', { value: undefined }, 'unknown', undefined, /does not say/],
    ['denied', denied('ses:GetEmailIdentity'), 'unknown', undefined, /ses:GetEmailIdentity is not allowed/],
  ])('identity: %s', (_, looked, status, cause, because) => {
    const verdict = judgeSesIdentity(looked);
    expect([verdict.status, verdict.cause]).toEqual([status, cause]);
    expect(verdict.because).toMatch(because);
  });

  it('asks about the identity only when the profile names one, and never repeats it', async () => {
    const answers = { GetAccountCommand: may, GetEmailIdentityCommand: failure('NotFoundException') };
    expect((await askSes({}, client(answers))).map(({ subject }) => subject)).toEqual(['ses-account']);
    const findings = await askSes({ identity: 'canary@example.com' }, client(answers));
    expect(findings.map(({ subject, status }) => `${subject} ${status}`)).toEqual([
      'ses-account ok',
      'ses-identity broken',
    ]);
    expect(JSON.stringify(findings)).not.toMatch(/canary|example/);
  });

  it('lets the account stand when the identity cannot be looked at', async () => {
    const answers = { GetAccountCommand: may, GetEmailIdentityCommand: failure('TooManyRequestsException') };
    const findings = await askSes({ identity: 'canary@example.com' }, client(answers));
    expect(findings.map(({ status }) => status)).toEqual(['ok', 'unknown']);
    expect(findings[1]?.because).toContain('ses:GetEmailIdentity was not answered (TooManyRequestsException)');
    expect(JSON.stringify(findings)).not.toMatch(/canary|example/);
  });
});
