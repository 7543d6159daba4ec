import { SendTaskSuccessCommand } from '@aws-sdk/client-sfn';
import { describe, expect, it } from 'vitest';
import { account, functionArn, tokenBox, types, waitForToken } from './account.ts';

const pass = (state: object) => ({ StartAt: 'Pass', States: { Pass: { Type: 'Pass', End: true, ...state } } });

async function outputOf(machine: object, input: unknown): Promise<unknown> {
  const { run } = await account({ machines: { machine } });
  const { status, output, error } = await run(input);
  return status === 'SUCCEEDED' ? JSON.parse(output ?? 'null') : error;
}

describe('data', () => {
  it.each([
    ["States.Format('{} of {}: {}', $.n, true, $.text)", '2 of true: say "\\o/"'],
    ['States.JsonToString($.o)', '{"q":"a\\"b\\n"}'],
    ['States.StringToJson($.json)', { deep: [1] }],
    ['States.ArrayGetItem($.list, States.MathAdd(States.ArrayLength($.list), -1))', 'last'],
    ['States.ArrayContains($.list, $.list[0])', true],
    ['States.JsonMerge($.o, $.p, false)', { q: 'a"b\n', p: 1 }],
    ["States.Array('it\\'s', 'a, (b)', $$.Execution.Input.n, null)", ["it's", 'a, (b)', 2, null]],
    ['States.ArrayGetItem($.list, 9)', 'States.Runtime'],
    ['States.StringToJson($.text)', 'States.Runtime'],
    ['$.missing', 'States.Runtime'],
    ['$.nothing', null],
  ])('%s', async (expression, expected) => {
    const input = {
      n: 2,
      text: 'say "\\o/"',
      o: { q: 'a"b\n' },
      p: { p: 1 },
      json: '{"deep":[1]}',
      list: ['first', 'last'],
      nothing: null,
    };
    const output = await outputOf(pass({ Parameters: { 'value.$': expression, 'o.$': '$.o' } }), input);
    expect(output).toEqual(
      typeof expected === 'string' && expected.startsWith('States.') ? expected : { value: expected, o: input.o },
    );
  });

  it.each([
    ['a falsy result', { Result: false }, { a: 1 }, false],
    ['a result at $', { Result: { r: 1 }, ResultPath: '$' }, { a: 1 }, { r: 1 }],
    ['no result', { Result: { r: 1 }, ResultPath: null }, { a: 1 }, { a: 1 }],
    ['a result in a new place', { Result: 1, ResultPath: '$.b.c' }, { a: 1 }, { a: 1, b: { c: 1 } }],
    ['a result over a string', { Result: 1, ResultPath: '$.a.b' }, { a: 'x' }, 'States.ResultPathMatchFailure'],
    ['a part of the input', { InputPath: '$.a' }, { a: { b: 1 } }, { b: 1 }],
    ['a null input', { Parameters: { 'x.$': '$' } }, null, { x: null }],
    ['the raw input under the result', { InputPath: '$.a', ResultPath: '$.copy' }, { a: 1 }, { a: 1, copy: 1 }],
  ])('%s', async (_, state, input, expected) => {
    expect(await outputOf(pass(state), input)).toEqual(expected);
  });

  it('offers the context object, inside a branch too', async () => {
    const read = pass({
      Parameters: { 'input.$': '$$.Execution.Input', 'state.$': '$$.State.Name', 'machine.$': '$$.StateMachine.Name' },
    });
    const machine = {
      StartAt: 'Both',
      States: { Both: { Type: 'Parallel', Parameters: { other: 1 }, Branches: [read], End: true } },
    };
    expect(await outputOf(machine, { a: 1 })).toEqual([{ input: { a: 1 }, state: 'Pass', machine: 'machine' }]);
  });
});

describe('Choice', () => {
  const choice = (rule: object) => ({
    StartAt: 'Which?',
    States: {
      'Which?': { Type: 'Choice', Choices: [{ ...rule, Next: 'Yes' }], Default: 'No' },
      Yes: { Type: 'Pass', Result: 'yes', End: true },
      No: { Type: 'Pass', Result: 'no', End: true },
    },
  });

  it.each([
    [{ Variable: '$.x', IsPresent: false }, {}, 'yes'],
    [{ Variable: '$.x', IsPresent: false }, { x: null }, 'no'],
    [{ Variable: '$.x', NumericLessThan: 6 }, { x: '5' }, 'no'],
    [{ Variable: '$.x', NumericLessThan: 6 }, { x: 5 }, 'yes'],
    [{ Variable: '$.x', StringMatches: 'a*' }, { x: 5 }, 'no'],
    [{ Variable: '$.x', StringMatches: 'a*' }, { x: 'abc' }, 'yes'],
    [
      {
        And: [
          { Variable: '$.x', IsPresent: true },
          { Variable: '$.x', NumericGreaterThanPath: '$.y' },
        ],
      },
      { x: 2, y: 1 },
      'yes',
    ],
    [{ Not: { Variable: '$.x', StringEquals: 'a' } }, { x: 'a' }, 'no'],
    [{ Variable: '$.x', StringEquals: 'a' }, {}, 'States.Runtime'],
  ])('%j of %j: %s', async (rule, input, expected) => {
    expect(await outputOf(choice(rule), input)).toBe(expected);
  });

  it('fails when no rule matches and there is no default', async () => {
    const machine = choice({ Variable: '$.x', StringEquals: 'a' });
    const { Default: _, ...question } = machine.States['Which?'];
    const { No: __, ...States } = machine.States;
    expect(await outputOf({ ...machine, States: { ...States, 'Which?': question } }, { x: 'b' })).toBe(
      'States.NoChoiceMatched',
    );
  });
});

describe('Wait', () => {
  it('waits in sandbox time: ten minutes pass at once', async () => {
    const machine = {
      StartAt: 'Rest',
      States: {
        Rest: { Type: 'Wait', Seconds: 600, Next: 'More' },
        More: { Type: 'Wait', SecondsPath: '$.more', End: true },
      },
    };
    const { run, history } = await account({ machines: { machine } });
    const { startDate, stopDate, executionArn, output } = await run({ more: 60 });
    const seconds = ((stopDate?.getTime() ?? 0) - (startDate?.getTime() ?? 0)) / 1000;
    expect(seconds).toBeGreaterThanOrEqual(660);
    expect(output).toBe('{"more":60}');
    expect(types(await history(executionArn ?? '')).slice(1, 3)).toEqual(['WaitStateEntered', 'WaitStateExited']);
  });
});

describe('Fail', () => {
  it('reads its error and cause from the state', async () => {
    const machine = { StartAt: 'No', States: { No: { Type: 'Fail', ErrorPath: '$.e', CausePath: '$.c' } } };
    const { run, history } = await account({ machines: { machine } });
    const { status, error, cause, executionArn } = await run({ e: 'Bad', c: 'luck' });
    expect({ status, error, cause }).toEqual({ status: 'FAILED', error: 'Bad', cause: 'luck' });
    expect(types(await history(executionArn ?? ''))).toEqual([
      'ExecutionStarted',
      'FailStateEntered',
      'ExecutionFailed',
    ]);
  });
});

describe('Parallel and Map', () => {
  const branch = (name: string, state: object) => ({ StartAt: name, States: { [name]: { End: true, ...state } } });

  it('collects the outputs of the branches in their order', async () => {
    const machine = {
      StartAt: 'Both',
      States: {
        Both: {
          Type: 'Parallel',
          Branches: [branch('Slow', { Type: 'Wait', Seconds: 60 }), branch('Fast', { Type: 'Pass', Result: 'fast' })],
          ResultPath: '$.both',
          End: true,
        },
      },
    };
    expect(await outputOf(machine, { a: 1 })).toEqual({ a: 1, both: [{ a: 1 }, 'fast'] });
  });

  it('catches the failure of a branch, after ending the others', async () => {
    const box = tokenBox();
    const Asks = { ...waitForToken, Catch: [{ ErrorEquals: ['States.ALL'], Next: 'Never' }] };
    const Fails = { Type: 'Task', Resource: functionArn('nobody') };
    const machine = {
      StartAt: 'Both',
      States: {
        Both: {
          Type: 'Parallel',
          Branches: [
            { StartAt: 'Asks', States: { Asks, Never: { Type: 'Succeed' } } },
            {
              StartAt: 'Rests',
              States: { Rests: { Type: 'Wait', Seconds: 60, Next: 'Fails' }, Fails: { ...Fails, End: true } },
            },
          ],
          Catch: [{ ErrorEquals: ['NoSuchFunction'], ResultPath: '$.error', Next: 'Tail' }],
          End: true,
        },
        Tail: { Type: 'Succeed' },
      },
    };
    const { client, run, history } = await account({ machines: { machine }, functions: { ask: box.ask } });
    const { status, output, executionArn } = await run({ a: 1 });
    expect(status).toBe('SUCCEEDED');
    expect(JSON.parse(output ?? '')).toMatchObject({ a: 1, error: { Error: 'NoSuchFunction' } });
    const seen = types(await history(executionArn ?? ''));
    expect(seen.slice(-7)).toEqual([
      'LambdaFunctionFailed',
      'TaskStateAborted',
      'ParallelStateFailed',
      'ParallelStateExited',
      'SucceedStateEntered',
      'SucceedStateExited',
      'ExecutionSucceeded',
    ]);
    const late = client.send(new SendTaskSuccessCommand({ taskToken: await box.next(), output: '1' }));
    await expect(late).rejects.toMatchObject({ name: 'TaskTimedOut' });
  });

  it('retries a Parallel as a whole, after its delay', async () => {
    const times: number[] = [];
    const machine = {
      StartAt: 'Both',
      States: {
        Both: {
          Type: 'Parallel',
          Branches: [branch('Work', { Type: 'Task', Resource: functionArn('work') })],
          Retry: [{ ErrorEquals: ['States.ALL'], IntervalSeconds: 300, MaxAttempts: 1 }],
          End: true,
        },
      },
    };
    const { clock, run } = await account({
      machines: { machine },
      functions: {
        work: () => {
          times.push(clock.now().getTime());
          if (times.length === 1) throw new Error('first');
          return times.length;
        },
      },
    });
    expect(await run()).toMatchObject({ status: 'SUCCEEDED', output: '[2]' });
    expect((times[1] ?? 0) - (times[0] ?? 0)).toBeGreaterThanOrEqual(300_000);
  });

  it('maps items through a selector, a few at a time', async () => {
    let running = 0;
    let most = 0;
    const machine = {
      StartAt: 'Each',
      States: {
        Each: {
          Type: 'Map',
          ItemsPath: '$.items',
          MaxConcurrency: 2,
          ItemSelector: { 'item.$': '$$.Map.Item.Value', 'at.$': '$$.Map.Item.Index', 'all.$': '$.name' },
          ItemProcessor: branch('Work', { Type: 'Task', Resource: functionArn('work') }),
          End: true,
        },
      },
    };
    const { clock, run } = await account({
      machines: { machine },
      functions: {
        work: async (payload: { item: string; at: number; all: string }) => {
          most = Math.max(most, ++running);
          await clock.sleep(10_000);
          running -= 1;
          return `${payload.all}${payload.at}${payload.item}`;
        },
      },
    });
    expect((await run({ items: ['a', 'b', 'c'], name: 'n' })).output).toBe('["n0a","n1b","n2c"]');
    expect(most).toBe(2);
  });
});
