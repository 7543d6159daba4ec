import { describe, expect, it } from 'vitest';
import type { Asked } from '../../../../lib/checks/providers/http.ts';
import {
  type Alerts,
  judgeAccount,
  judgeAlerts,
  judgeVerifyService,
} from '../../../../lib/checks/providers/twilio-answers.ts';

const refused = (status: number, code?: number): Asked => ({
  status,
  body: code === undefined ? {} : { code, message: 'canary-message', more_info: 'canary-link', status },
});
const account = (body: object): Asked => ({
  status: 200,
  body: { sid: 'canary-sid', friendly_name: 'canary-name', ...body },
});
const SILENCE: Asked = { unanswered: 'ETIMEDOUT' };

describe('the account', () => {
  it.each<[string, Asked, boolean, string, string | undefined, RegExp]>([
    ['active', account({ status: 'active', type: 'Full' }), false, 'ok', undefined, /active; asked from here.*nothing/],
    ['active on trial', account({ status: 'active', type: 'Trial' }), false, 'ok', undefined, /trial account/],
    ['active, shown to a main key', account({ status: 'active' }), true, 'ok', undefined, /active/],
    ['suspended', account({ status: 'suspended' }), false, 'broken', 'provider-suspended', /suspended/],
    ['closed', account({ status: 'closed' }), false, 'broken', 'provider-suspended', /closed/],
    ['suspended, shown to a key', account({ status: 'suspended' }), true, 'broken', 'provider-suspended', /suspended/],
    ['in a status nobody knows', account({ status: 'canary' }), false, 'unknown', undefined, /known here/],
    ['answered without a status', account({}), false, 'unknown', undefined, /known here/],
    ['answered with no JSON', { status: 200, body: undefined }, false, 'unknown', undefined, /known here/],
    ['401', refused(401), false, 'broken', 'credentials-rejected', /HTTP 401/],
    ['20003', refused(401, 20003), false, 'broken', 'credentials-rejected', /20003/],
    ['20003 under 403', refused(403, 20003), false, 'broken', 'credentials-rejected', /20003/],
    ['401 to an API key', refused(401, 20003), true, 'unknown', undefined, /standard API key/],
    ['403 to an API key', refused(403), true, 'unknown', undefined, /standard API key/],
    ['404 to an API key', refused(404, 20404), true, 'unknown', undefined, /standard API key/],
    ['10001', refused(403, 10001), false, 'broken', 'provider-suspended', /not active.*10001/],
    ['10001 to an API key', refused(403, 10001), true, 'broken', 'provider-suspended', /10001/],
    ['20005', refused(401, 20005), false, 'broken', 'provider-suspended', /20005/],
    ['403', refused(403), false, 'unknown', undefined, /HTTP 403/],
    ['404', refused(404, 20404), false, 'broken', 'provider-resource-missing', /20404/],
    ['20429', refused(429, 20429), false, 'unknown', undefined, /rate limited/],
    ['429 without an error', refused(429), false, 'unknown', undefined, /rate limited/],
    ['60203', refused(429, 60203), false, 'unknown', undefined, /single user.*no outage/],
    ['60212', refused(429, 60212), false, 'unknown', undefined, /single user.*no outage/],
    ['503', refused(503), false, 'unknown', undefined, /HTTP 503/],
    ['a redirect', refused(302), false, 'unknown', undefined, /HTTP 302/],
    ['silence', SILENCE, false, 'unknown', undefined, /could not reach Twilio from here: ETIMEDOUT/],
  ])('%s', (_, asked, apiKey, status, cause, because) => {
    const verdict = judgeAccount(asked, { apiKey });
    expect([verdict.status, verdict.cause]).toEqual([status, cause]);
    expect(verdict.because).toMatch(because);
    expect(verdict.because).not.toContain('canary');
  });
});

describe('the Verify service', () => {
  it.each<[string, Asked, string, string | undefined, RegExp]>([
    ['there', { status: 200, body: { sid: 'canary' } }, 'ok', undefined, /asked from here.*nothing/],
    ['404', refused(404), 'broken', 'provider-resource-missing', /HTTP 404/],
    ['20404', refused(404, 20404), 'broken', 'provider-resource-missing', /20404/],
    ['401', refused(401, 20003), 'broken', 'credentials-rejected', /20003/],
    ['an account that is not active', refused(403, 10001), 'broken', 'provider-suspended', /10001/],
    ['403', refused(403), 'unknown', undefined, /HTTP 403/],
    ['20429', refused(429, 20429), 'unknown', undefined, /rate limited/],
    ['60203', refused(429, 60203), 'unknown', undefined, /no outage/],
    ['60212', refused(429, 60212), 'unknown', undefined, /no outage/],
    ['500', refused(500), 'unknown', undefined, /HTTP 500/],
    ['silence', SILENCE, 'unknown', undefined, /could not reach Twilio from here/],
  ])('%s', (_, asked, status, cause, because) => {
    const verdict = judgeVerifyService(asked);
    expect([verdict.status, verdict.cause]).toEqual([status, cause]);
    expect(verdict.because).toMatch(because);
    expect(verdict.because).not.toContain('canary');
  });
});

describe('alerts', () => {
  const many = (count: number, code: string) => Array.from({ length: count }, () => code);

  it.each<[string, Alerts, string, RegExp]>([
    ['none', { codes: [], complete: true }, 'ok', /no error in the last hour: if .*time out.*do not reach Twilio/],
    ['one', { codes: ['20003'], complete: true }, 'ok', /logged 1 error in.*: 1 × 20003 \(credentials rejected\)$/],
    [
      'several, most frequent first',
      { codes: ['60203', ...many(12, '20003'), '30003'], complete: true },
      'ok',
      /14 errors.*: 12 × 20003 \(credentials rejected\), 1 × 30003, 1 × 60203 \(limit of a single user, no outage\)$/,
    ],
    ['more than were read', { codes: many(1000, '30003'), complete: false }, 'ok', /at least 1000 errors/],
    ['without a number', { codes: ['canary +15555550118', ''], complete: true }, 'ok', /: 2 × without a number$/],
    [
      'of many kinds',
      { codes: ['30001', '30002', '30003', '30004', '30005', '30006', '30007'], complete: true },
      'ok',
      /1 × 30005 and 2 more kinds$/,
    ],
    ['refused', { refused: refused(401, 20003) }, 'unknown', /20003/],
    ['not active', { refused: refused(403, 10001) }, 'unknown', /10001/],
    ['rate limited', { refused: refused(429, 20429) }, 'unknown', /rate limited/],
    ['no list', { refused: { status: 200, body: {} } }, 'unknown', /not with a list/],
    ['silence', { refused: SILENCE }, 'unknown', /could not reach Twilio from here/],
  ])('%s', (_, alerts, status, because) => {
    const verdict = judgeAlerts(alerts);
    expect([verdict.status, verdict.cause]).toEqual([status, undefined]);
    expect(verdict.because).toMatch(because);
    expect(verdict.because).not.toMatch(/canary|5555550118/);
  });
});
