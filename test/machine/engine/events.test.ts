import { describe, expect, it } from 'vitest';
import { account, functionArn, oneTask } from './account.ts';

const invoke = (Parameters: object) => ({ Resource: 'arn:aws:states:::lambda:invoke', Parameters });
const event = invoke({ FunctionName: 'tell', InvocationType: 'Event', 'Payload.$': '$' });

describe('an asynchronous invocation', () => {
  it('is handed over and not waited for', async () => {
    const { run, queued } = await account({
      machines: { machine: oneTask(event) },
      functions: { tell: () => new Promise(() => {}) },
    });
    expect(JSON.parse((await run({ what: 'news' })).output ?? '')).toEqual({ Payload: '', StatusCode: 202 });
    expect(queued).toEqual([{ arn: functionArn('tell'), payload: { what: 'news' } }]);
  });

  it('of a function that is not there fails like any other', async () => {
    const { run } = await account({ machines: { machine: oneTask(event) } });
    expect(await run()).toMatchObject({ status: 'FAILED', error: 'Lambda.ResourceNotFoundException' });
  });

  it.each([
    ['DryRun', invoke({ FunctionName: 'tell', InvocationType: 'DryRun' })],
    ['a type that only the run would know', invoke({ FunctionName: 'tell', 'InvocationType.$': '$.type' })],
    ['a type that there is not', invoke({ FunctionName: 'tell', InvocationType: 'Later' })],
  ])('is the only other type: %s is refused', async (_, task) => {
    await expect(account({ machines: { machine: oneTask(task) } })).rejects.toThrow(/InvocationType/);
  });

  it('may be asked for by its usual name too', async () => {
    const parameters = { FunctionName: 'tell', InvocationType: 'RequestResponse', Payload: {} };
    const { run } = await account({ machines: { machine: oneTask(invoke(parameters)) }, functions: { tell: () => 7 } });
    expect(JSON.parse((await run()).output ?? '')).toMatchObject({ Payload: 7, StatusCode: 200 });
  });
});

describe('what the account hears of executions', () => {
  it('is that they start and how they end, each once', async () => {
    const failing = { StartAt: 'No', States: { No: { Type: 'Fail', Error: 'Nope' } } };
    const { run, changes } = await account({ machines: { machine: failing } });
    const { name } = await run();
    expect(changes).toEqual([
      { name, status: 'RUNNING' },
      { name, status: 'FAILED' },
    ]);
  });

  it('is nothing when the sandbox stops', async () => {
    const resting = { StartAt: 'Rest', States: { Rest: { Type: 'Wait', Seconds: 3_000_000, End: true } } };
    const { start, ended, changes, stepFunctions } = await account({ machines: { machine: resting } });
    const executionArn = await start();
    stepFunctions.stop();
    expect((await ended(executionArn)).status).toBe('ABORTED');
    expect(changes.map(({ status }) => status)).toEqual(['RUNNING']);
  });
});
