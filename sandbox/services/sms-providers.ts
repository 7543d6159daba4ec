import { Circuit } from './circuit.ts';
import { BOTO, dial } from './clients.ts';
import type { Surroundings } from './program.ts';

const SECOND = 1000;
const TWILIO_HOST = 'api.twilio.com';

export interface SmsProvider {
  readonly name: string;
  readonly startsWith: string;
  readonly isHealthy: boolean;
  /** Whether a message went out to a person. */
  send(phone: string, code: string): Promise<boolean>;
}

const textWith = (code: string) => `Your Weedgo code is ${code}`;

class SnsProvider implements SmsProvider {
  readonly name = 'AWSSNSProvider';
  readonly startsWith = 'AWS SNS initialized';
  readonly #around: Surroundings;
  readonly #circuit: Circuit;

  constructor(around: Surroundings) {
    this.#around = around;
    this.#circuit = new Circuit(around.clock, { failures: 5, seconds: 300 });
  }

  get isHealthy(): boolean {
    return !this.#circuit.isOpen;
  }

  async send(phone: string, code: string): Promise<boolean> {
    if (this.#circuit.isOpen) return false;
    const { clock, random, region } = this.#around;
    const reached = await dial(this.#around, BOTO, `sns.${region}.amazonaws.com`, 443);
    this.#circuit.record(reached);
    if (!reached) return false;
    await clock.sleep(0.3 * SECOND);
    clock.after(random.between(4, 8) * SECOND, () => this.#around.phone.receive(phone, textWith(code), code));
    this.#around.log(`SMS sent via AWS SNS to ${phone}`);
    return true;
  }
}

class TwilioProvider implements SmsProvider {
  readonly name = 'TwilioSMSProvider';
  readonly startsWith = 'Twilio initialized';
  readonly #around: Surroundings;
  readonly #circuit: Circuit;
  #accepted: boolean;

  constructor(around: Surroundings) {
    this.#around = around;
    this.#circuit = new Circuit(around.clock, { failures: 3, seconds: 180 });
    const [sid, token] = this.#credentials;
    this.#accepted = around.twilio.fetchAccount(sid, token, sid).status === 200;
  }

  get isHealthy(): boolean {
    return this.#accepted && !this.#circuit.isOpen;
  }

  async send(phone: string, code: string): Promise<boolean> {
    if (this.#circuit.isOpen) return false;
    this.#accepted = await this.#attempt(phone, code);
    this.#circuit.record(this.#accepted);
    return this.#accepted;
  }

  async #attempt(phone: string, code: string): Promise<boolean> {
    if (!(await dial(this.#around, BOTO, TWILIO_HOST, 443))) return false;
    await this.#around.clock.sleep(0.5 * SECOND);
    const answer = this.#around.twilio.sendMessage(...this.#credentials, phone, textWith(code), code);
    const { code: number, message } = answer.body;
    const accepted = answer.status < 300;
    this.#around.log(
      accepted
        ? `SMS sent via Twilio to ${phone}`
        : `Twilio error: HTTP ${answer.status} error: Unable to create record: ${message} (${number})`,
    );
    return accepted;
  }

  get #credentials(): [sid: string, token: string] {
    const { TWILIO_ACCOUNT_SID = '', TWILIO_AUTH_TOKEN = '' } = this.#around.environment;
    return [TWILIO_ACCOUNT_SID, TWILIO_AUTH_TOKEN];
  }
}

/** Writes the code into the log, where nobody waits for it. */
class ConsoleProvider implements SmsProvider {
  readonly name = 'ConsoleSMSProvider';
  readonly startsWith = 'Console initialized';
  readonly isHealthy = true;
  readonly #around: Surroundings;

  constructor(around: Surroundings) {
    this.#around = around;
  }

  async send(phone: string, code: string): Promise<boolean> {
    this.#around.log(`SMS FALLBACK - OTP for ${phone}: ${code}`);
    return false;
  }
}

export const SMS_PROVIDERS: Readonly<Record<string, (around: Surroundings) => SmsProvider>> = {
  sns: (around) => new SnsProvider(around),
  twilio: (around) => new TwilioProvider(around),
  console: (around) => new ConsoleProvider(around),
};
