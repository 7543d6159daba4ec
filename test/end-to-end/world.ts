import { DynamoDBClient, GetItemCommand } from '@aws-sdk/client-dynamodb';
import { LambdaClient } from '@aws-sdk/client-lambda';
import {
  DescribeExecutionCommand,
  type DescribeExecutionCommandOutput,
  type HistoryEvent,
  ListExecutionsCommand,
  SFNClient,
  StartExecutionCommand,
} from '@aws-sdk/client-sfn';
import { DynamoDBDocumentClient } from '@aws-sdk/lib-dynamodb';
import { afterEach } from 'vitest';
import { answerApproval, answerDelivery } from '../../cli/doors.ts';
import { follow } from '../../cli/follow.ts';
import type { Plan } from '../../lib/domain/plan.ts';
import type { Report } from '../../lib/domain/report.ts';
import { readReport } from '../../lib/run/records.ts';
import { type Sandbox, startSandbox } from '../../sandbox/index.ts';
import { deployProduct, type Product, type ProductOptions } from '../../sandbox/product.ts';

export const SERVICE = 'nerava-backend';
export const PHONE = '+15555550118';
const SPEED = 600;

/** What is asked of a person, and how the test answers. */
export interface Asked {
  readonly run: string;
  readonly plan: Plan;
}
export interface People {
  readonly onApproval?: (world: World, asked: Asked) => Promise<unknown>;
  readonly onReminder?: (world: World, asked: Asked) => Promise<unknown>;
  readonly onDelivery?: (world: World, asked: Asked) => Promise<unknown>;
  /** When the run enters a state. */
  readonly onState?: (name: string, world: World) => unknown;
}

export interface Played {
  readonly execution: DescribeExecutionCommandOutput;
  /** The report, where the run ended with one. */
  readonly report: Report;
  readonly history: readonly HistoryEvent[];
  /** Names of the states that were entered, in order. */
  readonly states: readonly string[];
}

let open: World | undefined;
afterEach(async () => {
  await open?.close();
  open = undefined;
});

/** A sandbox account with the product in it; closed after the test. `speed`: lower where a test looks at single seconds. */
export async function openWorld(
  scenario: string,
  { speed = SPEED, ...options }: ProductOptions & { readonly speed?: number } = {},
): Promise<World> {
  const sandbox = await startSandbox({ scenario, speed });
  open = new World(sandbox, await deployProduct(sandbox, options));
  return open;
}

export class World {
  readonly sandbox: Sandbox;
  readonly product: Product;
  readonly states = new SFNClient({});
  readonly lambda = new LambdaClient({});
  readonly #dynamo = new DynamoDBClient({});

  constructor(sandbox: Sandbox, product: Product) {
    this.sandbox = sandbox;
    this.product = product;
  }

  async start(input: unknown, name?: string): Promise<string> {
    const { executionArn = '' } = await this.states.send(
      new StartExecutionCommand({ stateMachineArn: this.product.stateMachineArn, input: JSON.stringify(input), name }),
    );
    return executionArn;
  }

  /** Starts a run and follows it to its end. */
  async play(input: object, people: People = {}): Promise<Played> {
    return this.watch(await this.start({ service: SERVICE, ...input }), people);
  }

  repair(people: People = { onApproval: approve, onDelivery: confirm }): Promise<Played> {
    return this.play({ mode: 'repair', requestedBy: 'requester' }, people);
  }

  async watch(executionArn: string, people: People = {}): Promise<Played> {
    const history: HistoryEvent[] = [];
    const answers: Promise<unknown>[] = [];
    let entered: { name?: string; input?: string } = {};
    for await (const event of follow(this.states, executionArn, 10)) {
      history.push(event);
      if (event.stateEnteredEventDetails) {
        entered = event.stateEnteredEventDetails;
        answers.push(Promise.resolve(people.onState?.(entered.name ?? '', this)));
      }
      if (event.type !== 'TaskSubmitted') continue;
      const asked = JSON.parse(entered.input ?? '{}') as Asked;
      if (entered.name === 'Request approval' && people.onApproval) answers.push(people.onApproval(this, asked));
      if (entered.name === 'Remind' && people.onReminder) answers.push(people.onReminder(this, asked));
      if (entered.name === 'Confirm delivery' && people.onDelivery) answers.push(people.onDelivery(this, asked));
    }
    await Promise.all(answers);
    const execution = await this.describe(executionArn);
    const report = execution.output ? (JSON.parse(execution.output) as Report) : ({} as Report);
    return {
      execution,
      report,
      history,
      states: history.flatMap((event) => event.stateEnteredEventDetails?.name ?? []),
    };
  }

  describe(executionArn: string): Promise<DescribeExecutionCommandOutput> {
    return this.states.send(new DescribeExecutionCommand({ executionArn }));
  }

  /** Every event of every execution in the account, those of nested ones too. */
  async wholeHistory(): Promise<HistoryEvent[]> {
    const arns = [this.product.stateMachineArn, this.product.diagnoseStateMachineArn];
    const lists = await Promise.all(
      arns.map((stateMachineArn) => this.states.send(new ListExecutionsCommand({ stateMachineArn }))),
    );
    const events: HistoryEvent[] = [];
    for (const { executionArn = '' } of lists.flatMap(({ executions = [] }) => executions)) {
      for await (const event of follow(this.states, executionArn, 10)) events.push(event);
    }
    return events;
  }

  get service() {
    const [service] = this.sandbox.account.apprunner.services;
    if (!service) throw new Error('the scenario has no service');
    return service;
  }

  async lockHolder(): Promise<string | undefined> {
    const Key = { pk: { S: `SERVICE#${this.service.ServiceArn}` }, sk: { S: 'LOCK' } };
    const { Item } = await this.#dynamo.send(new GetItemCommand({ TableName: 'reconnect', Key, ConsistentRead: true }));
    return Item?.run?.S;
  }

  /** What whoever looks at the run sees. */
  storedReport(run: string): Promise<Report | undefined> {
    return readReport({ client: DynamoDBDocumentClient.from(this.#dynamo), name: 'reconnect' }, run);
  }

  /** How often users' doors were asked to start an OTP. */
  otpStarts(): number {
    return this.sandbox.requests.filter(({ path }) => path === '/v1/auth/otp/start').length;
  }

  async close(): Promise<void> {
    this.product.stop();
    await this.product.idle();
    await this.sandbox.close();
  }
}

export const approve = (world: World, { run, plan }: Asked) =>
  answerApproval(world.lambda, { run, decision: 'approve', by: 'colleague', planHash: plan.hash ?? '' });

export const decline = (world: World, { run, plan }: Asked) =>
  answerApproval(world.lambda, { run, decision: 'decline', by: 'colleague', planHash: plan.hash ?? '' });

/** Waits for the SMS, as a person would, and reads out its code. */
export async function confirm(world: World, { run }: Asked): Promise<unknown> {
  await world.sandbox.clock.sleep(20_000);
  const code = world.sandbox.phone.inbox(PHONE).at(-1)?.code;
  return answerDelivery(world.lambda, { run, delivered: code !== undefined, by: 'colleague', ...(code && { code }) });
}

/** Looks where it was sent to, after a while: at the phone for the code, or into the mailbox. */
/** Approved, said not to have arrived, and the deployment that would take it back fails. */
export const wayBackFails: People = {
  onApproval: approve,
  onDelivery: (world, { run }) => {
    world.sandbox.account.faults.failNextUpdate = 'Health check failed.';
    return answerDelivery(world.lambda, { run, delivered: false, by: 'colleague' });
  },
};

export async function arrived(world: World, asked: Asked): Promise<unknown> {
  if (world.sandbox.phone.inbox(PHONE).length > 0) return confirm(world, asked);
  return answerDelivery(world.lambda, { run: asked.run, delivered: true, by: 'colleague' });
}

/** What the variable that `otp-missing-variable` lacks is to refer to. */
export function verifyServiceSid(world: World): object {
  const { secrets } = world.sandbox.account.secretsManager;
  const secret = secrets.find(({ Name }) => Name === 'nerava/twilio-verify-service-sid');
  return { environment: { secrets: { TWILIO_VERIFY_SERVICE_SID: secret?.ARN } } };
}
