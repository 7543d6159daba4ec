import { OtpProvider } from './otp-provider.ts';
import type { Program, Reply, Surroundings } from './program.ts';

const SECOND = 1000;
const DATABASE_PATIENCE = 10 * SECOND;
const LIMIT = { starts: 5, within: 15 * 60 * SECOND };

const PHONE = /^\+[1-9]\d{7,14}$/;
const CODE = /^\d{6}$/;

class Refusal extends Error {
  readonly reply: Reply;
  constructor(status: number, detail: unknown) {
    super(String(status));
    this.reply = { status, body: { detail } };
  }
}

/** The program of the incidents otp-egress and otp-timeout. */
export class OtpService implements Program {
  readonly #around: Surroundings;
  readonly #provider: OtpProvider;
  readonly #starts = new Map<string, number[]>();

  constructor(around: Surroundings) {
    this.#around = around;
    this.#provider = new OtpProvider(around);
  }

  async answer(method: string, path: string, body: string): Promise<Reply> {
    const routes: Record<string, () => Reply | Promise<Reply>> = {
      'GET /health': () => ({ status: 200, body: { ok: true } }),
      'POST /v1/auth/otp/start': () => this.#start(parsed(body)),
      'POST /v1/auth/otp/verify': () => this.#verify(parsed(body)),
      'POST /auth/dev/login': () => this.#developmentLogin(),
    };
    const route = routes[`${method} ${path}`];
    if (!route) return { status: 404, body: { detail: 'Not Found' } };
    try {
      return await route();
    } catch (error) {
      if (error instanceof Refusal) return error.reply;
      this.#around.log(`Traceback (most recent call last): ${String(error)}`);
      return { status: 500, body: { detail: 'Internal Server Error' } };
    }
  }

  async #start({ phone }: Record<string, unknown>): Promise<Reply> {
    const number = valid(phone, PHONE, 'phone');
    this.#countStart(number);
    await this.#useDatabase();
    return this.#provider.start(number);
  }

  async #verify({ phone, code }: Record<string, unknown>): Promise<Reply> {
    const number = valid(phone, PHONE, 'phone');
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

  async #useDatabase(): Promise<void> {
    const { clock, environment, log } = bound(this.#around);
    const url = URL.parse(environment.DATABASE_URL ?? '');
    if (!url) throw new Error('DATABASE_URL is not set');
    const port = Number(url.port || 5432);
    const path = this.#around.connect(url.hostname, port);
    if (path.reached) return clock.sleep(20);
    const timedOut = path.symptom === 'timeout';
    if (timedOut) await clock.sleep(DATABASE_PATIENCE);
    const why = timedOut ? 'Connection timed out' : 'Connection refused';
    log(`psycopg2.OperationalError: connection to server at "${url.hostname}", port ${port} failed: ${why}`);
    throw new Refusal(500, 'Internal Server Error');
  }
}

const bound = (around: Surroundings) => ({
  clock: around.clock,
  environment: around.environment,
  log: (message: string) => around.log(message),
});

function parsed(body: string): Record<string, unknown> {
  try {
    const value: unknown = JSON.parse(body);
    if (typeof value === 'object' && value !== null) return value as Record<string, unknown>;
  } catch {
    // Falls through to the refusal.
  }
  throw new Refusal(422, [{ loc: ['body'], msg: 'JSON decode error', type: 'json_invalid' }]);
}

function valid(value: unknown, pattern: RegExp, field: string): string {
  if (typeof value === 'string' && pattern.test(value)) return value;
  throw new Refusal(422, [{ loc: ['body', field], msg: 'Input should be a valid phone number', type: 'value_error' }]);
}
