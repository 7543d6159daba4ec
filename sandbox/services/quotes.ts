import { dial, GO_HTTP, PGX, useServer } from './clients.ts';
import type { Program, Reply, Surroundings } from './program.ts';
import { answerBy } from './routes.ts';

/**
 * The smallest service that can be broken: it is healthy, and a quote needs its database and one server elsewhere.
 * `/v2/quote` came after version 1.8.
 */
export class QuoteService implements Program {
  readonly #around: Surroundings;

  constructor(around: Surroundings) {
    this.#around = around;
  }

  answer(method: string, path: string): Promise<Reply> {
    const routes = {
      'GET /health': () => ({ status: 200, body: { status: 'ok' } }),
      'GET /v1/quote': () => this.#quote(),
      ...(this.#around.version.startsWith('1.8.') ? {} : { 'GET /v2/quote': () => this.#quote() }),
    };
    return answerBy(routes, `${method} ${path}`, { around: this.#around });
  }

  async #quote(): Promise<Reply> {
    const { environment, random } = this.#around;
    await useServer(this.#around, PGX, 'DATABASE_URL', 5432);
    const upstream = URL.parse(environment.UPSTREAM_URL ?? '');
    if (!upstream) throw new Error('UPSTREAM_URL is not set');
    const reached = await dial(this.#around, GO_HTTP, upstream.hostname, Number(upstream.port || 443));
    if (!reached) return { status: 502, body: { error: 'upstream unavailable' } };
    return { status: 200, body: { quote: Number(random.between(10, 20).toFixed(2)) } };
  }
}
