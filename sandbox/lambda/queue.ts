import { Background } from '../background.ts';
import type { SandboxClock } from '../clock.ts';
import { LambdaError } from '../stepfunctions/index.ts';

const SECOND = 1000;
const MINUTE = 60 * SECOND;

/** "two retries: one minute before the first, two before the second" https://docs.aws.amazon.com/lambda/latest/dg/invocation-async-error-handling.html */
const WAITS_AFTER_FAILURE = [1 * MINUTE, 2 * MINUTE];
/** For throttled ones, "exponentially from 1 second after the first attempt to a maximum of 5 minutes", for up to 6 hours; same page. */
const LONGEST_WAIT = 5 * MINUTE;
const LONGEST_AGE = 6 * 60 * MINUTE;

/** An event that Lambda gave up on. */
export interface DeadLetter {
  readonly functionName: string;
  readonly payload: unknown;
  readonly at: Date;
  /** How often the function ran. */
  readonly attempts: number;
  readonly error: string;
  readonly because: string;
}

type Invoke = (name: string, payload: unknown) => Promise<unknown>;

export const THROTTLED = 'Lambda.TooManyRequestsException';

/** The asynchronous invocations of every function: each is tried until it works or is given up. */
export class InvocationQueue {
  readonly deadLetters: DeadLetter[] = [];
  readonly #clock: SandboxClock;
  readonly #invoke: Invoke;
  readonly #invocations = new Background();

  constructor(clock: SandboxClock, invoke: Invoke) {
    this.#clock = clock;
    this.#invoke = invoke;
  }

  /** Takes it and returns; the first attempt begins at once. */
  add(name: string, payload: unknown): void {
    if (this.#invocations.signal.aborted) return;
    const copy = structuredClone(payload);
    this.#invocations.begin(() => this.#work(name, copy));
  }

  get isIdle(): boolean {
    return this.#invocations.isIdle;
  }

  /** Resolves when nothing is left to do, retries included. */
  idle(): Promise<void> {
    return this.#invocations.idle();
  }

  /** Nothing is tried again. */
  stop(): void {
    this.#invocations.stop();
  }

  async #work(name: string, payload: unknown): Promise<void> {
    const since = this.#clock.now().getTime();
    const { signal } = this.#invocations;
    for (let attempts = 0, throttles = 0; ; ) {
      const failure = await this.#attempt(name, payload);
      if (!failure || signal.aborted) return;
      const throttled = failure.errorType === THROTTLED;
      if (!throttled) attempts += 1;
      const wait = throttled
        ? Math.min(SECOND * 2 ** Math.min(throttles++, 20), LONGEST_WAIT)
        : WAITS_AFTER_FAILURE[attempts - 1];
      const now = this.#clock.now();
      if (wait === undefined || now.getTime() + wait - since > LONGEST_AGE) {
        const { errorType: error, errorMessage: because } = failure;
        this.deadLetters.push({ functionName: name, payload, at: now, attempts, error, because });
        return;
      }
      const stopped = await this.#clock.sleep(wait, signal).catch(() => true);
      if (stopped) return;
    }
  }

  async #attempt(name: string, payload: unknown): Promise<LambdaError | undefined> {
    try {
      await this.#clock.working(() => this.#invoke(name, payload));
      return undefined;
    } catch (error) {
      if (error instanceof LambdaError) return error;
      const { name: errorType, message: errorMessage } = error instanceof Error ? error : new Error(String(error));
      return new LambdaError({ errorType, errorMessage });
    }
  }
}
