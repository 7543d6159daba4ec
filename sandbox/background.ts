import { AsyncLocalStorage } from 'node:async_hooks';

/** Work that nobody waits for, until somebody asks whether all of it is done. */
export class Background {
  /** What a function hands over must not count as that function's work (see SandboxClock). */
  readonly #outside = AsyncLocalStorage.snapshot();
  readonly #stopping = new AbortController();
  #pending = 0;
  #idle: (() => void)[] = [];

  /** Aborted when the work is to stop. */
  get signal(): AbortSignal {
    return this.#stopping.signal;
  }

  get isIdle(): boolean {
    return this.#pending === 0;
  }

  /** Begins at once. The work must not throw. */
  begin(work: () => Promise<void>): void {
    this.#pending += 1;
    void this.#outside(work).finally(() => this.#done());
  }

  /** Resolves when nothing is left to do. */
  async idle(): Promise<void> {
    if (!this.isIdle) await new Promise<void>((resolve) => this.#idle.push(resolve));
  }

  stop(): void {
    this.#stopping.abort(new Error('the sandbox has stopped'));
  }

  #done(): void {
    this.#pending -= 1;
    if (this.#pending > 0) return;
    const waiting = this.#idle;
    this.#idle = [];
    for (const resolve of waiting) resolve();
  }
}
