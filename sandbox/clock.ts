import { AsyncLocalStorage } from 'node:async_hooks';
import type { Clock, Deadline } from '../lib/clock.ts';

interface Timer {
  readonly due: number;
  readonly order: number;
  readonly fire: () => void;
}

interface WorkScope {
  waits: number;
}

/**
 * Time is counted in short ticks, and a tick that comes late counts as if it had come in time: so that a stall of this
 * process (garbage collection, a busy machine) is not taken for time that passed in the sandbox.
 */
const LONGEST_TICK_MS = 2;
const SLACK_MS = 1;

/**
 * Sandbox time. While anything works (see `working`), it runs as fast as real time; while everybody waits, it runs
 * `speed` times faster. A step so takes as long as it really takes, a ten-minute deployment takes a second, and a
 * stalled machine does not turn a quick answer into a slow one.
 */
export class SandboxClock implements Clock {
  readonly speed: number;
  #virtual: number;
  #real = performance.now();
  #planned = 0;
  #busy = 0;
  #order = 0;
  #timers: Timer[] = [];
  #tick: NodeJS.Timeout | undefined;
  #scope = new AsyncLocalStorage<WorkScope>();

  constructor(options: { speed: number; startAt?: Date }) {
    this.speed = options.speed;
    this.#virtual = (options.startAt ?? new Date()).getTime();
  }

  now(): Date {
    this.#advance();
    return new Date(this.#virtual);
  }

  sleep(ms: number, signal?: AbortSignal): Promise<void> {
    const resume = this.#waitingInScope();
    return new Promise<void>((resolve, reject) => {
      const cancel = this.after(ms, () => {
        signal?.removeEventListener('abort', onAbort);
        resolve();
      });
      const onAbort = () => {
        cancel();
        reject(signal?.reason);
      };
      if (signal?.aborted) onAbort();
      else signal?.addEventListener('abort', onAbort, { once: true });
    }).finally(resume);
  }

  deadline(ms: number): Deadline {
    const resume = this.#waitingInScope();
    const controller = new AbortController();
    const cancel = this.after(ms, () => {
      resume();
      controller.abort(new DOMException(`no answer within ${ms} ms`, 'TimeoutError'));
    });
    return {
      signal: controller.signal,
      clear: () => {
        cancel();
        resume();
      },
    };
  }

  /** Calls `fire` once, `ms` of sandbox time from now; returns how to call it off. */
  after(ms: number, fire: () => void): () => void {
    this.#advance();
    const timer: Timer = { due: this.#virtual + Math.max(0, ms), order: this.#order++, fire };
    this.#timers.push(timer);
    this.#timers.sort((a, b) => a.due - b.due || a.order - b.order);
    this.#schedule();
    return () => {
      this.#timers = this.#timers.filter((other) => other !== timer);
      this.#schedule();
    };
  }

  /** Runs `work` as something that takes real time: sandbox time does not race ahead of it, except while it sleeps itself. */
  async working<T>(work: () => Promise<T>): Promise<T> {
    const scope: WorkScope = { waits: 0 };
    this.#setBusy(+1);
    try {
      return await this.#scope.run(scope, work);
    } finally {
      if (scope.waits === 0) this.#setBusy(-1);
      scope.waits = Number.NaN;
    }
  }

  /** Forgets every timer; nothing fires any more. */
  stop(): void {
    clearTimeout(this.#tick);
    this.#timers = [];
  }

  #waitingInScope(): () => void {
    const scope = this.#scope.getStore();
    if (!scope || Number.isNaN(scope.waits)) return () => {};
    if (scope.waits++ === 0) this.#setBusy(-1);
    let resumed = false;
    return () => {
      if (resumed || Number.isNaN(scope.waits)) return;
      resumed = true;
      if (--scope.waits === 0) this.#setBusy(+1);
    };
  }

  #setBusy(change: number): void {
    this.#advance();
    this.#busy += change;
    this.#schedule();
  }

  get #rate(): number {
    return this.#busy > 0 ? 1 : this.speed;
  }

  #advance(): void {
    const real = performance.now();
    const ticking = this.#timers.length > 0;
    const elapsed = ticking ? Math.min(real - this.#real, this.#planned + SLACK_MS) : real - this.#real;
    this.#virtual += elapsed * this.#rate;
    this.#real = real;
    this.#planned = Math.max(0, this.#planned - elapsed);
  }

  #schedule(): void {
    clearTimeout(this.#tick);
    const next = this.#timers[0];
    if (!next) return;
    this.#planned = Math.min(LONGEST_TICK_MS, Math.max(0, (next.due - this.#virtual) / this.#rate));
    this.#tick = setTimeout(() => this.#fireDue(), this.#planned);
  }

  #fireDue(): void {
    this.#advance();
    const due = this.#timers.filter((timer) => timer.due <= this.#virtual);
    this.#timers = this.#timers.filter((timer) => timer.due > this.#virtual);
    for (const timer of due) timer.fire();
    this.#schedule();
  }
}
