import { broken, ok, unknown, type Verdict } from './finding.ts';
import { type Answer, type Asked, property } from './http.ts';

/** The error codes of the last hour's alerts, one per alert. */
export type Alerts =
  | { readonly codes: readonly string[]; readonly complete: boolean }
  /** What the first page was answered with, if not with alerts. */
  | { readonly refused: Asked };

type Refusal = 'suspended' | 'rate-limited' | 'user-limit' | 'rejected' | 'forbidden' | 'missing' | 'other';

/** The account is not active: https://www.twilio.com/docs/api/errors/10001, https://www.twilio.com/docs/api/errors/20005 */
const INACTIVE = [10001, 20005];
/** Limits of one user or one number, HTTP 429 too: https://www.twilio.com/docs/verify/return-and-error-codes */
const USER_LIMITS = [60202, 60203, 60207, 60212];

/** Any HTTP answer proves the way from here only. */
const FROM_HERE = 'asked from here, which proves nothing about the way from the service';

const codeOf = (body: unknown): number | undefined => {
  const code = Number(property(body, 'code'));
  return Number.isInteger(code) && code >= 10_000 && code <= 99_999 ? code : undefined;
};

/** Undefined when Twilio answered what was asked. The code says more than the HTTP status. */
export function refusalOf({ status, body }: Answer): Refusal | undefined {
  if (status >= 200 && status < 300) return undefined;
  const code = codeOf(body);
  if (code !== undefined && INACTIVE.includes(code)) return 'suspended';
  if (code !== undefined && USER_LIMITS.includes(code)) return 'user-limit';
  if (status === 429 || code === 20429) return 'rate-limited';
  if (status === 401 || code === 20003) return 'rejected';
  if (status === 403) return 'forbidden';
  return status === 404 || code === 20404 ? 'missing' : 'other';
}

const shown = ({ status, body }: Answer): string => {
  const code = codeOf(body);
  return code === undefined ? `HTTP ${status}` : `HTTP ${status}, error ${code}`;
};

export function judgeAccount(asked: Asked, { apiKey }: { apiKey: boolean }): Verdict {
  if ('unanswered' in asked) return unreachable(asked.unanswered);
  const refusal = refusalOf(asked);
  if (refusal === undefined) return judgeStatus(asked.body);
  if (apiKey && ['rejected', 'forbidden', 'missing'].includes(refusal)) {
    return unknown(
      `Twilio does not show the account (${shown(asked)}); a standard API key may not read it, so this proves nothing about the key`,
    );
  }
  if (refusal === 'missing')
    return broken('provider-resource-missing', `Twilio knows no such account (${shown(asked)})`);
  return judgeRefusal(asked, refusal);
}

function judgeStatus(body: unknown): Verdict {
  const status = property(body, 'status');
  const trial = property(body, 'type') === 'Trial' ? ' (a trial account: only verified numbers receive)' : '';
  if (status === 'active') return ok(`the Twilio account is active${trial}; ${FROM_HERE}`);
  if (status === 'suspended' || status === 'closed')
    return broken('provider-suspended', `the Twilio account is ${status}`);
  return unknown('Twilio answered, but not with a status of the account that is known here');
}

export function judgeVerifyService(asked: Asked): Verdict {
  if ('unanswered' in asked) return unreachable(asked.unanswered);
  const refusal = refusalOf(asked);
  if (refusal === undefined) return ok(`the Verify service exists and the credentials open it; ${FROM_HERE}`);
  if (refusal === 'missing') {
    return broken('provider-resource-missing', `Twilio has no such Verify service in this account (${shown(asked)})`);
  }
  return judgeRefusal(asked, refusal);
}

function judgeRefusal(answer: Answer, refusal: Refusal): Verdict {
  switch (refusal) {
    case 'suspended':
      return broken('provider-suspended', `Twilio says that the account is not active (${shown(answer)})`);
    case 'rejected':
      return broken('credentials-rejected', `Twilio rejects the credentials of the service (${shown(answer)})`);
    default:
      return notShown(answer, refusal);
  }
}

function notShown(answer: Answer, refusal: Refusal): Verdict {
  if (refusal === 'rate-limited') return unknown(`rate limited: Twilio takes no more requests now (${shown(answer)})`);
  if (refusal === 'user-limit') {
    return unknown(`Twilio limits a single user (${shown(answer)}), which is no outage; nothing was shown`);
  }
  return unknown(`Twilio did not show it (${shown(answer)})`);
}

const unreachable = (why: string) => unknown(`could not reach Twilio from here: ${why}`);

/** Alerts are the past, as log lines are: they explain, and alone they break nothing. */
export function judgeAlerts(alerts: Alerts): Verdict {
  if ('refused' in alerts) return judgeNoAlerts(alerts.refused);
  const { codes, complete } = alerts;
  if (codes.length === 0) {
    return ok(
      'Twilio logged no error in the last hour: if requests of the service time out meanwhile, they do not reach Twilio',
    );
  }
  const least = complete ? '' : 'at least ';
  const errors = codes.length === 1 ? 'error' : 'errors';
  return ok(`Twilio logged ${least}${codes.length} ${errors} in the last hour: ${counted(codes)}`);
}

function judgeNoAlerts(asked: Asked): Verdict {
  if ('unanswered' in asked) return unreachable(asked.unanswered);
  const refusal = refusalOf(asked);
  if (refusal === undefined) return unknown('Twilio answered, but not with a list of alerts');
  return notShown(asked, refusal);
}

const MEANS: Readonly<Record<string, string>> = {
  '10001': 'account not active',
  '20003': 'credentials rejected',
  '20005': 'account not active',
  '20404': 'resource not found',
  '20429': 'too many requests',
};
const MOST_KINDS = 5;

function counted(codes: readonly string[]): string {
  const counts = new Map<string, number>();
  for (const code of codes) {
    const kind = /^\d{5}$/.test(code) ? code : 'without a number';
    counts.set(kind, (counts.get(kind) ?? 0) + 1);
  }
  const kinds = [...counts].sort(([a, first], [b, second]) => second - first || (a < b ? -1 : 1));
  const named = kinds.slice(0, MOST_KINDS).map(([kind, count]) => `${count} × ${kind}${meaning(kind)}`);
  const rest = kinds.length - named.length;
  return `${named.join(', ')}${rest > 0 ? ` and ${rest} more kinds` : ''}`;
}

const meaning = (kind: string): string => {
  const means = USER_LIMITS.includes(Number(kind)) ? 'limit of a single user, no outage' : MEANS[kind];
  return means ? ` (${means})` : '';
};
