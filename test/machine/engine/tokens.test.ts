import {
  SendTaskFailureCommand,
  SendTaskHeartbeatCommand,
  SendTaskSuccessCommand,
  StopExecutionCommand,
} from '@aws-sdk/client-sfn';
import { describe, expect, it } from 'vitest';
import { account, machineArn, oneTask, tokenBox, types, waitForToken } from './account.ts';

const succeed = (taskToken: string, output = '{"answer":"yes"}') => new SendTaskSuccessCommand({ taskToken, output });

async function asking(state: object = {}) {
  const box = tokenBox();
  const machine = oneTask({ ...waitForToken, ...state });
  return { box, ...(await account({ machines: { machine }, functions: { ask: box.ask } })) };
}

describe('a task with a token', () => {
  it('ends with the output that was sent', async () => {
    const { box, client, start, ended, history } = await asking();
    const execution = await start();
    await client.send(succeed(await box.next()));
    expect(await ended(execution)).toMatchObject({ status: 'SUCCEEDED', output: '{"answer":"yes"}' });
    const events = await history(execution);
    expect(types(events).slice(2, 6)).toEqual(['TaskScheduled', 'TaskStarted', 'TaskSubmitted', 'TaskSucceeded']);
    expect(events[2]?.taskScheduledEventDetails?.resource).toBe('invoke.waitForTaskToken');
  });

  it('may be answered while its function still runs', async () => {
    const { client, run } = await account({
      machines: { machine: oneTask(waitForToken) },
      functions: { ask: async ({ token }: { token: string }) => void (await client.send(succeed(token, '1'))) },
    });
    expect(await run()).toMatchObject({ status: 'SUCCEEDED', output: '1' });
  });

  it('fails with the error and cause that were sent', async () => {
    const { box, client, start, ended } = await asking();
    const execution = await start();
    const taskToken = await box.next();
    await client.send(new SendTaskFailureCommand({ taskToken, error: 'Declined', cause: 'not today' }));
    expect(await ended(execution)).toMatchObject({ status: 'FAILED', error: 'Declined', cause: 'not today' });
  });

  it('takes no second answer', async () => {
    const { box, client, start } = await asking();
    await start();
    const token = await box.next();
    await client.send(succeed(token));
    await expect(client.send(succeed(token))).rejects.toMatchObject({ name: 'TaskTimedOut' });
  });

  it('times out, and takes no answer then', async () => {
    const { box, client, run } = await asking({ TimeoutSeconds: 600 });
    expect(await run()).toMatchObject({ status: 'FAILED', error: 'States.Timeout' });
    const [token = ''] = box.all;
    await expect(client.send(succeed(token))).rejects.toMatchObject({ name: 'TaskTimedOut' });
  });

  it('misses its heartbeat', async () => {
    const { run, history } = await asking({ HeartbeatSeconds: 60, TimeoutSeconds: 90_000 });
    const { error, executionArn } = await run();
    expect(error).toBe('States.HeartbeatTimeout');
    expect(types(await history(executionArn ?? ''))).toContain('TaskTimedOut');
  });

  it('lives on while its heart beats', async () => {
    const { box, clock, stepFunctions, start, ended } = await asking({ HeartbeatSeconds: 600 });
    const execution = await start();
    const taskToken = await box.next();
    for (let beat = 0; beat < 3; beat++) {
      await clock.sleep(300_000);
      await stepFunctions.handle('SendTaskHeartbeat', { taskToken });
    }
    await stepFunctions.handle('SendTaskSuccess', { taskToken, output: '"alive"' });
    expect(await ended(execution)).toMatchObject({ status: 'SUCCEEDED', output: '"alive"' });
  });

  it('gets a fresh token for each attempt, and the old one is dead', async () => {
    const { box, client, start, ended } = await asking({ Retry: [{ ErrorEquals: ['Again'] }] });
    const execution = await start();
    const first = await box.next();
    await client.send(new SendTaskFailureCommand({ taskToken: first, error: 'Again' }));
    const second = await box.next();
    expect(second).not.toBe(first);
    await expect(client.send(succeed(first))).rejects.toMatchObject({ name: 'TaskTimedOut' });
    await client.send(succeed(second));
    expect(await ended(execution)).toMatchObject({ status: 'SUCCEEDED' });
  });

  it.each([
    ['junk', 'InvalidToken'],
    ['A'.repeat(2048), 'TaskDoesNotExist'],
  ])('is not found by %s', async (taskToken, name) => {
    const { client } = await asking();
    await expect(client.send(succeed(taskToken))).rejects.toMatchObject({ name });
    await expect(client.send(new SendTaskHeartbeatCommand({ taskToken }))).rejects.toMatchObject({ name });
  });

  it('goes on waiting after an output that is not JSON', async () => {
    const { box, client, start, ended } = await asking();
    const execution = await start();
    const token = await box.next();
    await expect(client.send(succeed(token, 'yes'))).rejects.toMatchObject({ name: 'InvalidOutput' });
    await client.send(succeed(token));
    expect(await ended(execution)).toMatchObject({ status: 'SUCCEEDED' });
  });

  it('is stopped with its parent', async () => {
    const box = tokenBox();
    const machine = oneTask({
      Resource: 'arn:aws:states:::states:startExecution.sync:2',
      Parameters: { StateMachineArn: machineArn('child'), Name: 'child' },
    });
    const { client, start, ended } = await account({
      machines: { machine, child: oneTask(waitForToken) },
      functions: { ask: box.ask },
    });
    const executionArn = await start();
    const token = await box.next();
    await client.send(new StopExecutionCommand({ executionArn }));
    expect(await ended(executionArn)).toMatchObject({ status: 'ABORTED' });
    const child = `${machineArn('child').replace(':stateMachine:', ':execution:')}:child`;
    expect(await ended(child)).toMatchObject({ status: 'ABORTED' });
    await expect(client.send(succeed(token))).rejects.toMatchObject({ name: 'TaskTimedOut' });
  });
});
