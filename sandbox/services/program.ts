import type { Account, ServiceRecord } from '../account.ts';
import type { SandboxClock } from '../clock.ts';
import { type Path, paths } from '../network.ts';
import type { Random } from '../random.ts';
import type { Phone } from './phone.ts';
import type { Twilio } from './twilio.ts';

export interface Reply {
  readonly status: number;
  readonly body: unknown;
}

/** A program in an image: answers requests with what its instance has around it. */
export interface Program {
  answer(method: string, path: string, body: string): Promise<Reply>;
}

/** What a program finds around it: time, chance, its environment, the network, its log, and the world outside. */
export class Surroundings {
  readonly clock: SandboxClock;
  readonly random: Random;
  readonly twilio: Twilio;
  /** The phones of users, for whoever can send them texts. */
  readonly phone: Phone;
  readonly #account: Account;
  readonly #service: ServiceRecord;

  constructor(parts: {
    account: Account;
    service: ServiceRecord;
    clock: SandboxClock;
    random: Random;
    twilio: Twilio;
    phone: Phone;
  }) {
    this.clock = parts.clock;
    this.random = parts.random;
    this.twilio = parts.twilio;
    this.phone = parts.phone;
    this.#account = parts.account;
    this.#service = parts.service;
  }

  get environment(): Readonly<Record<string, string>> {
    return this.#service.environment;
  }

  /** The version of the program: the tag of the image that runs. */
  get version(): string {
    const { ImageRepository } = this.#service.running.SourceConfiguration;
    return ImageRepository?.ImageIdentifier?.split(':').at(-1) ?? '';
  }

  /** Whether this version holds a client that waits in the event loop. */
  get blocksEventLoop(): boolean {
    return this.#service.app.blocking?.includes(this.version) ?? false;
  }

  get region(): string {
    return this.#account.region;
  }

  /** One attempt to connect; every instance may leave through another subnet. Asks the network of this moment. */
  connect(host: string, port: number): Path {
    const [first, ...rest] = paths(this.#account, this.#service, host, port);
    if (!first) return { from: 'nowhere', reached: false, because: 'the connector has no subnets', symptom: 'timeout' };
    return this.random.pick([first, ...rest]);
  }

  log(message: string): void {
    const { ServiceName, ServiceId } = this.#service;
    const group = `/aws/apprunner/${ServiceName}/${ServiceId}/application`;
    this.#account.logs[group] ??= [];
    this.#account.logs[group].push({
      timestamp: this.clock.now().getTime(),
      message,
      stream: `instance/${ServiceId.slice(0, 12)}`,
    });
  }
}
