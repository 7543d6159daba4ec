import { type Account, emptyAccount, snapshotOf } from './account.ts';
import { appRunnerApi } from './apprunner/api.ts';
import { Lifecycle } from './apprunner/lifecycle.ts';
import { parameter } from './build/data.ts';
import { minutesAgo, type Site } from './build/site.ts';
import { SandboxClock } from './clock.ts';
import { startDynamoDb } from './dynamodb.ts';
import { ec2Api } from './ec2/api.ts';
import { ecrApi } from './ecr.ts';
import { ACCESS_KEY, environment } from './environment.ts';
import { eventStatus, operationEvent } from './eventbridge/account-events.ts';
import { eventBridgeApi } from './eventbridge/api.ts';
import { EventBus } from './eventbridge/bus.ts';
import { Front } from './http/front.ts';
import { listen } from './http/server.ts';
import { HttpApi } from './http-api/api.ts';
import { logsApi } from './logs/api.ts';
import { Random } from './random.ts';
import { rdsApi } from './rds.ts';
import { SCENARIOS } from './scenarios/index.ts';
import { secretsManagerApi } from './secrets-manager.ts';
import { doorOf, type ServedRequest } from './services/door.ts';
import { Phone } from './services/phone.ts';
import { Surroundings } from './services/program.ts';
import { PROGRAMS } from './services/programs.ts';
import { Twilio } from './services/twilio.ts';
import { twilioApi } from './services/twilio-api.ts';
import { sesApi } from './ses.ts';
import { Slack } from './slack/slack.ts';
import { snsApi } from './sns.ts';
import { ssmApi } from './ssm.ts';

export { operationEvent } from './eventbridge/account-events.ts';
export { AwsError } from './http/errors.ts';
export type { JsonHandler, RestHandler, RestRequest, RestResponse } from './http/front.ts';
export { SCENARIOS } from './scenarios/index.ts';

export interface SandboxOptions {
  readonly scenario: string;
  /** How many times faster than real time the sandbox lives while nobody works. */
  readonly speed?: number;
  readonly seed?: number;
  readonly startAt?: Date;
}

export interface Sandbox extends Pick<Front, 'mountJson' | 'mountRest' | 'deny'> {
  readonly clock: SandboxClock;
  readonly region: string;
  readonly accountId: string;
  /** Every AWS service answers here. */
  readonly endpoint: string;
  /** What the SDK and the CLI need to talk to the sandbox and to nobody else. */
  readonly env: Record<string, string>;
  /** The live state, plain JSON. */
  readonly account: Account;
  /** The users' doors, by name of service. */
  readonly urls: Readonly<Record<string, string>>;
  /** All of Twilio's hosts in one: the TWILIO_ENDPOINT_URL of the functions. */
  readonly twilioUrl: string;
  /** The HTTP API of the product; answers 404 until the product is deployed. */
  readonly apiUrl: string;
  readonly api: HttpApi;
  readonly slack: Slack;
  /** The default event bus. */
  readonly events: EventBus;
  /** Every request that came in through a user's door, oldest first. */
  readonly requests: readonly ServedRequest[];
  readonly phone: Pick<Phone, 'inbox' | 'onText'>;
  /** Copy of every AWS resource a run could change, to hold before against after. */
  snapshot(): unknown;
  close(): Promise<void>;
}

const ACCOUNT_ID = '123456789012';

export async function startSandbox(options: SandboxOptions): Promise<Sandbox> {
  const { scenario: name, speed = 120, seed = 1, startAt } = options;
  const scenario = SCENARIOS[name];
  if (!scenario) throw new Error(`no scenario is called ${name}: ${Object.keys(SCENARIOS).join(', ')}`);
  const { region } = scenario;
  const clock = new SandboxClock({ speed, startAt });
  const account = emptyAccount({ id: ACCOUNT_ID, region });
  const random = new Random(seed);
  // Not what the clock says by now: the same seed and start make the same account.
  const site: Site = { account, random, now: startAt ?? clock.now() };
  const built = scenario.build(site);

  const front = new Front(clock, region, account);
  const events = new EventBus(clock, account);
  const lifecycle = new Lifecycle(account, clock, random, (service, { Type, Status }) => {
    const status = eventStatus(Type, Status);
    const { deliver, keys } = events.appRunner;
    if (!status || deliver === 'never') return;
    events.send(operationEvent({ service, status }, keys), { times: deliver === 'twice' ? 2 : 1 });
  });
  front.mountApi(appRunnerApi(account, clock, lifecycle));
  front.mountApi(ec2Api(account, clock, random));
  front.mountApi(eventBridgeApi(account, events));
  for (const api of [ecrApi, rdsApi, logsApi, secretsManagerApi]) front.mountApi(api(account));
  for (const api of [ssmApi, snsApi]) front.mountApi(api(account, clock));

  front.mountRest('/v2/email/', sesApi(account), { service: 'ses' });

  const dynamoDb = await startDynamoDb(region);
  front.mountRaw('DynamoDB_20120810', (request, response) => dynamoDb.server.emit('request', request, response));
  const frontDoor = await listen(front.serve);
  const doors = await openDoors({ account, clock, random });
  const api = new HttpApi(clock, { id: account.id, region, accessKey: ACCESS_KEY });
  const apiDoor = await listen(api.serve);
  const slack = new Slack(clock, () => apiDoor.url);
  await slack.open();
  parameter(site, '/reconnect/slack/bot-token', slack.botToken, 'SecureString');
  parameter(site, '/reconnect/slack/signing-secret', slack.signingSecret, 'SecureString');
  for (const [service, profile] of Object.entries(built.profiles)) {
    parameter(site, `/reconnect/services/${service}`, JSON.stringify(profile(doors.urls)));
  }
  if (built.busy) keepBusy(site, lifecycle, built.busy);

  return {
    clock,
    region,
    accountId: ACCOUNT_ID,
    endpoint: frontDoor.url,
    env: environment(region, frontDoor.url, dynamoDb.url),
    account,
    urls: doors.urls,
    twilioUrl: doors.twilioUrl,
    apiUrl: apiDoor.url,
    api,
    slack,
    events,
    requests: doors.requests,
    phone: doors.phone,
    deny: front.deny.bind(front),
    mountJson: front.mountJson.bind(front),
    mountRest: front.mountRest.bind(front),
    snapshot: () => snapshotOf(account),
    close: async () => {
      events.stop();
      clock.stop();
      await Promise.all([frontDoor, dynamoDb, apiDoor, slack, ...doors.listening].map((server) => server.close()));
    },
  };
}

async function openDoors({ account, clock, random }: { account: Account; clock: SandboxClock; random: Random }) {
  const phone = new Phone(clock);
  const twilio = new Twilio(account.twilio, { clock, random, phone });
  const requests: ServedRequest[] = [];
  const opened = await Promise.all(
    account.apprunner.services.map(async (service) => {
      const program = PROGRAMS[service.app.kind]?.(
        new Surroundings({ account, service, clock, random, twilio, phone }),
      );
      if (!program) throw new Error(`${service.ServiceName}: no program is called ${service.app.kind}`);
      return { name: service.ServiceName, door: await listen(doorOf(service, program, { clock, requests })) };
    }),
  );
  const urls = Object.fromEntries(opened.map(({ name, door }) => [name, door.url]));
  const twilioDoor = await listen(twilioApi(twilio, clock));
  return {
    phone,
    requests,
    urls,
    twilioUrl: twilioDoor.url,
    listening: [twilioDoor, ...opened.map(({ door }) => door)],
  };
}

function keepBusy(
  site: Site,
  lifecycle: Lifecycle,
  { service: name, minutes }: { service: string; minutes: number },
): void {
  const service = site.account.apprunner.services.find(({ ServiceName }) => ServiceName === name);
  if (!service) throw new Error(`no service is called ${name}`);
  const StartedAt = minutesAgo(site, 4);
  const Id = site.random.uuid();
  const operation = {
    Id,
    Type: 'START_DEPLOYMENT',
    Status: 'IN_PROGRESS',
    TargetArn: service.ServiceArn,
    StartedAt,
    UpdatedAt: StartedAt,
  };
  lifecycle.resume(service, { ...operation, listedFrom: StartedAt }, minutes);
}
