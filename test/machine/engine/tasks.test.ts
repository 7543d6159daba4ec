import { describe, expect, it } from 'vitest';
import { LambdaError } from '../../../sandbox/stepfunctions/index.ts';
import { account, functionArn, machineArn, oneTask, types } from './account.ts';

const busy = () => new LambdaError({ errorType: 'RetryLater', errorMessage: 'busy', trace: ['at x'] });
const caught = { ErrorEquals: ['States.ALL'], ResultPath: '$.error', Next: 'Caught' };

/** One task whose failures lead to the end of the machine with the error at `$.error`. */
const forgiving = (state: object) => {
  const { StartAt, States } = oneTask({ Catch: [caught], ...state });
  return { StartAt, States: { ...States, Caught: { Type: 'Succeed' } } };
};

describe('functions', () => {
  it('fail with the type as the error and all of it as the cause', async () => {
    const { run } = await account({
      machines: { machine: oneTask() },
      functions: {
        work: () => {
          throw busy();
        },
      },
    });
    const { status, error, cause } = await run();
    expect({ status, error }).toEqual({ status: 'FAILED', error: 'RetryLater' });
    expect(JSON.parse(cause ?? '')).toEqual({ errorType: 'RetryLater', errorMessage: 'busy', trace: ['at x'] });
  });

  it('are wrapped by lambda:invoke, and named by name or by ARN', async () => {
    const invoke = {
      Resource: 'arn:aws:states:::lambda:invoke',
      Parameters: { FunctionName: 'work', Payload: { 'value.$': '$.a' } },
      ResultSelector: { 'answer.$': '$.Payload', 'status.$': '$.StatusCode' },
      ResultPath: '$.result',
    };
    const { run, history } = await account({
      machines: { machine: oneTask(invoke) },
      functions: { work: ({ value }: { value: number }) => ({ doubled: value * 2, nothing: undefined }) },
    });
    const { output, executionArn } = await run({ a: 4 });
    expect(JSON.parse(output ?? '')).toEqual({ a: 4, result: { answer: { doubled: 8 }, status: 200 } });
    const events = await history(executionArn ?? '');
    expect(types(events).slice(2, 5)).toEqual(['TaskScheduled', 'TaskStarted', 'TaskSucceeded']);
    expect(events[2]?.taskScheduledEventDetails).toMatchObject({ resourceType: 'lambda', resource: 'invoke' });
  });

  it('take the time they really take, whatever they start meanwhile', async () => {
    const child = { StartAt: 'Rest', States: { Rest: { Type: 'Wait', Seconds: 3_000_000, End: true } } };
    const { clock, run, stepFunctions } = await account({
      machines: { machine: oneTask(), child },
      functions: {
        work: async () => {
          await stepFunctions.handle('StartExecution', { stateMachineArn: machineArn('child') });
          const before = clock.now().getTime();
          await new Promise((resolve) => setTimeout(resolve, 60));
          return (clock.now().getTime() - before) / 1000;
        },
      },
    });
    // At the speed of waiting, 60 ms are six minutes.
    expect(Number((await run()).output)).toBeLessThan(120);
  });

  it('get a copy of the state: what they change in it stays with them', async () => {
    const { run } = await account({
      machines: { machine: oneTask({ ResultPath: null }) },
      functions: {
        work: (payload: { a: number }) => {
          payload.a = 99;
        },
      },
    });
    expect((await run({ a: 1 })).output).toBe('{"a":1}');
  });
});

describe('Retry and Catch', () => {
  it('retries with back-off in sandbox time, each attempt recorded', async () => {
    const attempts: Date[] = [];
    const Retry = [
      { ErrorEquals: ['RetryLater'], IntervalSeconds: 60, MaxAttempts: 3, BackoffRate: 10, MaxDelaySeconds: 900 },
    ];
    const { clock, run, history } = await account({
      machines: { machine: oneTask({ Retry }) },
      functions: {
        work: () => {
          attempts.push(clock.now());
          if (attempts.length < 4) throw busy();
          return 'at last';
        },
      },
    });
    const { output, executionArn } = await run();
    expect(output).toBe('"at last"');
    const gaps = attempts.slice(1).map((time, index) => (time.getTime() - (attempts[index]?.getTime() ?? 0)) / 1000);
    for (const [index, seconds] of [60, 600, 900].entries()) {
      expect(gaps[index]).toBeGreaterThanOrEqual(seconds);
      expect(gaps[index]).toBeLessThan(seconds + 59);
    }
    const seen = types(await history(executionArn ?? ''));
    expect(seen.filter((type) => type === 'LambdaFunctionFailed')).toHaveLength(3);
    expect(seen.filter((type) => type === 'TaskStateEntered')).toHaveLength(1);
  });

  it('spreads attempts with full jitter', async () => {
    const attempts: Date[] = [];
    const Retry = [{ ErrorEquals: ['States.ALL'], IntervalSeconds: 1000, MaxAttempts: 1, JitterStrategy: 'FULL' }];
    const { clock, run } = await account({
      machines: { machine: oneTask({ Retry }) },
      functions: {
        work: () => {
          attempts.push(clock.now());
          throw busy();
        },
      },
    });
    await run();
    const gap = ((attempts[1]?.getTime() ?? 0) - (attempts[0]?.getTime() ?? 0)) / 1000;
    expect(gap).toBeGreaterThanOrEqual(500);
    expect(gap).toBeLessThan(700);
  });

  it('catches what is left after the retries, with Error and Cause', async () => {
    let attempts = 0;
    const Retry = [{ ErrorEquals: ['RetryLater'], MaxAttempts: 2 }];
    const { run, history } = await account({
      machines: { machine: forgiving({ Retry }) },
      functions: {
        work: () => {
          attempts += 1;
          throw busy();
        },
      },
    });
    const { status, output, executionArn } = await run({ a: 1 });
    expect({ status, attempts }).toEqual({ status: 'SUCCEEDED', attempts: 3 });
    expect(JSON.parse(output ?? '')).toMatchObject({ a: 1, error: { Error: 'RetryLater' } });
    expect(types(await history(executionArn ?? ''))).toContain('TaskStateExited');
  });

  it('times a task out; States.TaskFailed does not match that, States.Timeout does', async () => {
    const Catch = [
      { ErrorEquals: ['States.TaskFailed'], Next: 'Wrong' },
      { ErrorEquals: ['States.Timeout'], ResultPath: '$.error', Next: 'Caught' },
    ];
    const { StartAt, States } = forgiving({ Catch, TimeoutSeconds: 3 });
    let signalled = false;
    const { clock, run, history } = await account({
      machines: { machine: { StartAt, States: { ...States, Wrong: { Type: 'Fail', Error: 'Wrong' } } } },
      functions: {
        work: async (_, { signal }) => {
          await clock.sleep(60_000, signal).catch(() => {
            signalled = true;
          });
          return 'late';
        },
      },
    });
    const { status, output, executionArn } = await run({});
    expect({ status, signalled }).toEqual({ status: 'SUCCEEDED', signalled: true });
    expect(JSON.parse(output ?? '').error.Error).toBe('States.Timeout');
    expect(types(await history(executionArn ?? ''))).toContain('LambdaFunctionTimedOut');
  });

  it('counts the retries in the context', async () => {
    const counts: number[] = [];
    const Retry = [{ ErrorEquals: ['States.ALL'], MaxAttempts: 2 }];
    const { run } = await account({
      machines: { machine: oneTask({ Retry, Parameters: { 'count.$': '$$.State.RetryCount' } }) },
      functions: {
        work: ({ count }: { count: number }) => {
          counts.push(count);
          throw busy();
        },
      },
    });
    await run();
    expect(counts).toEqual([0, 1, 2]);
  });

  it('reads the time-out from the state', async () => {
    const { clock, run } = await account({
      machines: { machine: oneTask({ TimeoutSecondsPath: '$.patience', Parameters: {} }) },
      functions: { work: (_, { signal }) => clock.sleep(60_000, signal) },
    });
    expect(await run({ patience: 2 })).toMatchObject({ status: 'FAILED', error: 'States.Timeout' });
    expect(await run({ patience: 'long' })).toMatchObject({ status: 'FAILED', error: 'States.Runtime' });
  });

  it.each([
    ['a result', () => 'x'.repeat(262_143), {}],
    ['a state', () => 'x'.repeat(262_000), { ResultPath: '$.result' }],
  ])('cannot catch %s that is too large', async (_, work, state) => {
    let attempts = 0;
    const Retry = [{ ErrorEquals: ['States.ALL'], MaxAttempts: 2 }];
    const counted = () => {
      attempts += 1;
      return work();
    };
    const { run } = await account({
      machines: { machine: forgiving({ Retry, ...state }) },
      functions: { work: counted },
    });
    expect(await run({ a: 'y'.repeat(200) })).toMatchObject({ status: 'FAILED', error: 'States.DataLimitExceeded' });
    expect(attempts).toBe(1);
  });

  it('cannot catch branches that are too large together, even where their result is thrown away', async () => {
    const big = (name: string) => ({
      StartAt: name,
      States: { [name]: { Type: 'Task', Resource: functionArn('work'), End: true } },
    });
    const Catch = [{ ErrorEquals: ['States.ALL'], Next: 'Fine' }];
    const Both = { Type: 'Parallel', Branches: [big('One'), big('Other')], ResultPath: null, Catch, Next: 'Fine' };
    const { run } = await account({
      machines: { machine: { StartAt: 'Both', States: { Both, Fine: { Type: 'Succeed' } } } },
      functions: { work: () => 'x'.repeat(140_000) },
    });
    expect(await run({})).toMatchObject({ status: 'FAILED', error: 'States.DataLimitExceeded' });
  });

  it('cannot catch a path that leads nowhere', async () => {
    const { run } = await account({ machines: { machine: forgiving({ Parameters: { 'x.$': '$.missing' } }) } });
    const { status, error, cause } = await run({});
    expect({ status, error }).toEqual({ status: 'FAILED', error: 'States.Runtime' });
    expect(cause).toContain("executing the state 'Work' (entered at the event id #2)");
  });
});

describe('nested executions', () => {
  const nested = (state: object = {}) =>
    forgiving({
      Resource: 'arn:aws:states:::states:startExecution.sync:2',
      Parameters: { StateMachineArn: machineArn('child'), 'Input.$': '$', 'Name.$': '$$.Execution.Name' },
      ResultPath: '$.child',
      ...state,
    });

  it('return input and output parsed', async () => {
    const child = { StartAt: 'Say', States: { Say: { Type: 'Pass', Result: { said: 'yes' }, End: true } } };
    const { run, history } = await account({ machines: { machine: nested(), child } });
    const { output, name, executionArn } = await run({ a: 1 });
    expect(JSON.parse(output ?? '').child).toMatchObject({
      Status: 'SUCCEEDED',
      Name: name,
      Input: { a: 1 },
      Output: { said: 'yes' },
      StateMachineArn: machineArn('child'),
    });
    expect(types(await history(executionArn ?? ''))).toContain('TaskSubmitted');
  });

  it('fail as States.TaskFailed with the description as the cause', async () => {
    const child = { StartAt: 'No', States: { No: { Type: 'Fail', Error: 'Refused', Cause: 'because' } } };
    const { run } = await account({ machines: { machine: nested(), child } });
    const { error } = JSON.parse((await run({ a: 1 })).output ?? '');
    expect(error.Error).toBe('States.TaskFailed');
    expect(JSON.parse(error.Cause)).toMatchObject({
      Status: 'FAILED',
      Error: 'Refused',
      Cause: 'because',
      Input: '{"a":1}',
    });
  });

  it('are stopped when the task times out', async () => {
    const child = { StartAt: 'Rest', States: { Rest: { Type: 'Wait', Seconds: 3_000_000, End: true } } };
    const { run, ended } = await account({ machines: { machine: nested({ TimeoutSeconds: 600 }), child } });
    const { output, executionArn } = await run({});
    expect(JSON.parse(output ?? '').error.Error).toBe('States.Timeout');
    const childArn = (executionArn ?? '').replace(':machine:', ':child:');
    expect(await ended(childArn)).toMatchObject({ status: 'ABORTED' });
  });

  it('that cannot be started fail with the name of the exception', async () => {
    const { run } = await account({ machines: { machine: nested() } });
    const { error } = JSON.parse((await run({})).output ?? '');
    expect(error.Error).toBe('StepFunctions.StateMachineDoesNotExistException');
  });
});
