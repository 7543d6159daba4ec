import type { Program, Reply, Surroundings } from './program.ts';
import { answerBy, jsonOf, phoneIn, Refusal } from './routes.ts';
import { SMS_PROVIDERS, type SmsProvider } from './sms-providers.ts';

const EMAIL = [
  { name: 'AWSSESProvider', priority: 'PRIMARY', is_healthy: true },
  { name: 'SendGridProvider', priority: 'SECONDARY', is_healthy: false },
];

/**
 * The program of the incident sms-fallback. Providers are tried in the order that `SMS_PROVIDERS` had when the process
 * started, each behind a circuit breaker.
 */
export class MessagingService implements Program {
  readonly #around: Surroundings;
  readonly #codes = new Map<string, string>();
  #startedWith: Surroundings['environment'];
  #chain: SmsProvider[];

  constructor(around: Surroundings) {
    this.#around = around;
    this.#startedWith = around.environment;
    this.#chain = this.#configured();
  }

  answer(method: string, path: string, body: string): Promise<Reply> {
    if (this.#startedWith !== this.#around.environment) this.#startAgain();
    const routes = {
      'GET /health': () => ({ status: 200, body: { status: 'healthy' } }),
      'GET /api/v1/health/messaging': () => ({ status: 200, body: this.#health() }),
      'POST /api/v1/auth/otp/send': () => this.#send(jsonOf(body)),
      'POST /api/v1/auth/otp/verify': () => this.#verify(jsonOf(body)),
    };
    return answerBy(routes, `${method} ${path}`, { around: this.#around });
  }

  /** A deployment put another process into this one's place. */
  #startAgain(): void {
    this.#startedWith = this.#around.environment;
    this.#chain = this.#configured();
    const [primary] = this.#chain;
    if (primary) this.#around.log(`${primary.startsWith} as PRIMARY SMS provider`);
  }

  #configured(): SmsProvider[] {
    const { SMS_PROVIDERS: order = '' } = this.#startedWith;
    return order.split(',').flatMap((name) => SMS_PROVIDERS[name.trim()]?.(this.#around) ?? []);
  }

  #health() {
    const last = this.#chain.length - 1;
    return {
      email_providers: EMAIL,
      sms_providers: this.#chain.map(({ name, isHealthy }, index) => ({
        name,
        priority: index === 0 ? 'PRIMARY' : index === last ? 'FALLBACK' : 'SECONDARY',
        is_healthy: isHealthy,
      })),
    };
  }

  async #send(body: Record<string, unknown>): Promise<Reply> {
    const phone = phoneIn(body);
    const code = this.#around.random.digits(6);
    this.#codes.set(phone, code);
    for (const provider of this.#chain) {
      if (await provider.send(phone, code)) return { status: 200, body: { success: true } };
    }
    throw new Refusal(500, 'Failed to send OTP');
  }

  #verify(body: Record<string, unknown>): Reply {
    const phone = phoneIn(body);
    if (body.code !== this.#codes.get(phone)) throw new Refusal(401, 'Invalid or expired code');
    this.#codes.delete(phone);
    const { random } = this.#around;
    return { status: 200, body: { access_token: `canary-access-${random.hex(32)}`, token_type: 'bearer' } };
  }
}
