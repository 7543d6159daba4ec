import type { SandboxClock } from '../clock.ts';

export interface TextMessage {
  readonly at: Date;
  readonly text: string;
  readonly code: string;
}

type Listener = (number: string, message: TextMessage) => void;

/** The phones of the simulated users. */
export class Phone {
  readonly #clock: SandboxClock;
  readonly #inboxes = new Map<string, TextMessage[]>();
  readonly #listeners = new Set<Listener>();

  constructor(clock: SandboxClock) {
    this.#clock = clock;
  }

  /** Oldest first. */
  inbox(number: string): TextMessage[] {
    return [...(this.#inboxes.get(number) ?? [])];
  }

  receive(number: string, text: string, code: string): void {
    const message = { at: this.#clock.now(), text, code };
    this.#inboxes.set(number, [...this.inbox(number), message]);
    for (const listener of this.#listeners) listener(number, message);
  }

  /** Hears of every text from now on; returns how to stop. */
  onText(listener: Listener): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }
}
