import { AsyncLocalStorage } from 'node:async_hooks';
import { randomUUID } from 'node:crypto';
import { readdirSync } from 'node:fs';
import type { SandboxClock } from '../clock.ts';
import { LambdaError } from '../stepfunctions/index.ts';
import { type DeadLetter, InvocationQueue, THROTTLED } from './queue.ts';

export type Handler = (event: never, context: never) => unknown;

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
  readonly #queue: InvocationQueue;
  readonly #reserved = new Map<string, number>();
  readonly #running = new Map<string, number>();

  constructor(options: { clock: SandboxClock; arn: (name: string) => string; log: (line: LogLine) => void }) {
    this.#arn = options.arn;
    this.#log = options.log;
    this.#queue = new InvocationQueue(options.clock, (name, payload) => this.invoke(name, payload));
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

  /** And now it works again. */
  mendFunction(name: string): void {
    this.#broken.delete(name);
  }

  /** Puts a handler in the place of the function of this name, which need not have a file. */
  replace(name: string, handler: Handler): void {
    this.#handlers.set(name, handler);
  }

  /** Reserved concurrency: so many at a time. https://docs.aws.amazon.com/lambda/latest/dg/configuration-concurrency.html */
  reserve(name: string, concurrency: number): void {
    this.#reserved.set(name, concurrency);
  }

  /** Asynchronous invocations that were given up. */
  get deadLetters(): readonly DeadLetter[] {
    return this.#queue.deadLetters;
  }

  get isIdle(): boolean {
    return this.#queue.isIdle;
  }

  /** Resolves when no asynchronous work is left, retries included. */
  idle(): Promise<void> {
    return this.#queue.idle();
  }

  stop(): void {
    this.#queue.stop();
  }

  /** InvocationType Event: taken and returned from at once. Throws `LambdaError` when there is no such function. */
  enqueue(functionNameOrArn: string, payload: unknown): void {
    const name = this.nameOf(functionNameOrArn);
    if (!name) throw notFound(functionNameOrArn);
    this.#queue.add(name, payload);
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
    if (!handler || !name) throw notFound(functionNameOrArn);
    const running = this.#running.get(name) ?? 0;
    if (running >= (this.#reserved.get(name) ?? Number.POSITIVE_INFINITY)) {
      throw new LambdaError({ errorType: THROTTLED, errorMessage: 'Rate Exceeded.' });
    }
    this.#running.set(name, running + 1);
    try {
      return await this.#run(name, handler, payload);
    } finally {
      this.#running.set(name, (this.#running.get(name) ?? 1) - 1);
    }
  }

  #run(name: string, handler: Handler, payload: unknown): Promise<unknown> {
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
        const result = await handler(structuredClone(payload) as never, context as never);
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

const notFound = (functionNameOrArn: string) =>
  new LambdaError({
    errorType: 'Lambda.ResourceNotFoundException',
    errorMessage: `Function not found: ${functionNameOrArn}`,
  });
