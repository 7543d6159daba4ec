import { randomBytes } from 'node:crypto';
import type { SandboxClock } from '../clock.ts';
import type { Json } from './blocks.ts';

export interface Person {
  readonly id: string;
  readonly name: string;
}
export interface Channel {
  readonly id: string;
  readonly name: string;
  /** User ids; the app is one of them where it has been invited. */
  members: string[];
}

export interface Content {
  readonly text: string;
  readonly blocks: readonly Json[];
}

export interface Message extends Content {
  readonly channel: string;
  /** Its name in the channel, as in `1795150000.000100`. */
  readonly ts: string;
  /** Of the message it answers in its thread. */
  readonly threadTs?: string;
  text: string;
  blocks: readonly Json[];
  /** What it said before, oldest first. */
  readonly before: Content[];
}

export interface Ephemeral extends Content {
  readonly channel: string;
  /** Nobody else sees it. */
  readonly user: string;
  readonly threadTs?: string;
  readonly at: Date;
}

/** What came to a `response_url`. */
export interface Response {
  readonly url: string;
  readonly body: Json;
  /** Whose command or click it answers. */
  readonly user: string;
  readonly at: Date;
}

export interface View {
  readonly id: string;
  hash: string;
  /** As the app opened it, with the ids that Slack added. */
  view: Json;
  readonly user: string;
  open: boolean;
  /** What the app said about the last submission, by block. */
  errors: Readonly<Record<string, string>>;
}

/** One permission to open a view: a person did something a moment ago. */
export interface Trigger {
  readonly user: string;
  readonly at: number;
  used: boolean;
}

export interface ResponseUrl {
  readonly user: string;
  readonly channel: string;
  readonly at: number;
  readonly messageTs?: string;
  uses: number;
}

export const TEAM = { id: 'T0SANDBOX', domain: 'sandbox' };
export const APP = { id: 'A0RECONNECT', bot: 'U0RECONNECT', botId: 'B0RECONNECT' };

/** Who and what there is in the workspace; a test may change all of it. */
export class Workspace {
  readonly people = {
    requester: { id: 'U0REQUESTER', name: 'requester' },
    approver: { id: 'U0APPROVER', name: 'approver' },
    stranger: { id: 'U0STRANGER', name: 'stranger' },
  };
  readonly users = new Map<string, Person>(Object.values(this.people).map((person) => [person.id, person]));
  readonly groups = new Map<string, string[]>([['S0ONCALL', [this.people.approver.id]]]);
  readonly channels = new Map<string, Channel>();
  readonly messages: Message[] = [];
  readonly ephemerals: Ephemeral[] = [];
  readonly responses: Response[] = [];
  readonly views: View[] = [];
  readonly triggers = new Map<string, Trigger>();
  readonly responseUrls = new Map<string, ResponseUrl>();
  readonly #clock: SandboxClock;
  #number = 0;

  constructor(clock: SandboxClock) {
    this.#clock = clock;
    const everybody = [...this.users.keys()];
    this.channels.set('C0INCIDENTS', { id: 'C0INCIDENTS', name: 'incidents', members: [...everybody, APP.bot] });
    this.channels.set('C0GENERAL', { id: 'C0GENERAL', name: 'general', members: everybody });
  }

  get now(): Date {
    return this.#clock.now();
  }

  /** Unique and growing, as Slack's are in a channel. */
  newTs(): string {
    this.#number += 1;
    const seconds = Math.floor(this.now.getTime() / 1000);
    return `${seconds}.${String(this.#number).padStart(6, '0')}`;
  }

  /** `lasting`: for a person who copies it by hand. */
  newTrigger(user: string, lasting = false): string {
    const id = `${this.#count()}.${this.#count()}.${randomBytes(16).toString('hex')}`;
    this.triggers.set(id, { user, at: lasting ? Number.POSITIVE_INFINITY : this.now.getTime(), used: false });
    return id;
  }

  newResponseUrl(base: string, kind: 'commands' | 'actions', given: Omit<ResponseUrl, 'at' | 'uses'>): string {
    const url = `${base}/${kind}/${TEAM.id}/${this.#count()}/${randomBytes(12).toString('hex')}`;
    this.responseUrls.set(new URL(url).pathname, { ...given, at: this.now.getTime(), uses: 0 });
    return url;
  }

  channel(idOrName: string): Channel | undefined {
    return [...this.channels.values()].find(({ id, name }) => [id, name].includes(idOrName.replace(/^#/, '')));
  }

  message(channel: string, ts: string): Message | undefined {
    return this.messages.find((message) => message.channel === channel && message.ts === ts);
  }

  #count(): number {
    this.#number += 1;
    return 1_000_000 + this.#number;
  }
}

/** As Slack stores them: whoever gave no id gets one. */
export const withIds = (blocks: readonly Json[]): readonly Json[] =>
  blocks.map((block) => {
    const block_id = block.block_id ?? randomBytes(3).toString('hex');
    if (Array.isArray(block.elements) && block.type === 'actions') {
      return { ...block, block_id, elements: block.elements.map(withActionId) };
    }
    const { element, accessory } = block;
    return {
      ...block,
      block_id,
      ...(element !== undefined && { element: withActionId(element) }),
      ...(accessory !== undefined && { accessory: withActionId(accessory) }),
    };
  });

const withActionId = (element: unknown): unknown => ({
  ...(element as Json),
  ...((element as Json).type !== 'image' && {
    action_id: (element as Json).action_id ?? randomBytes(3).toString('hex'),
  }),
});
