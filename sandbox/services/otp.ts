import { PSYCOPG, useServer } from './clients.ts';
import { OtpProvider } from './otp-provider.ts';
import type { Program, Reply, Surroundings } from './program.ts';
import { answerBy, jsonOf, phoneIn, Refusal } from './routes.ts';

const SECOND = 1000;
const LIMIT = { starts: 5, within: 15 * 60 * SECOND };

const CODE = /^\d{6}$/;

/** The program of the incidents otp-egress and otp-timeout. */
export class OtpService implements Program {
  readonly #around: Surroundings;
  readonly #provider: OtpProvider;
  readonly #starts = new Map<string, number[]>();

  constructor(around: Surroundings) {
    this.#around = around;
    this.#provider = new OtpProvider(around);
  }

  answer(method: string, path: string, body: string): Promise<Reply> {
    const routes = {
      'GET /health': () => ({ status: 200, body: { ok: true } }),
      'POST /v1/auth/otp/start': () => this.#start(jsonOf(body)),
      'POST /v1/auth/otp/verify': () => this.#verify(jsonOf(body)),
      'POST /auth/dev/login': () => this.#developmentLogin(),
    };
    return answerBy(routes, `${method} ${path}`, { around: this.#around });
  }

  async #start(body: Record<string, unknown>): Promise<Reply> {
    const number = phoneIn(body);
    this.#countStart(number);
    await this.#useDatabase();
    return this.#provider.start(number);
  }

  async #verify(body: Record<string, unknown>): Promise<Reply> {
    const number = phoneIn(body);
    const { code } = body;
    if (typeof code !== 'string' || !CODE.test(code)) throw new Refusal(400, 'Invalid code format');
    await this.#useDatabase();
    const approved = await this.#provider.check(number, code);
    if (!approved) throw new Refusal(401, 'Invalid or expired code');
    return { status: 200, body: this.#session({ phone: `…${number.slice(-4)}` }) };
  }

  async #developmentLogin(): Promise<Reply> {
    await this.#useDatabase();
    return { status: 200, body: this.#session({ email: 'dev@nerava.network' }) };
  }

  #session(user: Record<string, string>) {
    const { random } = this.#around;
    return {
      access_token: `canary-access-${random.hex(32)}`,
      refresh_token: `canary-refresh-${random.hex(32)}`,
      token_type: 'bearer',
      user: { id: random.uuid(), ...user },
    };
  }

  #countStart(phone: string): void {
    const now = this.#around.clock.now().getTime();
    const recent = (this.#starts.get(phone) ?? []).filter((at) => at > now - LIMIT.within);
    if (recent.length >= LIMIT.starts) throw new Refusal(429, 'Too many OTP requests. Try again later.');
    this.#starts.set(phone, [...recent, now]);
  }

  #useDatabase(): Promise<void> {
    return useServer(this.#around, PSYCOPG, 'DATABASE_URL', 5432);
  }
}
