import type { SandboxClock } from '../clock.ts';

/** CLOSED → (failures) → OPEN → (time) → HALF_OPEN: one attempt decides → CLOSED or OPEN again. */
export class Circuit {
  readonly #clock: SandboxClock;
  readonly #opensAfter: number;
  readonly #staysOpen: number;
  #failures = 0;
  #openUntil = 0;

  constructor(clock: SandboxClock, limits: { failures: number; seconds: number }) {
    this.#clock = clock;
    this.#opensAfter = limits.failures;
    this.#staysOpen = limits.seconds * 1000;
  }

  get isOpen(): boolean {
    return this.#clock.now().getTime() < this.#openUntil;
  }

  record(worked: boolean): void {
    this.#failures = worked ? 0 : this.#failures + 1;
    if (this.#failures >= this.#opensAfter) this.#openUntil = this.#clock.now().getTime() + this.#staysOpen;
  }
}
