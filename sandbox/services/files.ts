import { BOTO, dial } from './clients.ts';
import type { Program, Reply, Surroundings } from './program.ts';
import { answerBy, Refusal } from './routes.ts';

/** The program of the incident s3-egress: after a login it reads the user's files, and the key that signs the session. */
export class FilesService implements Program {
  readonly #around: Surroundings;

  constructor(around: Surroundings) {
    this.#around = around;
  }

  answer(method: string, path: string): Promise<Reply> {
    const routes = {
      'GET /health': () => ({ status: 200, body: { status: 'ok' } }),
      'POST /api/auth/login': () => this.#login(),
    };
    return answerBy(routes, `${method} ${path}`, { around: this.#around });
  }

  async #login(): Promise<Reply> {
    const { AWS_REGION, FILES_BUCKET, SESSION_KEY_SECRET } = this.#around.environment;
    if (!AWS_REGION || !FILES_BUCKET) throw new Error('KeyError: FILES_BUCKET');
    await this.#read(`${FILES_BUCKET}.s3.${AWS_REGION}.amazonaws.com`);
    if (SESSION_KEY_SECRET) await this.#read(`secretsmanager.${AWS_REGION}.amazonaws.com`);
    this.#around.log('INFO: login complete, 3 files listed');
    return { status: 200, body: { logged_in: true, files: 3 } };
  }

  async #read(host: string): Promise<void> {
    if (!(await dial(this.#around, BOTO, host, 443))) throw new Refusal(500, 'Internal Server Error');
  }
}
