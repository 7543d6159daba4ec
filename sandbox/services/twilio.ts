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

  fetchAccount(sid: string, token: string): TwilioAnswer {
    const refused = this.#unauthenticated(sid, token);
    return refused ?? { status: 200, body: { sid, status: this.#account.status, type: 'Full' } };
  }

  fetchVerifyService(sid: string, token: string, service: string): TwilioAnswer {
    return (
      this.#refused(sid, token, service) ?? {
        status: 200,
        body: { sid: service, account_sid: sid, friendly_name: 'nerava' },
      }
    );
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
    return refusal(404, 20404, `The requested resource /Services/${service} was not found`);
  }

  /** https://www.twilio.com/docs/api/errors/20003, https://www.twilio.com/docs/api/errors/10001 */
  #unauthenticated(sid: string, token: string): TwilioAnswer | undefined {
    if (sid !== this.#account.sid || token !== this.#account.authToken) return refusal(401, 20003, 'Authenticate');
    return this.#account.status === 'active' ? undefined : refusal(403, 10001, 'Account is not active');
  }
}
