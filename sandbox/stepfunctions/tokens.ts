import { randomBytes } from 'node:crypto';
import type { SandboxClock } from '../clock.ts';
import { ApiError, type Failure, StateError } from './errors.ts';
import type { Json } from './json.ts';

/** The longest token AWS may hand out, so that nobody relies on a shorter one: https://docs.aws.amazon.com/step-functions/latest/apireference/API_SendTaskSuccess.html */
const TOKEN_LENGTH = 2048;

interface Waiting {
  succeed(output: Json): void;
  fail(failure: Failure): void;
  heartbeat(): void;
}

/** The tasks that wait for somebody to answer. */
export class Tokens {
  #clock: SandboxClock;
  #waiting = new Map<string, Waiting>();
  #closed = new Set<string>();

  constructor(clock: SandboxClock) {
    this.#clock = clock;
  }

  issue(): string {
    return randomBytes((TOKEN_LENGTH * 3) / 4).toString('base64');
  }

  /** Waits for the answer to `token`. After `close` the token is dead, whether it was answered or not. */
  open(token: string, heartbeatSeconds: number | undefined): { answer: Promise<Json>; close: () => void } {
    const { promise, resolve, reject } = Promise.withResolvers<Json>();
    // Nobody may be listening yet when the heartbeat stops.
    promise.catch(() => {});
    let stopTimer = () => {};
    const missed = () => {
      this.#close(token);
      reject(new StateError({ error: 'States.HeartbeatTimeout' }));
    };
    const restartTimer = () => {
      stopTimer();
      if (heartbeatSeconds) stopTimer = this.#clock.after(heartbeatSeconds * 1000, missed);
    };
    this.#waiting.set(token, {
      succeed: resolve,
      fail: (failure) => reject(new StateError(failure)),
      heartbeat: restartTimer,
    });
    restartTimer();
    const close = () => {
      stopTimer();
      this.#close(token);
    };
    return { answer: promise, close };
  }

  succeed(token: string, output: Json): void {
    this.#take(token).succeed(output);
  }

  fail(token: string, failure: Failure): void {
    this.#take(token).fail(failure);
  }

  heartbeat(token: string): void {
    this.#find(token).heartbeat();
  }

  #take(token: string): Waiting {
    const waiting = this.#find(token);
    this.#close(token);
    return waiting;
  }

  #find(token: string): Waiting {
    if (token.length !== TOKEN_LENGTH) throw new ApiError('InvalidToken', "Invalid Token: 'Invalid token'");
    const waiting = this.#waiting.get(token);
    if (waiting) return waiting;
    if (this.#closed.has(token)) {
      throw new ApiError('TaskTimedOut', "Task Timed Out: 'Provided task does not exist anymore'");
    }
    throw new ApiError('TaskDoesNotExist', "Task Does Not Exist: 'Provided task does not exist'");
  }

  #close(token: string): void {
    this.#waiting.delete(token);
    this.#closed.add(token);
  }
}
