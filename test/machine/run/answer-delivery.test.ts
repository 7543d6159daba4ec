import { UpdateCommand } from '@aws-sdk/lib-dynamodb';
import { expect, it } from 'vitest';
import { answerWorld } from './doors.ts';

const CODE = { code: '493817' };

/** Answers that wait in the service, so that others come meanwhile. */
function held(state: { hold?: Promise<unknown> }) {
  let release = (_?: unknown) => {};
  state.hold = new Promise((resolve) => {
    release = resolve;
  });
  return release;
}

it('tries a code once, however many bring it at the same moment: who came first is heard', async () => {
  const world = await answerWorld();
  await world.askDelivery();
  const release = held(world.state);
  const answers = [CODE, CODE, { ...CODE, by: 'sam' }].map((given) => world.answer(given));
  let refusals = 0;
  for (const answer of answers) answer.catch(() => ++refusals === 2 && release());
  setTimeout(release, 10_000).unref();
  const all = Promise.allSettled(answers);
  const [taken, ...refused] = (await all).toSorted((a, b) => a.status.localeCompare(b.status));
  expect(taken).toMatchObject({ value: { status: 'confirmed', verification: { ok: true } } });
  for (const one of refused) {
    expect(one).toMatchObject({
      reason: { name: 'ApprovalRefused', message: expect.stringContaining('tried only once') },
    });
  }
  expect(world.codes).toEqual(['493817']);
  expect(world.woken).toMatchObject([{ status: 'confirmed', verification: { ok: true } }]);
});

it('says again what it said, without trying the code again', async () => {
  const world = await answerWorld();
  await world.askDelivery();
  const first = await world.answer(CODE);
  world.state.wakes = 'TaskTimedOut';
  expect(await world.answer(CODE)).toEqual(first);
  expect(world.codes).toHaveLength(1);
});

it('takes the rejected code of an answer that the run did not hear for rejected when it is said again', async () => {
  const world = await answerWorld();
  world.codes.push('493817');
  await world.askDelivery();
  world.state.wakes = 'InvalidOutput';
  await expect(world.answer(CODE)).rejects.toMatchObject({ name: 'InvalidOutput' });
  delete world.state.wakes;
  await world.answer(CODE);
  expect(world.woken).toMatchObject([{ status: 'confirmed', verification: { ok: false, status: 401 } }]);
});

it('takes an answer without a code after a try that was cut off, and a code when the run asks anew', async () => {
  const world = await answerWorld();
  await world.askDelivery();
  await world.table.client.send(
    new UpdateCommand({
      TableName: 'reconnect',
      Key: { pk: 'RUN#r1', sk: 'DELIVERY' },
      UpdateExpression: 'SET codeTriedAt = :at',
      ExpressionAttributeValues: { ':at': 'a while ago' },
    }),
  );
  await expect(world.answer(CODE)).rejects.toThrow(/answer without a code/);
  expect(await world.answer({})).toEqual({ status: 'confirmed', by: 'kim', at: expect.any(String) });
  await world.askDelivery();
  expect(await world.answer(CODE)).toMatchObject({ verification: { ok: true } });
});

it('tries the code again when it had not left', async () => {
  const world = await answerWorld();
  const name = '/reconnect/services/shop/key';
  world.sandbox.account.ssm.parameters[name] = {
    ...Object.values(world.sandbox.account.ssm.parameters)[0],
    Value: 'k',
  } as never;
  await world.askDelivery(10, { code: { fromPerson: 'code' }, key: { fromParameter: name } });
  world.sandbox.account.faults.calls = { 'ssm:GetParameter': { error: 'OddException' } };
  await expect(world.answer(CODE)).rejects.toMatchObject({ name: 'OddException' });
  expect(world.codes).toEqual([]);
  expect(await world.answer(CODE)).toMatchObject({ verification: { ok: true } });
});

it('sends no code for a question that is answered or closed', async () => {
  const world = await answerWorld();
  await world.askDelivery(-1);
  await expect(world.answer(CODE)).rejects.toThrow(/too late/);
  await world.askDelivery();
  await world.answer({ delivered: false, by: 'sam' });
  await expect(world.answer(CODE)).rejects.toThrow(/already answered: denied by sam/);
  expect(world.codes).toEqual([]);
});

it('says to whoever answers first that the run no longer waits', async () => {
  const world = await answerWorld();
  await world.askDelivery();
  world.state.wakes = 'TaskTimedOut';
  await expect(world.answer({})).rejects.toThrow(/no longer waits/);
});
