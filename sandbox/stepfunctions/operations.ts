import type { Machine } from './definition.ts';
import { ApiError } from './errors.ts';
import type { Execution } from './execution.ts';
import type { Executions } from './executions.ts';
import type { Details, HistoryEvent } from './history.ts';
import type { Services } from './tasks.ts';
import { type Input, optionalText, page, parseAs, requiredText } from './validate.ts';

type Operation = (input: Input) => Record<string, unknown>;

const LONGEST_TOKEN = 2048;

const seconds = (date: Date | undefined) => (date ? date.getTime() / 1000 : undefined);

/** The operations of AWSStepFunctions that runbooks and their operators use: https://docs.aws.amazon.com/step-functions/latest/apireference/API_Operations.html */
export function createOperations(
  machines: Machine[],
  executions: Executions,
  services: Services,
): Map<string, Operation> {
  const { tokens } = services;
  return new Map<string, Operation>([
    [
      'StartExecution',
      (input) => {
        const { arn, startedAt } = executions.start(input, services);
        return { executionArn: arn, startDate: seconds(startedAt) };
      },
    ],
    ['DescribeExecution', (input) => description(executions.find(input), input.includedData !== 'METADATA_ONLY')],
    [
      'StopExecution',
      (input) => {
        const execution = executions.find(input);
        execution.abort({ error: optionalText(input, 'error', 256), cause: optionalText(input, 'cause', 32_768) });
        return { stopDate: seconds(execution.stoppedAt) };
      },
    ],
    [
      'ListExecutions',
      (input) => {
        const machine = executions.machine(input);
        const { statusFilter } = input;
        const { page: found, nextToken } = page(
          executions.all,
          input,
          'newest first',
          (execution) => execution.machine === machine && (!statusFilter || execution.status === statusFilter),
        );
        return { executions: found.map(summary), nextToken };
      },
    ],
    [
      'GetExecutionHistory',
      (input) => {
        const { events } = executions.find(input).history;
        const { page: found, nextToken } = page(events, input, input.reverseOrder ? 'newest first' : 'oldest first');
        return { events: input.includeExecutionData === false ? found.map(withoutData) : found, nextToken };
      },
    ],
    [
      'DescribeStateMachine',
      (input) => {
        const machine = executions.machine(input);
        return {
          ...listed(machine),
          status: 'ACTIVE',
          definition: machine.text,
          roleArn: machine.roleArn,
          loggingConfiguration: { level: 'OFF', includeExecutionData: false },
        };
      },
    ],
    [
      'ListStateMachines',
      (input) => {
        const { page: found, nextToken } = page(machines, input, 'oldest first');
        return { stateMachines: found.map(listed), nextToken };
      },
    ],
    [
      'SendTaskSuccess',
      (input) => {
        const token = requiredText(input, 'taskToken', LONGEST_TOKEN);
        tokens.succeed(token, parseAs('InvalidOutput', requiredText(input, 'output')));
        return {};
      },
    ],
    [
      'SendTaskFailure',
      (input) => {
        const failure = { error: optionalText(input, 'error', 256), cause: optionalText(input, 'cause', 32_768) };
        tokens.fail(requiredText(input, 'taskToken', LONGEST_TOKEN), failure);
        return {};
      },
    ],
    [
      'SendTaskHeartbeat',
      (input) => {
        tokens.heartbeat(requiredText(input, 'taskToken', LONGEST_TOKEN));
        return {};
      },
    ],
  ]);
}

export function unknownOperation(operation: string): ApiError {
  return new ApiError('UnknownOperationException', `Unknown operation ${operation}`);
}

function listed({ arn, name, createdAt }: Machine) {
  return { stateMachineArn: arn, name, type: 'STANDARD', creationDate: seconds(createdAt) };
}

function summary({ arn, machine, name, status, startedAt, stoppedAt }: Execution) {
  return {
    executionArn: arn,
    stateMachineArn: machine.arn,
    name,
    status,
    startDate: seconds(startedAt),
    stopDate: seconds(stoppedAt),
    redriveCount: 0,
  };
}

function description(execution: Execution, withData: boolean) {
  const { input, output, failure } = execution;
  const included = { included: withData };
  return {
    ...summary(execution),
    ...failure,
    input: withData ? input : undefined,
    inputDetails: included,
    output: withData ? output : undefined,
    outputDetails: output === undefined ? undefined : included,
  };
}

function withoutData(event: HistoryEvent): HistoryEvent {
  const members = Object.entries(event).map(([member, value]) => {
    if (!member.endsWith('EventDetails')) return [member, value];
    const { input: _, output: __, parameters: ___, ...kept } = value as Details;
    return [member, kept];
  });
  return Object.fromEntries(members) as HistoryEvent;
}
