import type { Machine } from './definition.ts';
import { Aborted, type Failure, StateError } from './errors.ts';
import { History, inputDetails, Line, outputDetails } from './history.ts';
import { runStates } from './interpreter.ts';
import type { Json, JsonObject } from './json.ts';
import type { ChildExecution, Services } from './tasks.ts';

export type ExecutionStatus = 'RUNNING' | 'SUCCEEDED' | 'FAILED' | 'TIMED_OUT' | 'ABORTED';

const CLOSING_EVENT = {
  SUCCEEDED: ['ExecutionSucceeded', 'executionSucceededEventDetails'],
  FAILED: ['ExecutionFailed', 'executionFailedEventDetails'],
  TIMED_OUT: ['ExecutionTimedOut', 'executionTimedOutEventDetails'],
  ABORTED: ['ExecutionAborted', 'executionAbortedEventDetails'],
} as const;

/** What the account hears of an execution that starts or ends. */
export interface ExecutionChange {
  readonly arn: string;
  readonly machine: Pick<Machine, 'arn'>;
  readonly name: string;
  readonly status: ExecutionStatus;
  readonly startedAt: Date;
  readonly stoppedAt: Date | undefined;
  readonly input: string;
  readonly output: string | undefined;
  readonly failure: Failure;
}

export class Execution implements ExecutionChange, ChildExecution {
  readonly machine: Machine;
  readonly name: string;
  readonly arn: string;
  /** The text that was sent: the same name may be started again with the same text only. */
  readonly input: string;
  readonly startedAt: Date;
  readonly history: History;
  status: ExecutionStatus = 'RUNNING';
  stoppedAt: Date | undefined;
  output: string | undefined;
  failure: Failure = {};
  #services: Services;
  #abort = new AbortController();
  #closed = Promise.withResolvers<void>();

  constructor(machine: Machine, name: string, input: string, services: Services) {
    this.machine = machine;
    this.name = name;
    this.arn = `${machine.arn.replace(':stateMachine:', ':execution:')}:${name}`;
    this.input = input;
    this.startedAt = services.clock.now();
    this.history = new History(services.clock);
    this.#services = services;
  }

  get closed(): Promise<void> {
    return this.#closed.promise;
  }

  async run(): Promise<void> {
    const { flow, roleArn } = this.machine;
    const input = JSON.parse(this.input) as Json;
    const line = new Line(this.history, this.#abort.signal, 0);
    this.#services.onStatus(this);
    line.record('ExecutionStarted', { executionStartedEventDetails: { ...inputDetails(input), roleArn } });
    const stopTimer = flow.TimeoutSeconds
      ? this.#services.clock.after(flow.TimeoutSeconds * 1000, () =>
          this.#close('TIMED_OUT', { error: 'States.Timeout' }),
        )
      : () => {};
    try {
      const output = await runStates(flow, input, this.#context(input), line, this.#services);
      this.output = this.status === 'RUNNING' ? JSON.stringify(output) : undefined;
      this.#close('SUCCEEDED', {}, outputDetails(output));
    } catch (error) {
      this.#close('FAILED', StateError.from(error).failure);
    } finally {
      stopTimer();
    }
  }

  abort(failure: Failure): void {
    this.#close('ABORTED', failure);
  }

  stop(cause: string): void {
    this.abort({ cause });
  }

  describe(): JsonObject {
    const { error, cause } = this.failure;
    return {
      ...(cause === undefined ? {} : { Cause: cause }),
      ...(error === undefined ? {} : { Error: error }),
      ExecutionArn: this.arn,
      Input: this.input,
      InputDetails: { Included: true },
      Name: this.name,
      ...(this.output === undefined ? {} : { Output: this.output, OutputDetails: { Included: true } }),
      StartDate: this.startedAt.getTime(),
      StateMachineArn: this.machine.arn,
      Status: this.status,
      ...(this.stoppedAt ? { StopDate: this.stoppedAt.getTime() } : {}),
    };
  }

  /** https://docs.aws.amazon.com/step-functions/latest/dg/input-output-contextobject.html */
  #context(input: Json): JsonObject {
    const { arn, name, machine, startedAt } = this;
    return {
      Execution: {
        Id: arn,
        Input: input,
        Name: name,
        RoleArn: machine.roleArn,
        StartTime: startedAt.toISOString(),
        RedriveCount: 0,
      },
      StateMachine: { Id: machine.arn, Name: machine.name },
    };
  }

  /** The first ending is the only one. */
  #close(status: keyof typeof CLOSING_EVENT, failure: Failure, more = {}): void {
    if (this.status !== 'RUNNING') return;
    this.status = status;
    this.stoppedAt = this.#services.clock.now();
    this.failure = failure;
    const [type, details] = CLOSING_EVENT[status];
    this.history.close(type, { [details]: { ...failure, ...more } });
    this.#abort.abort(new Aborted('the execution has ended'));
    this.#closed.resolve();
    this.#services.onStatus(this);
  }
}
