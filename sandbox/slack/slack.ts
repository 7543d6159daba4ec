import { createHmac } from 'node:crypto';
import type { SandboxClock } from '../clock.ts';
import { type Listening, listen } from '../http/server.ts';
import type { Json } from './blocks.ts';
import { byHand } from './by-hand.ts';
import { clickBody, commandBody, findAction, type Place, stateOf, submitBody } from './payloads.ts';
import { slackServer, type Weather } from './server.ts';
import { type Message, type View, Workspace } from './workspace.ts';

/** What a person sees of a request that Slack sent for them. */
export interface Sent {
  readonly status: number;
  readonly body: string;
  /** Slack shows an error where this is more than 3000. */
  readonly elapsedMs: number;
}

type Door = 'commands' | 'interactivity';

const CREDENTIALS = { signingSecret: '5a4dbox5ecret5a4dbox5ecret5a4dbo', botToken: 'xoxb-0000000000-sandbox' };
export const SLACK_CHANNEL = 'C0INCIDENTS';

/** A workspace of Slack with the app installed in it, and its people. */
export class Slack {
  readonly workspace: Workspace;
  readonly signingSecret = CREDENTIALS.signingSecret;
  readonly botToken = CREDENTIALS.botToken;
  /** A test sets it, and Slack behaves so from then on. */
  readonly weather: Weather = { condition: 'up', rateLimited: 0, retryAfterSeconds: 30 };
  readonly #clock: SandboxClock;
  readonly #door: () => string;
  #listening: Listening | undefined;
  #waiting: (() => void)[] = [];

  /** `door`: where the app takes requests, without the path. */
  constructor(clock: SandboxClock, door: () => string) {
    this.#clock = clock;
    this.#door = door;
    this.workspace = new Workspace(clock);
  }

  /** The SLACK_ENDPOINT_URL of the functions. */
  get url(): string {
    return this.#listening?.url ?? '';
  }

  async open(): Promise<void> {
    const { workspace, weather, botToken } = this;
    const onChange = () => this.#changed();
    this.#listening = await listen(
      slackServer({
        clock: this.#clock,
        workspace,
        weather,
        botToken,
        onChange,
        byHand: byHand(() => ({ ...this.#place, lasting: true })),
      }),
    );
  }

  async close(): Promise<void> {
    await this.#listening?.close();
  }

  /** Oldest first, those in threads too. */
  get messages(): readonly Message[] {
    return this.workspace.messages;
  }

  get people(): Workspace['people'] {
    return this.workspace.people;
  }

  /** The next so many requests are answered with 429. */
  limitRate(times: number, retryAfterSeconds = 30): void {
    Object.assign(this.weather, { rateLimited: times, retryAfterSeconds });
  }

  /** Waits until this finds something among what Slack was given. */
  async seen<T>(find: (workspace: Workspace) => T | undefined): Promise<T> {
    for (;;) {
      const found = find(this.workspace);
      if (found !== undefined) return found;
      await new Promise<void>((resolve) => this.#waiting.push(resolve));
    }
  }

  /** Somebody types `/reconnect <text>`. */
  command(text: string, who: { user?: string; channel?: string; command?: string } = {}): Promise<Sent> {
    const { user = this.people.requester.id, channel = SLACK_CHANNEL, command = '/reconnect' } = who;
    return this.send('commands', commandBody(this.#place, { command, text, user, channel }));
  }

  /** Somebody clicks on a button of a message, as the message is now. */
  click(message: Message, actionId: string, who: { user: string; value?: string }): Promise<Sent> {
    const { user, value } = who;
    const element = { ...findAction(message, actionId), ...(value !== undefined && { value }) };
    return this.send('interactivity', clickBody(this.#place, { message, element, user }));
  }

  /** Somebody fills in a view, fields by action id, and submits it. */
  async submit(
    view: View,
    filled: Readonly<Record<string, string | readonly string[]>>,
    who: { user?: string } = {},
  ): Promise<Sent> {
    if (!view.open) throw new Error(`the view ${view.id} is closed`);
    const values = stateOf(view, filled);
    const sent = await this.send(
      'interactivity',
      submitBody(this.#place, { view, values, user: who.user ?? view.user }),
    );
    if (sent.status === 200) followUp(view, sent.body);
    return sent;
  }

  /** Sends a body as Slack would, signed now unless `headers` say otherwise. */
  async send(door: Door, body: string, headers: Readonly<Record<string, string>> = this.sign(body)): Promise<Sent> {
    const url = `${this.#door()}/slack/${door}`;
    const type = { 'content-type': 'application/x-www-form-urlencoded', 'user-agent': 'Slackbot 1.0' };
    const before = this.#clock.now().getTime();
    return this.#clock.working(async () => {
      const response = await fetch(url, { method: 'POST', headers: { ...type, ...headers }, body });
      const text = await response.text();
      return { status: response.status, body: text, elapsedMs: this.#clock.now().getTime() - before };
    });
  }

  /** The headers of a request with this body: https://docs.slack.dev/authentication/verifying-requests-from-slack */
  sign(body: string | Buffer, at: Date = this.#clock.now()): Record<string, string> {
    const timestamp = String(Math.floor(at.getTime() / 1000));
    const hmac = createHmac('sha256', this.signingSecret).update(`v0:${timestamp}:`).update(body);
    return { 'x-slack-request-timestamp': timestamp, 'x-slack-signature': `v0=${hmac.digest('hex')}` };
  }

  get #place(): Place {
    return { workspace: this.workspace, base: this.url };
  }

  #changed(): void {
    const waiting = this.#waiting;
    this.#waiting = [];
    for (const look of waiting) look();
  }
}

/** What the answer to a submission does to the view: https://docs.slack.dev/surfaces/modals/#updating_views */
function followUp(view: View, body: string): void {
  const answer: Json = body === '' ? {} : (JSON.parse(body) as Json);
  view.errors = (answer.errors as View['errors'] | undefined) ?? {};
  if (answer.response_action === 'update' && answer.view) view.view = answer.view as Json;
  else if (answer.response_action !== 'errors') view.open = false;
}
