import type { SandboxClock } from '../clock.ts';

export interface TextMessage {
  readonly at: Date;
  readonly text: string;
  readonly code: string;
}

/** The phones of the simulated users. */
export class Phone {
  readonly #clock: SandboxClock;
  readonly #inboxes = new Map<string, TextMessage[]>();

  constructor(clock: SandboxClock) {
    this.#clock = clock;
  }

  /** Oldest first. */
  inbox(number: string): TextMessage[] {
    return [...(this.#inboxes.get(number) ?? [])];
  }

  receive(number: string, text: string, code: string): void {
    this.#inboxes.set(number, [...this.inbox(number), { at: this.#clock.now(), text, code }]);
  }
}
