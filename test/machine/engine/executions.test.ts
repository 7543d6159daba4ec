import {
  DescribeStateMachineCommand,
  GetExecutionHistoryCommand,
  ListExecutionsCommand,
  ListStateMachinesCommand,
  StartExecutionCommand,
  StopExecutionCommand,
} from '@aws-sdk/client-sfn';
import { describe, expect, it } from 'vitest';
import { account, machineArn, oneTask, types } from './account.ts';

const patient = { StartAt: 'Rest', States: { Rest: { Type: 'Wait', Seconds: 3_000_000, End: true } } };
const quick = { StartAt: 'Done', States: { Done: { Type: 'Succeed' } } };

const starting = (request: object) => new StartExecutionCommand({ stateMachineArn: machineArn(), ...request });

describe('StartExecution', () => {
  it('answers the same while an execution of that name and input runs', async () => {
    const { client } = await account({ machines: { machine: patient } });
    const first = await client.send(starting({ name: 'one', input: '{"a":1}' }));
    const second = await client.send(starting({ name: 'one', input: '{"a":1}' }));
    expect(second.executionArn).toBe(first.executionArn);
    expect(second.startDate).toEqual(first.startDate);
    const { executions } = await client.send(new ListExecutionsCommand({ stateMachineArn: machineArn() }));
    expect(executions).toHaveLength(1);
  });

  it('refuses a running name with another input', async () => {
    const { client } = await account({ machines: { machine: patient } });
    await client.send(starting({ name: 'one', input: '{"a":1}' }));
    const again = client.send(starting({ name: 'one', input: '{"a": 1}' }));
    await expect(again).rejects.toMatchObject({ name: 'ExecutionAlreadyExists' });
  });

  it('refuses the name of an execution that has ended, even with the same input', async () => {
    const { client, ended } = await account({ machines: { machine: quick } });
    const { executionArn } = await client.send(starting({ name: 'one' }));
    await ended(executionArn ?? '');
    await expect(client.send(starting({ name: 'one' }))).rejects.toMatchObject({ name: 'ExecutionAlreadyExists' });
  });

  it.each([
    ['a name of 81 characters', { name: 'n'.repeat(81) }, 'InvalidName'],
    ['a name with a colon', { name: 'a:b' }, 'InvalidName'],
    ['input that is not JSON', { input: '{' }, 'InvalidExecutionInput'],
    ['input that is too large', { input: JSON.stringify('é'.repeat(131_072)) }, 'ValidationException'],
    ['an ARN of something else', { stateMachineArn: 'arn:aws:sns:eu-central-1:123456789012:t' }, 'InvalidArn'],
    ['an unknown machine', { stateMachineArn: machineArn('nobody') }, 'StateMachineDoesNotExist'],
  ])('refuses %s', async (_, request, name) => {
    const { client } = await account({ machines: { machine: quick } });
    await expect(client.send(starting(request))).rejects.toMatchObject({ name });
  });
});

describe('what can be read', () => {
  it('describes an execution that succeeded', async () => {
    const { run } = await account({ machines: { machine: quick } });
    expect(await run({ a: 1 })).toMatchObject({
      status: 'SUCCEEDED',
      input: '{"a":1}',
      output: '{"a":1}',
      inputDetails: { included: true },
      outputDetails: { included: true },
      startDate: expect.any(Date),
      stopDate: expect.any(Date),
    });
  });

  it('records a plain function with the events of AWS, in order', async () => {
    const { run, history } = await account({ machines: { machine: oneTask() }, functions: { work: () => ({ b: 2 }) } });
    const events = await history((await run({ a: 1 })).executionArn ?? '');
    expect(types(events)).toEqual([
      'ExecutionStarted',
      'TaskStateEntered',
      'LambdaFunctionScheduled',
      'LambdaFunctionStarted',
      'LambdaFunctionSucceeded',
      'TaskStateExited',
      'ExecutionSucceeded',
    ]);
    expect(events.map(({ id }) => id)).toEqual([1, 2, 3, 4, 5, 6, 7]);
    expect(events.map(({ previousEventId }) => previousEventId)).toEqual([0, 1, 2, 3, 4, 5, 6]);
    expect(events[1]?.stateEnteredEventDetails).toMatchObject({ name: 'Work', input: '{"a":1}' });
    expect(events[2]?.lambdaFunctionScheduledEventDetails).toMatchObject({ input: '{"a":1}' });
    expect(events[5]?.stateExitedEventDetails).toMatchObject({ name: 'Work', output: '{"b":2}' });
  });

  it('pages through a history, backwards too, and leaves the data out when asked', async () => {
    const { client, run } = await account({ machines: { machine: oneTask() }, functions: { work: () => ({ b: 2 }) } });
    const { executionArn } = await run();
    const first = await client.send(
      new GetExecutionHistoryCommand({ executionArn, maxResults: 5, reverseOrder: true }),
    );
    const { nextToken } = first;
    const rest = await client.send(
      new GetExecutionHistoryCommand({ executionArn, maxResults: 5, reverseOrder: true, nextToken }),
    );
    expect([...(first.events ?? []), ...(rest.events ?? [])].map(({ id }) => id)).toEqual([7, 6, 5, 4, 3, 2, 1]);
    expect(rest.nextToken).toBeUndefined();
    const bare = await client.send(new GetExecutionHistoryCommand({ executionArn, includeExecutionData: false }));
    expect(JSON.stringify(bare.events)).not.toContain('"b');
  });

  it('lists the newest first, by status, in pages', async () => {
    const { client, run, start } = await account({ machines: { machine: quick, patient } });
    const first = await run();
    const second = await run();
    await start({}, 'patient');
    const list = (more: object) => client.send(new ListExecutionsCommand({ stateMachineArn: machineArn(), ...more }));
    const one = await list({ maxResults: 1 });
    const two = await list({ maxResults: 1, nextToken: one.nextToken });
    expect([one, two].map(({ executions }) => executions?.[0]?.executionArn)).toEqual([
      second.executionArn,
      first.executionArn,
    ]);
    expect(two.nextToken).toBeUndefined();
    expect((await list({ statusFilter: 'RUNNING' })).executions).toEqual([]);
    await expect(list({ nextToken: 'junk' })).rejects.toMatchObject({ name: 'InvalidToken' });
  });

  it('describes and lists the machines', async () => {
    const { client } = await account({ machines: { machine: quick, patient } });
    const machine = await client.send(new DescribeStateMachineCommand({ stateMachineArn: machineArn() }));
    expect(machine).toMatchObject({ name: 'machine', type: 'STANDARD', definition: JSON.stringify(quick) });
    const { stateMachines } = await client.send(new ListStateMachinesCommand({}));
    expect(stateMachines?.map(({ name }) => name)).toEqual(['machine', 'patient']);
  });

  it('knows no other operation', async () => {
    const { stepFunctions } = await account({ machines: {} });
    await expect(stepFunctions.handle('CreateActivity', {})).rejects.toMatchObject({
      name: 'UnknownOperationException',
    });
  });
});

describe('how executions end', () => {
  it('stops one, with the error and the cause that were given', async () => {
    const { client, start, ended, history } = await account({ machines: { machine: patient } });
    const executionArn = await start();
    await client.send(new StopExecutionCommand({ executionArn, error: 'Enough', cause: 'said so' }));
    expect(await ended(executionArn)).toMatchObject({ status: 'ABORTED', error: 'Enough', cause: 'said so' });
    expect(types(await history(executionArn)).at(-1)).toBe('ExecutionAborted');
  });

  it('times a machine out, aborts its function and ignores what that still says', async () => {
    const aborted = Promise.withResolvers<unknown>();
    const machine = { ...oneTask(), TimeoutSeconds: 5 };
    const { clock, run, ended, history } = await account({
      machines: { machine },
      functions: {
        work: async (_, { signal }) => {
          signal.addEventListener('abort', () => aborted.resolve(signal.reason));
          await clock.sleep(60_000);
          return 'late';
        },
      },
    });
    const described = await run();
    expect(described).toMatchObject({ status: 'TIMED_OUT', error: 'States.Timeout' });
    await aborted.promise;
    await clock.sleep(120_000);
    expect(types(await history(described.executionArn ?? '')).at(-1)).toBe('ExecutionTimedOut');
    expect(await ended(described.executionArn ?? '')).not.toHaveProperty('output');
  });

  it('fails one that outgrows its history', async () => {
    const machine = {
      StartAt: 'Again?',
      States: {
        'Again?': {
          Type: 'Choice',
          Choices: [{ Variable: '$.never', IsPresent: true, Next: 'Done' }],
          Default: 'Again?',
        },
        Done: { Type: 'Succeed' },
      },
    };
    const { client, run } = await account({ machines: { machine } });
    const { status, cause, executionArn } = await run();
    expect(status).toBe('FAILED');
    expect(cause).toContain('maximum number of history events (25000)');
    const newest = new GetExecutionHistoryCommand({ executionArn, maxResults: 1, reverseOrder: true });
    expect((await client.send(newest)).events?.[0]).toMatchObject({ id: 25_000, type: 'ExecutionFailed' });
  });
});
