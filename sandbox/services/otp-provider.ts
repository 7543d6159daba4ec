import type { Reply, Surroundings } from './program.ts';
import { GATEWAY_TIMEOUT } from './routes.ts';
import type { TwilioAnswer } from './twilio.ts';

const SECOND = 1000;
/** What the gateway in front of the program waits for it. */
const GATEWAY_PATIENCE = 60 * SECOND;

const VERIFY_HOST = 'verify.twilio.com';
const MESSAGES_HOST = 'api.twilio.com';

const FAILED: Reply = { status: 500, body: { detail: 'Failed to send OTP' } };

const NEEDED: Record<string, string[]> = {
  twilio_verify: ['TWILIO_ACCOUNT_SID', 'TWILIO_AUTH_TOKEN', 'TWILIO_VERIFY_SERVICE_SID'],
  twilio_sms: ['TWILIO_ACCOUNT_SID', 'TWILIO_AUTH_TOKEN', 'OTP_FROM_NUMBER'],
};

/** Sends codes the way the environment says, and fails the way the incident's table of causes says. */
export class OtpProvider {
  readonly #around: Surroundings;
  /** Codes of `twilio_sms` and `stub`, which this program makes itself. */
  readonly #codes = new Map<string, string>();

  constructor(around: Surroundings) {
    this.#around = around;
  }

  async start(phone: string): Promise<Reply> {
    const { clock, random, environment } = this.#around;
    const provider = environment.OTP_PROVIDER ?? '';
    if (provider === 'stub') {
      this.#codes.set(phone, random.digits(6));
      this.#around.log('[OTP] Using stub provider');
      return { status: 200, body: { otp_sent: true } };
    }
    const missing = this.#missing(provider);
    const host = provider === 'twilio_sms' ? MESSAGES_HOST : VERIFY_HOST;
    if (missing) return this.#hang(`[OTP] ${missing} is not set; request to ${host} timed out`);
    const path = this.#around.connect(host, 443);
    if (!path.reached) return this.#hang(unreachable(host, path.symptom));
    this.#around.log(`[OTP] Using Twilio ${provider === 'twilio_sms' ? 'SMS' : 'Verify'} provider`);
    if (this.#around.blocksEventLoop) return this.#blockEventLoop();
    await clock.sleep(random.between(2.2, 2.6) * SECOND);
    const answer = provider === 'twilio_sms' ? this.#sendOwnCode(phone) : this.#startVerification(phone);
    return this.#replyTo(answer);
  }

  async check(phone: string, code: string): Promise<boolean> {
    const { clock, environment } = this.#around;
    if (environment.OTP_PROVIDER !== 'twilio_verify') {
      const approved = this.#codes.get(phone) === code;
      if (approved) this.#codes.delete(phone);
      return approved;
    }
    const path = this.#around.connect(VERIFY_HOST, 443);
    if (!path.reached) {
      this.#around.log(unreachable(VERIFY_HOST, path.symptom));
      await clock.sleep(GATEWAY_PATIENCE);
      return false;
    }
    await clock.sleep(0.4 * SECOND);
    const { status, body } = this.#around.twilio.checkVerification(...this.#credentials(), phone, code);
    return status === 200 && body.status === 'approved';
  }

  #missing(provider: string): string | undefined {
    const names = NEEDED[provider];
    return names ? names.find((name) => !this.#around.environment[name]) : 'OTP_PROVIDER';
  }

  /** The client hangs until the gateway gives up. The line is in the log whether or not somebody still waits. */
  async #hang(line: string): Promise<Reply> {
    await this.#around.clock.sleep(GATEWAY_PATIENCE);
    this.#around.log(line);
    return GATEWAY_TIMEOUT;
  }

  /** The client waits for an answer that only the event loop could bring, until the worker is taken down. Others serve on. */
  async #blockEventLoop(): Promise<Reply> {
    const { clock, random } = this.#around;
    const worker = Math.floor(random.between(12, 40));
    await clock.sleep(GATEWAY_PATIENCE);
    for (const line of workerTimeout(worker)) this.#around.log(line);
    return GATEWAY_TIMEOUT;
  }

  #credentials(): [sid: string, token: string, service: string] {
    const {
      TWILIO_ACCOUNT_SID = '',
      TWILIO_AUTH_TOKEN = '',
      TWILIO_VERIFY_SERVICE_SID = '',
    } = this.#around.environment;
    return [TWILIO_ACCOUNT_SID, TWILIO_AUTH_TOKEN, TWILIO_VERIFY_SERVICE_SID];
  }

  #startVerification(phone: string): TwilioAnswer {
    return this.#around.twilio.startVerification(...this.#credentials(), phone);
  }

  #sendOwnCode(phone: string): TwilioAnswer {
    const [sid, token] = this.#credentials();
    const code = this.#around.random.digits(6);
    this.#codes.set(phone, code);
    return this.#around.twilio.sendMessage(sid, token, phone, `Your Nerava code is ${code}`, code);
  }

  #replyTo({ status, body }: TwilioAnswer): Reply {
    if (status < 300) {
      this.#around.log('[OTP] OTP sent successfully');
      return { status: 200, body: { otp_sent: true } };
    }
    const what =
      { 20003: 'Invalid credentials', 20404: 'Service not found' }[String(body.code)] ?? String(body.message);
    this.#around.log(`[OTP] Twilio error: HTTP ${status} error ${body.code}: ${what}`);
    return status === 429 ? { status: 429, body: { detail: 'Too many OTP requests. Try again later.' } } : FAILED;
  }
}

/** What gunicorn writes when a worker does not answer any more. */
export const workerTimeout = (pid: number): string[] => [
  `[1] [CRITICAL] WORKER TIMEOUT (pid:${pid})`,
  `[${pid}] [ERROR] Error handling request /v1/auth/otp/start`,
  `[${pid + 1}] [INFO] Booting worker with pid: ${pid + 1}`,
];

const unreachable = (host: string, symptom: string) =>
  symptom === 'unknown-host'
    ? `HTTPSConnectionPool(host='${host}', port=443): Failed to resolve '${host}' ([Errno -3] Temporary failure in name resolution)`
    : `HTTPSConnectionPool(host='${host}', port=443): Failed to establish a new connection: [Errno 110] Connection timed out`;
