import { dial, IOREDIS, NODE_POSTGRES, NODE_S3, NODEMAILER, useServer } from './clients.ts';
import type { Program, Reply, Surroundings } from './program.ts';
import { answerBy, jsonOf, Refusal } from './routes.ts';

/**
 * The program of the incident smtp-egress: who signs up gets an e-mail, and waits for it to be handed over. Where it is
 * given a bucket, who logs in gets a list of files.
 */
export class SignupService implements Program {
  readonly #around: Surroundings;

  constructor(around: Surroundings) {
    this.#around = around;
  }

  answer(method: string, path: string, body: string): Promise<Reply> {
    const routes = {
      'GET /api/health': () => ({ status: 200, body: { status: 'ok' } }),
      'POST /api/auth/login': () => this.#login(),
      'POST /api/auth/register': () => this.#register(jsonOf(body)),
    };
    return answerBy(routes, `${method} ${path}`, { around: this.#around });
  }

  async #login(): Promise<Reply> {
    await this.#useData();
    const { FILES_BUCKET } = this.#around.environment;
    if (FILES_BUCKET && !(await this.#listFiles(FILES_BUCKET))) throw new Refusal(500, 'Failed to list files');
    return { status: 200, body: { success: true } };
  }

  #listFiles(bucket: string): Promise<boolean> {
    return dial(this.#around, NODE_S3, `${bucket}.s3.${this.#around.region}.amazonaws.com`, 443);
  }

  /** Who has not confirmed the address yet may sign up again. */
  async #register({ email, password }: Record<string, unknown>): Promise<Reply> {
    if (typeof email !== 'string' || !email.includes('@')) throw new Refusal(422, 'email is not valid');
    if (typeof password !== 'string' || password.length < 8) throw new Refusal(422, 'password is too short');
    await this.#useData();
    const { SMTP_HOST = '', SMTP_PORT = '587' } = this.#around.environment;
    const reached = await dial(this.#around, NODEMAILER, SMTP_HOST, Number(SMTP_PORT));
    if (!reached) throw new Refusal(500, 'Failed to send verification email');
    await this.#around.clock.sleep(600);
    this.#around.log(`Email sent: <${this.#around.random.uuid()}@mail.example>`);
    return { status: 201, body: { success: true, message: 'Verification email sent' } };
  }

  async #useData(): Promise<void> {
    await useServer(this.#around, NODE_POSTGRES, 'DATABASE_URL', 5432);
    if (this.#around.environment.REDIS_URL) await useServer(this.#around, IOREDIS, 'REDIS_URL', 6379);
  }
}
