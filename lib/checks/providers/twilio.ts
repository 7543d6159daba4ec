import type { Clock } from '../../clock.ts';
import type { Finding } from '../../domain/finding.ts';
import type { Providers } from '../../domain/profile.ts';
import type { EnvironmentVariable } from '../../domain/service.ts';
import type { Vaults } from '../../reveal.ts';
import { readVariable } from './credentials.ts';
import { broken, finding, unknown, type Verdict } from './finding.ts';
import { type Asked, getJson, property } from './http.ts';
import type { Looked } from './look.ts';
import { type Alerts, judgeAccount, judgeAlerts, judgeVerifyService, refusalOf } from './twilio-answers.ts';

type Declared = NonNullable<Providers['twilio']>;

export interface TwilioAround {
  readonly clock: Clock;
  readonly environment: () => Promise<Looked<readonly EnvironmentVariable[]>>;
  readonly vaults: Vaults;
  /** Answers in the place of all of Twilio's hosts, as AWS_ENDPOINT_URL does for AWS's. */
  readonly endpoint?: string;
}

const HOSTS = {
  api: 'https://api.twilio.com',
  verify: 'https://verify.twilio.com',
  monitor: 'https://monitor.twilio.com',
} as const;

const ATTEMPTS = 3;
const FIRST_PAUSE = 1000;
const PAGES = 4;
const PAGE_SIZE = 250;
const HOUR = 3_600_000;

/** Asks Twilio about the account, the Verify service and the last hour's alerts, with the service's own credentials. */
export async function askTwilio(declared: Declared, around: TwilioAround): Promise<Finding[]> {
  const subjects = ['twilio-account', ...(declared.verifyServiceSid ? ['twilio-verify-service'] : []), 'twilio-alerts'];
  const environment = await around.environment();
  const unasked = (because: string) =>
    subjects.map((subject) => finding(subject, unknown(`could not ask Twilio: ${because}`)));
  if ('unanswered' in environment) return unasked(environment.unanswered);
  const read = async (name: string | undefined) =>
    name === undefined ? undefined : readVariable(name, environment.value, around.vaults);
  const [accountSid, token, key, service] = await Promise.all(
    [declared.accountSid, declared.authToken, declared.apiKeySid, declared.verifyServiceSid].map(read),
  );
  const missing = [accountSid, token, key].find((looked) => looked && 'unanswered' in looked);
  if (missing && 'unanswered' in missing) return unasked(missing.unanswered);
  const sid = valueIn(accountSid);
  const malformed = wrongSid(declared.accountSid, 'AC', sid);
  if (malformed) {
    const rest = unasked(`${declared.accountSid} does not hold an account SID`).slice(1);
    return [finding('twilio-account', malformed), ...rest];
  }
  const client = new Client({ sid, user: valueIn(key) || sid, secret: valueIn(token) }, around);
  const options = { apiKey: declared.apiKeySid !== undefined };
  const verdicts = await Promise.all([
    client.account().then((asked) => judgeAccount(asked, options)),
    ...(declared.verifyServiceSid ? [aboutService(declared.verifyServiceSid, service, client)] : []),
    client.alerts().then(judgeAlerts),
  ]);
  return verdicts.map((verdict, at) => finding(subjects[at] ?? '', verdict));
}

const valueIn = (looked: Looked<string> | undefined): string => (looked && 'value' in looked ? looked.value : '');

async function aboutService(variable: string, looked: Looked<string> | undefined, client: Client): Promise<Verdict> {
  if (!looked || 'unanswered' in looked) return unknown(`could not ask Twilio: ${looked?.unanswered}`);
  const malformed = wrongSid(variable, 'VA', looked.value);
  return malformed ?? judgeVerifyService(await client.verifyService(looked.value));
}

/** What is no SID is not sent: it would stand in a URL, and it may be a secret in the wrong place. */
const wrongSid = (variable: string, prefix: string, value: string): Verdict | undefined =>
  new RegExp(`^${prefix}\\w+$`).test(value)
    ? undefined
    : broken('environment-invalid', `the value of ${variable} is no SID of Twilio's that begins with ${prefix}`);

class Client {
  readonly #sid: string;
  readonly #authorization: string;
  readonly #clock: Clock;
  readonly #endpoint: string | undefined;

  constructor(credentials: { sid: string; user: string; secret: string }, around: TwilioAround) {
    this.#sid = credentials.sid;
    this.#authorization = `Basic ${Buffer.from(`${credentials.user}:${credentials.secret}`).toString('base64')}`;
    this.#clock = around.clock;
    this.#endpoint = around.endpoint?.replace(/\/+$/, '');
  }

  account(): Promise<Asked> {
    return this.#get('api', `/2010-04-01/Accounts/${this.#sid}.json`);
  }

  verifyService(sid: string): Promise<Asked> {
    return this.#get('verify', `/v2/Services/${sid}`);
  }

  /** https://www.twilio.com/docs/usage/monitor-alert; stops at a limit and says so. */
  async alerts(): Promise<Alerts> {
    const now = this.#clock.now();
    const query = new URLSearchParams({
      LogLevel: 'error',
      StartDate: seconds(new Date(now.getTime() - HOUR)),
      EndDate: seconds(now),
      PageSize: String(PAGE_SIZE),
    });
    const codes: string[] = [];
    for (let page = 0; page < PAGES; page++) {
      const asked = await this.#get('monitor', `/v1/Alerts?${query}`);
      const alerts = 'body' in asked ? property(asked.body, 'alerts') : undefined;
      if (!Array.isArray(alerts)) return page === 0 ? { refused: asked } : { codes, complete: false };
      codes.push(...alerts.map((alert) => String(property(alert, 'error_code') ?? '')));
      const next = nextPage('body' in asked && property(property(asked.body, 'meta'), 'next_page_url'));
      if (!next) return { codes, complete: true };
      for (const [name, value] of next) query.set(name, value);
    }
    return { codes, complete: false };
  }

  /** Twilio did not process what it refused for its rate: https://www.twilio.com/docs/api/errors/20429 */
  async #get(host: keyof typeof HOSTS, path: string): Promise<Asked> {
    const url = `${this.#endpoint ?? HOSTS[host]}${path}`;
    for (let attempt = 1; ; attempt++) {
      const asked = await getJson(this.#clock, url, { authorization: this.#authorization });
      if ('unanswered' in asked || refusalOf(asked) !== 'rate-limited' || attempt === ATTEMPTS) return asked;
      await this.#clock.sleep(FIRST_PAUSE * attempt);
    }
  }
}

/** Of the next page only where it starts is taken, never its host: credentials go with every request. */
function nextPage(url: unknown): [string, string][] | undefined {
  const parsed = typeof url === 'string' ? URL.parse(url, HOSTS.monitor) : null;
  const cursor = [...(parsed?.searchParams ?? [])].filter(([name]) => name === 'Page' || name === 'PageToken');
  return cursor.length > 0 ? cursor : undefined;
}

const seconds = (date: Date) => `${date.toISOString().slice(0, 19)}Z`;
