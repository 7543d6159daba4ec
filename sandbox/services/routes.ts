import type { Reply, Surroundings } from './program.ts';

const SECOND = 1000;

/** App Runner gives a request so long. https://docs.aws.amazon.com/apprunner/latest/dg/develop.html */
export const APP_RUNNER_PATIENCE = 120 * SECOND;

export const GATEWAY_TIMEOUT: Reply = { status: 504, body: { detail: 'Gateway Timeout' } };

/** Ends the work on a request with this answer. */
export class Refusal extends Error {
  readonly reply: Reply;
  constructor(status: number, detail: unknown) {
    super(String(status));
    this.reply = { status, body: { detail } };
  }
}

export type Routes = Readonly<Record<string, () => Reply | Promise<Reply>>>;

/** Answers as `METHOD /path` says. When the patience of the front ends users get its answer, and the program goes on. */
export async function answerBy(
  routes: Routes,
  request: string,
  { around, patience = APP_RUNNER_PATIENCE }: { around: Surroundings; patience?: number },
): Promise<Reply> {
  const route = routes[request];
  if (!route) return { status: 404, body: { detail: 'Not Found' } };
  return new Promise((resolve) => {
    const giveUp = around.clock.after(patience, () => resolve(GATEWAY_TIMEOUT));
    replyOf(route, around).then(resolve).finally(giveUp);
  });
}

async function replyOf(route: () => Reply | Promise<Reply>, around: Surroundings): Promise<Reply> {
  try {
    return await route();
  } catch (error) {
    if (error instanceof Refusal) return error.reply;
    around.log(`Traceback (most recent call last): ${String(error)}`);
    return { status: 500, body: { detail: 'Internal Server Error' } };
  }
}

export function jsonOf(body: string): Record<string, unknown> {
  try {
    const value: unknown = JSON.parse(body);
    if (typeof value === 'object' && value !== null) return value as Record<string, unknown>;
  } catch {
    // Falls through to the refusal.
  }
  throw new Refusal(422, [{ loc: ['body'], msg: 'JSON decode error', type: 'json_invalid' }]);
}

const PHONE = /^\+[1-9]\d{7,14}$/;

export function phoneIn({ phone }: Record<string, unknown>): string {
  if (typeof phone === 'string' && PHONE.test(phone)) return phone;
  throw new Refusal(422, [
    { loc: ['body', 'phone'], msg: 'Input should be a valid phone number', type: 'value_error' },
  ]);
}
