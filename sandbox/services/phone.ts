import type { SandboxClock } from '../clock.ts';

export interface TextMessage {
  readonly at: Date;
  readonly text: string;
  readonly code: string;
}

const BY_CLOCK = new WeakMap<SandboxClock, Phone>();

/** The phones of the simulated users. A sandbox has one clock and one of these: whoever sends texts finds it by the clock. */
export class Phone {
  readonly #clock: SandboxClock;
  readonly #inboxes = new Map<string, TextMessage[]>();

  constructor(clock: SandboxClock) {
    this.#clock = clock;
    BY_CLOCK.set(clock, this);
  }

  static of(clock: SandboxClock): Phone {
    return BY_CLOCK.get(clock) ?? new Phone(clock);
  }

  /** Oldest first. */
  inbox(number: string): TextMessage[] {
    return [...(this.#inboxes.get(number) ?? [])];
  }

  receive(number: string, text: string, code: string): void {
    this.#inboxes.set(number, [...this.inbox(number), { at: this.#clock.now(), text, code }]);
  }
}
