import { AsyncLocalStorage } from 'node:async_hooks';
import { randomUUID } from 'node:crypto';
import type { Machine } from './definition.ts';
import { ApiError } from './errors.ts';
import { Execution } from './execution.ts';
import { LARGEST_PAYLOAD } from './json.ts';
import type { Services } from './tasks.ts';
import { executionName, type Input, optionalText, parseAs, requiredArn } from './validate.ts';

/** Every execution there ever was, by machine and name. */
export class Executions {
  readonly all: Execution[] = [];
  #machines: Map<string, Machine>;
  #byArn = new Map<string, Execution>();
  /** An execution started from within a handler must not count as that handler's work (see SandboxClock). */
  #outside = AsyncLocalStorage.snapshot();

  constructor(machines: Map<string, Machine>) {
    this.#machines = machines;
  }

  machine(input: Input): Machine {
    const arn = requiredArn(input, 'stateMachineArn', 'stateMachine');
    const machine = this.#machines.get(arn);
    if (!machine) throw new ApiError('StateMachineDoesNotExist', `State Machine Does Not Exist: '${arn}'`);
    return machine;
  }

  find(input: Input): Execution {
    const arn = requiredArn(input, 'executionArn', 'execution');
    const execution = this.#byArn.get(arn);
    if (!execution) throw new ApiError('ExecutionDoesNotExist', `Execution Does Not Exist: '${arn}'`);
    return execution;
  }

  /** The same name with the same input is the same execution while it runs, and refused ever after: https://docs.aws.amazon.com/step-functions/latest/apireference/API_StartExecution.html */
  start(input: Input, services: Services): Execution {
    const machine = this.machine(input);
    const name = executionName(input) ?? randomUUID();
    const text = optionalText(input, 'input', LARGEST_PAYLOAD) ?? '{}';
    parseAs('InvalidExecutionInput', text);
    const execution = new Execution(machine, name, text, services);
    const namesake = this.#byArn.get(execution.arn);
    if (namesake) {
      if (namesake.status === 'RUNNING' && namesake.input === text) return namesake;
      throw new ApiError('ExecutionAlreadyExists', `Execution Already Exists: '${execution.arn}'`);
    }
    this.all.push(execution);
    this.#byArn.set(execution.arn, execution);
    this.#outside(() => void execution.run());
    return execution;
  }
}
