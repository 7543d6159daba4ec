import { randomUUID } from 'node:crypto';
import { Background } from '../background.ts';
import type { SandboxClock } from '../clock.ts';
import type { AppRunnerDelivery } from './account-events.ts';
import { assertPattern, matches, type Pattern } from './pattern.ts';

/** https://docs.aws.amazon.com/eventbridge/latest/ref/overiew-event-structure.html */
export interface Event {
  readonly version: '0';
  readonly id: string;
  readonly 'detail-type': string;
  readonly source: string;
  readonly account: string;
  readonly time: string;
  readonly region: string;
  readonly resources: readonly string[];
  readonly detail: Readonly<Record<string, unknown>>;
}
export type NewEvent = Pick<Event, 'source' | 'detail-type' | 'detail'> & Partial<Event>;

export interface Rule {
  readonly name: string;
  readonly pattern: Pattern;
  /** Name of the function; it is invoked asynchronously with the event. */
  readonly target: string;
  /** Default: AWS's, 185 attempts within 24 hours. */
  readonly retry?: { readonly attempts?: number; readonly maxAgeSeconds?: number };
}

/** An event that a rule could not hand to its target. */
export interface UndeliveredEvent {
  readonly rule: string;
  readonly event: Event;
  readonly attempts: number;
  readonly error: string;
}

/** https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-rule-retry-policy.html */
const USUAL_RETRY = { attempts: 185, maxAgeSeconds: 86_400 };
const LONGEST_WAIT_SECONDS = 300;

/** "no permission, or the target is gone: not retried", same page. */
const FINAL = /ResourceNotFound|AccessDenied/;

/** Takes an asynchronous invocation or throws an error named for why not. */
export type Target = (functionName: string, event: Event) => void;

/** The default bus of the account. */
export class EventBus {
  /** Every event that came to the bus, oldest first. */
  readonly sent: Event[] = [];
  readonly deadLetters: UndeliveredEvent[] = [];
  /** How App Runner's own events go out from now on. */
  readonly appRunner: AppRunnerDelivery = { deliver: 'once', keys: 'lowerCamel' };
  readonly #clock: SandboxClock;
  readonly #account: { readonly id: string; readonly region: string };
  readonly #deliveries = new Background();
  #rules: readonly Rule[] = [];
  #invoke: Target = () => {};
  readonly #broken = new Map<string, number>();

  constructor(clock: SandboxClock, account: { readonly id: string; readonly region: string }) {
    this.#clock = clock;
    this.#account = account;
  }

  /** Replaces the rules of the bus and who is reached through them. */
  deploy(rules: readonly Rule[], invoke: Target): void {
    for (const { name, pattern } of rules) assertPattern(pattern, `rule ${name}`);
    this.#rules = rules;
    this.#invoke = invoke;
  }

  /** The next so many deliveries to this function fail, as when Lambda throttles. Default: all. */
  breakTarget(functionName: string, times = Number.POSITIVE_INFINITY): void {
    this.#broken.set(functionName, times);
  }

  /** The event as it would be put on the bus. */
  event(event: NewEvent): Event {
    return {
      version: '0',
      id: randomUUID(),
      account: this.#account.id,
      time: this.#clock
        .now()
        .toISOString()
        .replace(/\.\d+Z$/, 'Z'),
      region: this.#account.region,
      resources: [],
      ...event,
    };
  }

  /** Puts an event on the bus; `times` is how often it is delivered, all at once: at least once is all that is promised. */
  send(event: NewEvent, options: { times?: number } = {}): Event {
    const whole = this.event(event);
    this.sent.push(whole);
    if (this.#deliveries.signal.aborted) return whole;
    const matching = this.#rules.filter(({ pattern }) => matches(pattern, whole));
    for (const rule of matching) {
      for (let count = 0; count < (options.times ?? 1); count++) {
        const copy = structuredClone(whole);
        this.#deliveries.begin(() => this.#deliver(rule, copy));
      }
    }
    return whole;
  }

  get isIdle(): boolean {
    return this.#deliveries.isIdle;
  }

  /** Resolves when every event has reached its targets or was given up. What the targets then do is not waited for. */
  idle(): Promise<void> {
    return this.#deliveries.idle();
  }

  stop(): void {
    this.#deliveries.stop();
  }

  async #deliver(rule: Rule, event: Event): Promise<void> {
    const { attempts: most, maxAgeSeconds } = { ...USUAL_RETRY, ...rule.retry };
    let waited = 0;
    for (let attempts = 1; ; attempts++) {
      const error = this.#attempt(rule, event);
      if (!error) return;
      const wait = Math.min(2 ** (attempts - 1), LONGEST_WAIT_SECONDS);
      if (FINAL.test(error) || attempts > most || waited + wait > maxAgeSeconds) {
        this.deadLetters.push({ rule: rule.name, event, attempts, error });
        return;
      }
      waited += wait;
      const stopped = await this.#clock.sleep(wait * 1000, this.#deliveries.signal).catch(() => true);
      if (stopped) return;
    }
  }

  #attempt({ target }: Rule, event: Event): string | undefined {
    const left = this.#broken.get(target) ?? 0;
    if (left > 0) {
      this.#broken.set(target, left - 1);
      return 'ThrottlingException';
    }
    try {
      this.#invoke(target, event);
      return undefined;
    } catch (error) {
      return error instanceof Error ? `${error.name}: ${error.message}` : String(error);
    }
  }
}
