import type { LambdaClient } from '@aws-sdk/client-lambda';
import type { HistoryEvent } from '@aws-sdk/client-sfn';
import { GetParameterCommand, SSMClient } from '@aws-sdk/client-ssm';
import type { Plan } from '../lib/domain/plan.ts';
import type { Sandbox } from '../sandbox/index.ts';
import { answerApproval, answerDelivery } from './doors.ts';
import type { Say } from './progress.ts';

const ON_CALL = 'simulated-on-call';
const SECONDS_TO_READ_A_PLAN = 20;
const SECONDS_TO_LOOK_AT_THE_PHONE = 15;

interface Asked {
  readonly run: string;
  readonly service: { readonly name: string };
  readonly plan?: Plan;
}

/** A person of the sandbox: decides on the plan, then looks at the phone. Goes through the same doors as real people. */
export class OnCall {
  readonly #sandbox: Sandbox;
  readonly #lambda: LambdaClient;
  readonly #decision: 'approve' | 'decline';
  readonly #say: Say;
  #asked: { state: string; document: Asked } | undefined;

  constructor(options: { sandbox: Sandbox; lambda: LambdaClient; decision: 'approve' | 'decline'; say: Say }) {
    this.#sandbox = options.sandbox;
    this.#lambda = options.lambda;
    this.#decision = options.decision;
    this.#say = options.say;
  }

  /** Answers what the run asks; the question is stored before the task counts as submitted. */
  async watch(event: HistoryEvent): Promise<void> {
    const { stateEnteredEventDetails: entered } = event;
    if (entered?.input) this.#asked = { state: entered.name ?? '', document: JSON.parse(entered.input) as Asked };
    if (event.type !== 'TaskSubmitted' || !this.#asked) return;
    const { state, document } = this.#asked;
    if (state === 'Request approval') await this.#decide(document);
    if (state === 'Confirm delivery') await this.#confirm(document);
  }

  async #decide({ run, plan }: Asked): Promise<void> {
    await this.#sandbox.clock.sleep(SECONDS_TO_READ_A_PLAN * 1000);
    this.#say(`         ☎ ${ON_CALL}: ${this.#decision === 'approve' ? 'approves' : 'declines'}`);
    await answerApproval(this.#lambda, { run, decision: this.#decision, by: ON_CALL, planHash: plan?.hash ?? '' });
  }

  async #confirm({ run, service }: Asked): Promise<void> {
    await this.#sandbox.clock.sleep(SECONDS_TO_LOOK_AT_THE_PHONE * 1000);
    const phone = await testPhone(service.name);
    const code = phone && this.#sandbox.phone.inbox(phone).at(-1)?.code;
    const delivered = phone ? code !== undefined : this.#hasMail(service.name);
    const said = phone
      ? ['the SMS is here, and this is the code', 'no SMS has come']
      : ['the e-mail is here', 'no e-mail has come'];
    this.#say(`         ☎ ${ON_CALL}: ${said[delivered ? 0 : 1]}`);
    await answerDelivery(this.#lambda, { run, delivered, by: ON_CALL, ...(code && { code }) });
  }

  /** The simulated mail server hands over at once what was sent. */
  #hasMail(service: string): boolean {
    return Object.entries(this.#sandbox.account.logs).some(
      ([group, lines]) =>
        group.includes(`/${service}/`) && lines.some(({ message }) => message.startsWith('Email sent:')),
    );
  }
}

/** Undefined for a service that sends no SMS. */
async function testPhone(service: string): Promise<string | undefined> {
  const name = new GetParameterCommand({ Name: `/reconnect/services/${service}/test-phone`, WithDecryption: true });
  try {
    return (await new SSMClient({}).send(name)).Parameter?.Value;
  } catch (error) {
    if (error instanceof Error && error.name === 'ParameterNotFound') return undefined;
    throw error;
  }
}
