import type { Catcher, Retrier } from './definition.ts';
import type { StateError } from './errors.ts';

/** `States.TaskFailed` stands for every error but `States.Timeout`: https://docs.aws.amazon.com/step-functions/latest/dg/concepts-error-handling.html */
function matches(errorEquals: string[], failed: StateError): boolean {
  const { error } = failed.failure;
  if (failed.final) return false;
  return errorEquals.some(
    (name) => name === error || name === 'States.ALL' || (name === 'States.TaskFailed' && error !== 'States.Timeout'),
  );
}

export function findCatcher(catchers: Catcher[] | undefined, failed: StateError): Catcher | undefined {
  return catchers?.find(({ ErrorEquals }) => matches(ErrorEquals, failed));
}

/** The retriers of one visit of a state, each with its own count. */
export class Retries {
  #retriers: { retrier: Retrier; attempts: number }[];
  #random: () => number;

  constructor(retriers: Retrier[] | undefined, random: () => number) {
    this.#retriers = (retriers ?? []).map((retrier) => ({ retrier, attempts: 0 }));
    this.#random = random;
  }

  /** How long to wait before the next attempt; undefined when there is none. Only the first retrier that matches counts. */
  nextDelayMs(failed: StateError): number | undefined {
    const found = this.#retriers.find(({ retrier }) => matches(retrier.ErrorEquals, failed));
    if (!found || found.attempts >= (found.retrier.MaxAttempts ?? 3)) return undefined;
    const { IntervalSeconds = 1, BackoffRate = 2, MaxDelaySeconds = Infinity, JitterStrategy } = found.retrier;
    const seconds = Math.min(IntervalSeconds * BackoffRate ** found.attempts, MaxDelaySeconds);
    found.attempts += 1;
    return seconds * 1000 * (JitterStrategy === 'FULL' ? this.#random() : 1);
  }
}
