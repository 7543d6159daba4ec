import type { TwilioAccount } from '../account.ts';
import type { SandboxClock } from '../clock.ts';
import type { Random } from '../random.ts';
import type { Phone } from './phone.ts';

export interface TwilioAnswer {
  readonly status: number;
  readonly body: Record<string, unknown>;
}

interface Verification {
  readonly code: string;
  readonly until: number;
  sends: number;
  checks: number;
}

const SECOND = 1000;
/** https://www.twilio.com/docs/verify/api/verification */
const VALID_FOR = 10 * 60 * SECOND;
const MOST_SENDS = 5;
const MOST_CHECKS = 5;

const refusal = (status: number, code: number, message: string): TwilioAnswer => ({
  status,
  body: { code, message, more_info: `https://www.twilio.com/docs/errors/${code}`, status },
});

/** Twilio, behind the network: whoever calls must have reached its host first. */
export class Twilio {
  readonly #account: TwilioAccount;
  readonly #clock: SandboxClock;
  readonly #random: Random;
  readonly #phone: Phone;
  readonly #open = new Map<string, Verification>();

  constructor(account: TwilioAccount, parts: { clock: SandboxClock; random: Random; phone: Phone }) {
    this.#account = account;
    this.#clock = parts.clock;
    this.#random = parts.random;
    this.#phone = parts.phone;
  }

  /** The account shows its status while it is suspended; a standard API key does not open it. */
  fetchAccount(user: string, secret: string, sid = user): TwilioAnswer {
    const { type = 'Full', status } = this.#account;
    const refused = this.#tooMany() ?? this.#wrongCredentials(user, secret);
    if (refused) return refused;
    if (user !== this.#account.sid) return refusal(401, 20003, 'Authenticate');
    if (sid !== this.#account.sid) return this.notFound(`/2010-04-01/Accounts/${sid}.json`);
    return { status: 200, body: { sid, status, type, friendly_name: 'nerava' } };
  }

  fetchVerifyService(user: string, secret: string, service: string): TwilioAnswer {
    const body = { sid: service, account_sid: this.#account.sid, friendly_name: 'nerava' };
    return this.#tooMany() ?? this.#refused(user, secret, service) ?? { status: 200, body };
  }

  /** Newest first, in pages. */
  listAlerts(user: string, secret: string, { pathname, searchParams }: URL): TwilioAnswer {
    const refused = this.#tooMany() ?? this.#unauthenticated(user, secret);
    if (refused) return refused;
    const from = Date.parse(searchParams.get('StartDate') ?? '') || 0;
    const to = Date.parse(searchParams.get('EndDate') ?? '') || Number.POSITIVE_INFINITY;
    const level = searchParams.get('LogLevel');
    const pageSize = Math.min(Number(searchParams.get('PageSize') ?? 50), 1000);
    if (!(pageSize >= 1)) return refusal(400, 20001, 'Invalid PageSize');
    const page = Number(searchParams.get('Page') ?? 0);
    const found = (this.#account.alerts ?? [])
      .filter((alert) => level === null || alert.log_level === level)
      .filter(({ date_generated }) => Date.parse(date_generated) >= from && Date.parse(date_generated) <= to)
      .toSorted((a, b) => b.date_generated.localeCompare(a.date_generated));
    const next = new URLSearchParams(searchParams);
    next.set('Page', String(page + 1));
    next.set('PageToken', `PT${page + 1}`);
    const more = found.length > (page + 1) * pageSize;
    const meta = {
      key: 'alerts',
      page,
      page_size: pageSize,
      next_page_url: more ? `https://monitor.twilio.com${pathname}?${next}` : null,
    };
    return { status: 200, body: { alerts: found.slice(page * pageSize, (page + 1) * pageSize), meta } };
  }

  notFound(path: string): TwilioAnswer {
    return refusal(404, 20404, `The requested resource ${path} was not found`);
  }

  startVerification(sid: string, token: string, service: string, to: string): TwilioAnswer {
    const refused = this.#refused(sid, token, service);
    if (refused) return refused;
    const running = this.#current(to);
    if (running && running.sends >= MOST_SENDS) return refusal(429, 60203, 'Max send attempts reached');
    const verification = running ?? {
      code: this.#random.digits(6),
      until: this.#clock.now().getTime() + VALID_FOR,
      sends: 0,
      checks: 0,
    };
    verification.sends += 1;
    this.#open.set(to, verification);
    this.#text(to, `Your Nerava code is ${verification.code}`, verification.code);
    return { status: 201, body: { to, channel: 'sms', status: 'pending', service_sid: service } };
  }

  checkVerification(sid: string, token: string, service: string, to: string, code: string): TwilioAnswer {
    const refused = this.#refused(sid, token, service);
    if (refused) return refused;
    const verification = this.#current(to);
    if (!verification) return refusal(404, 20404, 'The requested resource VerificationCheck was not found');
    verification.checks += 1;
    if (verification.checks > MOST_CHECKS) return refusal(429, 60202, 'Max check attempts reached');
    const approved = verification.code === code;
    if (approved) this.#open.delete(to);
    return { status: 200, body: { to, status: approved ? 'approved' : 'pending', valid: approved } };
  }

  /** A plain message. The application makes the code and checks it. */
  sendMessage(sid: string, token: string, to: string, text: string, code: string): TwilioAnswer {
    const refused = this.#unauthenticated(sid, token);
    if (refused) return refused;
    this.#text(to, text, code);
    return { status: 201, body: { to, status: 'queued' } };
  }

  #current(to: string): Verification | undefined {
    const verification = this.#open.get(to);
    return verification && verification.until > this.#clock.now().getTime() ? verification : undefined;
  }

  #text(to: string, text: string, code: string): void {
    this.#clock.after(this.#random.between(3, 7) * SECOND, () => this.#phone.receive(to, text, code));
  }

  #refused(sid: string, token: string, service: string): TwilioAnswer | undefined {
    const refused = this.#unauthenticated(sid, token);
    if (refused) return refused;
    if (this.#account.verifyServices.includes(service)) return undefined;
    return this.notFound(`/Services/${service}`);
  }

  /** https://www.twilio.com/docs/api/errors/10001 */
  #unauthenticated(user: string, secret: string): TwilioAnswer | undefined {
    const refused = this.#wrongCredentials(user, secret);
    if (refused) return refused;
    return this.#account.status === 'active' ? undefined : refusal(403, 10001, 'Account is not active');
  }

  /** https://www.twilio.com/docs/api/errors/20003 */
  #wrongCredentials(user: string, secret: string): TwilioAnswer | undefined {
    const { sid, authToken, apiKeys = [] } = this.#account;
    const known = [{ sid, secret: authToken }, ...apiKeys];
    return known.some((one) => one.sid === user && one.secret === secret)
      ? undefined
      : refusal(401, 20003, 'Authenticate');
  }

  /** https://www.twilio.com/docs/api/errors/20429 */
  #tooMany(): TwilioAnswer | undefined {
    const left = this.#account.tooManyRequests ?? 0;
    if (left <= 0) return undefined;
    this.#account.tooManyRequests = left - 1;
    return refusal(429, 20429, 'Too Many Requests');
  }
}
