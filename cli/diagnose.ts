import type { Service } from '@aws-sdk/client-apprunner';
import { DynamoDBClient, ListTablesCommand } from '@aws-sdk/client-dynamodb';
import { type SFNClient, StartExecutionCommand } from '@aws-sdk/client-sfn';
import { forgetClients, ssm } from '../lib/aws.ts';
import { clock } from '../lib/clock.ts';
import type { Case } from '../lib/discover/case.ts';
import { draftDependencies } from '../lib/discover/draft.ts';
import { reportOf } from '../lib/discover/report.ts';
import type { Diagnosis, Gap } from '../lib/domain/diagnosis.ts';
import { InvalidRequest, ProfileNotFound } from '../lib/domain/errors.ts';
import { messageOf } from '../lib/domain/failure.ts';
import { Profile } from '../lib/domain/profile.ts';
import type { Report } from '../lib/domain/report.ts';
import { profileParameter, readProfile } from '../lib/profiles.ts';
import { parse } from '../lib/step.ts';
import { refOf } from '../lib/target/apprunner.ts';
import { SandboxClock } from '../sandbox/clock.ts';
import { startDynamoDb } from '../sandbox/dynamodb.ts';
import { hostProduct } from '../sandbox/in-process.ts';
import type { StepFunctions } from '../sandbox/stepfunctions/index.ts';
import { collectCase } from './collect-case.ts';
import { stamp } from './files.ts';
import { describeExecution, follow } from './follow.ts';
import { lookAround } from './look-around.ts';
import { Progress, type Say } from './progress.ts';

export interface DiagnoseOptions {
  readonly service: Service;
  /** Instead of the stored one. */
  readonly profile?: Profile;
  /** Whether anything may be sent through the user's door. */
  readonly probes: boolean;
  /** Instead of what the profile says. */
  readonly logs?: { readonly windowMinutes?: number | undefined; readonly until?: string | undefined };
  /** Whether the facts are wanted. */
  readonly facts: boolean;
  readonly say: Say;
  /** The time of the engine; real time when left out. */
  readonly clock?: SandboxClock;
}

export interface Outcome {
  readonly report: Report;
  readonly facts?: Case;
}

const POLL_MS = 50;

/**
 * Runs `diagnose` on the embedded engine, with the real handlers and whatever credentials this process has. What the
 * handlers remember of a run is kept in a table in memory; nothing in the account is changed, nothing is published.
 */
export async function diagnose(options: DiagnoseOptions): Promise<Outcome> {
  const { service, say } = options;
  const startedAt = clock.now();
  const chosen = await chooseProfile(options);
  const { profile: declared, notLookedAt } = options.probes ? chosen : withoutDoor(chosen);
  const profile = withWindow(declared, options.logs);
  say(`  ${chosen.origin}`);
  const ref = refOf(service, profile.url);
  const run = `${ref.name}-${stamp(startedAt)}`;
  const ended = await runMachine({ ...options, run, profile, arn: ref.arn });
  const facts = options.facts ? await collectCase(service, profile.dependencies) : undefined;
  const report = reportOf({ run, startedAt, endedAt: clock.now(), service: ref, profile, notLookedAt, ...ended });
  return { report, ...(facts && { facts }) };
}

interface Chosen {
  readonly profile: Profile;
  /** Where it comes from, for a person. */
  readonly origin: string;
  readonly notLookedAt: readonly Gap[];
}

/** The one that was given, else the stored one, else what discovery finds. */
async function chooseProfile({ service, profile }: DiagnoseOptions): Promise<Chosen> {
  const name = service.ServiceName ?? '';
  if (profile) {
    if (profile.service === name) return { profile, origin: 'profile: the given file', notLookedAt: [] };
    throw new InvalidRequest(`profile.service: the profile is for ${profile.service}, the request for ${name}`);
  }
  try {
    const stored = await readProfile(ssm(), name);
    return { profile: stored, origin: `profile: ${profileParameter(name)}`, notLookedAt: [] };
  } catch (error) {
    if (error instanceof InvalidRequest) throw error;
    const missing = error instanceof ProfileNotFound;
    const why = missing ? 'none is stored' : `it could not be read (ssm:GetParameter: ${nameOf(error)})`;
    return { ...(await discover(service, why)), origin: `profile: ${why}; judged to what the account shows` };
  }
}

const nameOf = (error: unknown): string => (error instanceof Error ? error.name : 'unknown error');

async function discover(service: Service, why: string): Promise<Omit<Chosen, 'origin'>> {
  const { found, gaps } = await lookAround(service);
  const { dependencies, leftOut } = draftDependencies(found);
  const noProfile = `there is no profile (${why}): what it would declare was not looked at`;
  return {
    profile: parse(Profile, { service: found.service, dependencies }),
    notLookedAt: [
      ...gaps,
      ...(leftOut > 0
        ? [
            {
              check: 'egress',
              subject: 'discovery',
              because: `${leftOut} more places were found than are judged`,
            } as const,
          ]
        : []),
      { check: 'environment', subject: 'profile', because: noProfile },
      { check: 'providers', subject: 'profile', because: noProfile },
      { check: 'probes', subject: 'profile', because: `${noProfile}, and nothing was sent through the user’s door` },
    ],
  };
}

/** Without anything that is sent to the service itself. */
function withoutDoor({ profile, notLookedAt }: Chosen): Pick<Chosen, 'profile' | 'notLookedAt'> {
  const { messagingHealth, ...providers } = profile.providers ?? {};
  const because = 'not sent, because --no-probes was given';
  return {
    profile: { ...profile, probes: [], ...(profile.providers && { providers }) },
    notLookedAt: [
      ...notLookedAt,
      ...profile.probes.map(({ name }) => ({ check: 'probes', subject: name, because }) as const),
      ...(messagingHealth ? [{ check: 'providers', subject: 'messaging health', because } as const] : []),
    ],
  };
}

function withWindow(profile: Profile, { windowMinutes, until }: NonNullable<DiagnoseOptions['logs']> = {}): Profile {
  const window = { windowMinutes: windowMinutes ?? profile.logs.windowMinutes, until: until ?? profile.logs.until };
  return { ...profile, logs: { windowMinutes: window.windowMinutes, ...(window.until && { until: window.until }) } };
}

type Ended = { diagnosis: Diagnosis } | { failure: { Error: string; Cause?: string } };

async function runMachine(
  options: Omit<DiagnoseOptions, 'profile'> & { run: string; arn: string; profile: Profile },
): Promise<Ended> {
  const { run, arn, profile, say, clock: engineClock = new SandboxClock({ speed: 1 }) } = options;
  const [, , , region = '', accountId = ''] = arn.split(':');
  const memory = await startDynamoDb(region);
  const restore = keepTableOutOfTheAccount(memory.url);
  let engine: StepFunctions | undefined;
  try {
    await refuseTableOfTheAccount(memory.url);
    const { stepFunctions, machineArn } = await hostProduct({
      clock: engineClock,
      region,
      accountId,
      machines: ['diagnose'],
      log: () => {},
    });
    engine = stepFunctions;
    const client = clientOf(stepFunctions);
    const input = { service: arn, mode: 'diagnose', requestedBy: 'command-line', profile };
    const { executionArn = '' } = await client.send(
      new StartExecutionCommand({
        stateMachineArn: machineArn('diagnose'),
        name: run,
        input: JSON.stringify(input),
      }),
    );
    const progress = new Progress(say);
    for await (const event of follow(client, executionArn, POLL_MS)) progress.tell(event);
    const { status, output, error = status ?? '', cause } = await describeExecution(client, executionArn);
    if (status === 'SUCCEEDED' && output) return { diagnosis: JSON.parse(output) as Diagnosis };
    const failure = { Error: error, ...(cause && { Cause: cause }) };
    if (error === 'InvalidRequest') throw new InvalidRequest(messageOf(failure));
    return { failure };
  } finally {
    engine?.stop();
    if (!options.clock) engineClock.stop();
    restore();
    await memory.close();
  }
}

/** What the handlers store goes to memory: to this endpoint, whatever the operator's own settings say. */
function keepTableOutOfTheAccount(url: string): () => void {
  const { env } = process;
  const before = { ...env };
  if (env.AWS_IGNORE_CONFIGURED_ENDPOINT_URLS?.toLowerCase() === 'true') {
    for (const name of Object.keys(env)) if (name.startsWith('AWS_ENDPOINT_URL')) delete env[name];
  }
  env.AWS_IGNORE_CONFIGURED_ENDPOINT_URLS = 'false';
  env.AWS_ENDPOINT_URL_DYNAMODB = url;
  env.RECONNECT_TABLE = 'reconnect';
  delete env.RECONNECT_TOPIC_ARN;
  forgetClients();
  return () => {
    for (const name of Object.keys(env)) if (!(name in before)) delete env[name];
    Object.assign(env, before);
    forgetClients();
  };
}

/** The promise that the account's DynamoDB is never touched is checked, not hoped for. Nothing leaves this process here. */
async function refuseTableOfTheAccount(url: string): Promise<void> {
  let leadsTo = '';
  const requestHandler = {
    handle: async ({ hostname, port }: { hostname: string; port?: number }): Promise<never> => {
      leadsTo = `${hostname}:${port}`;
      throw new Error('only looked where it would go');
    },
  };
  const credentials = { accessKeyId: 'none', secretAccessKey: 'none' };
  const client = new DynamoDBClient({ maxAttempts: 1, credentials, requestHandler });
  await client.send(new ListTablesCommand({})).catch(() => {});
  if (leadsTo !== new URL(url).host) {
    throw new InvalidRequest('the settings of the AWS SDK lead DynamoDB to the account; nothing was started');
  }
}

/** The engine behind the shape of an SDK client, without a socket in between. */
function clientOf(stepFunctions: StepFunctions): Pick<SFNClient, 'send'> {
  const send = async (command: { constructor: { name: string }; input: object }) => {
    const operation = command.constructor.name.replace(/Command$/, '');
    const answer = await stepFunctions.handle(operation, JSON.parse(JSON.stringify(command.input)));
    return JSON.parse(JSON.stringify(answer), (key, value) => (key === 'timestamp' ? new Date(value * 1000) : value));
  };
  return { send } as unknown as Pick<SFNClient, 'send'>;
}
