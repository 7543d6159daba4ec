import { setTimeout as wait } from 'node:timers/promises';

/** A moment after which `signal` aborts, unless `clear` was called first. */
export interface Deadline {
  readonly signal: AbortSignal;
  clear(): void;
}

/** The only source of time for handlers. Durations are milliseconds. */
export interface Clock {
  now(): Date;
  sleep(ms: number, signal?: AbortSignal): Promise<void>;
  deadline(ms: number): Deadline;
}

export const systemClock: Clock = {
  now: () => new Date(),
  sleep: async (ms, signal) => {
    await wait(ms, undefined, { signal });
  },
  deadline: (ms) => {
    const controller = new AbortController();
    const timer = setTimeout(() => controller.abort(new DOMException(`no answer within ${ms} ms`, 'TimeoutError')), ms);
    return { signal: controller.signal, clear: () => clearTimeout(timer) };
  },
};

let current: Clock = systemClock;

/** Replaces the clock for this process: the embedded engine runs the same handlers faster than real time. */
export function useClock(replacement: Clock): void {
  current = replacement;
}

export const clock: Clock = {
  now: () => current.now(),
  sleep: (ms, signal) => current.sleep(ms, signal),
  deadline: (ms) => current.deadline(ms),
};
