import { AsyncLocalStorage } from 'node:async_hooks';
import { randomUUID } from 'node:crypto';
import { readdirSync } from 'node:fs';
import { LambdaError } from '../stepfunctions/index.ts';

type Handler = (event: unknown, context: object) => Promise<unknown>;

export interface LogLine {
  readonly functionName: string;
  readonly message: string;
}

const FUNCTIONS = new URL('../../functions/', import.meta.url);

/** Every function of the product, by file name. */
export const functionNames = (): string[] =>
  readdirSync(FUNCTIONS)
    .filter((file) => file.endsWith('.ts'))
    .map((file) => file.slice(0, -'.ts'.length));

/** Which function writes to the console at the moment: the console of a process is one, its log groups are many. */
const writing = new AsyncLocalStorage<{ name: string; log: (line: LogLine) => void }>();

let captured = false;

/** Hands what a function writes to its log instead of to this process's terminal. */
export function captureConsole(): void {
  if (captured) return;
  captured = true;
  for (const level of ['debug', 'info', 'log', 'warn', 'error'] as const) {
    const original = console[level].bind(console);
    console[level] = (...values: unknown[]) => {
      const scope = writing.getStore();
      if (!scope) return original(...values);
      scope.log({ functionName: scope.name, message: values.map(String).join(' ') });
    };
  }
}

/** The real handlers, run in this process as Lambda would run them: JSON in, JSON out, errors by name. */
export class LambdaHost {
  readonly #handlers = new Map<string, Handler>();
  readonly #broken = new Map<string, 'before' | 'after'>();
  readonly #log: (line: LogLine) => void;
  readonly #arn: (name: string) => string;

  constructor(options: { arn: (name: string) => string; log: (line: LogLine) => void }) {
    this.#arn = options.arn;
    this.#log = options.log;
  }

  /** Imports every handler, so that no run waits for it. */
  async load(): Promise<void> {
    await Promise.all(
      functionNames().map(async (name) => {
        const module = (await import(new URL(`${name}.ts`, FUNCTIONS).href)) as { handler: Handler };
        this.#handlers.set(name, module.handler);
      }),
    );
  }

  /** From now on this function fails: before it has done anything, or after, so that its answer is lost. */
  breakFunction(name: string, when: 'before' | 'after' = 'before'): void {
    this.#broken.set(name, when);
  }

  nameOf(functionNameOrArn: string): string | undefined {
    return [...this.#handlers.keys()].find((name) =>
      [name, this.#arn(name), this.#arn(name).split(':').at(-1)].includes(functionNameOrArn),
    );
  }

  /** Throws `LambdaError` with the name and message of what the handler threw. */
  async invoke(functionNameOrArn: string, payload: unknown): Promise<unknown> {
    const name = this.nameOf(functionNameOrArn);
    const handler = name === undefined ? undefined : this.#handlers.get(name);
    if (!handler || !name)
      throw new LambdaError({
        errorType: 'Lambda.ResourceNotFoundException',
        errorMessage: `Function not found: ${functionNameOrArn}`,
      });
    const context = {
      awsRequestId: randomUUID(),
      functionName: `reconnect-${name}`,
      functionVersion: '$LATEST',
      invokedFunctionArn: this.#arn(name),
      memoryLimitInMB: '256',
      getRemainingTimeInMillis: () => 60_000,
    };
    return writing.run({ name, log: this.#log }, async () => {
      try {
        const broken = this.#broken.get(name);
        if (broken === 'before') throw new Error('broken by the test');
        const result = await handler(structuredClone(payload), context);
        if (broken) throw new Error('broken by the test');
        return result === undefined ? null : JSON.parse(JSON.stringify(result));
      } catch (error) {
        const thrown = error instanceof Error ? error : new Error(String(error));
        const trace = thrown.stack?.split('\n').slice(1, 6) ?? [];
        throw new LambdaError({ errorType: thrown.name, errorMessage: thrown.message, trace });
      }
    });
  }
}
