import { expect, it } from 'vitest';
import { wake } from '../../../lib/run/wake.ts';

const statesThat = (name: string) =>
  ({
    send: async () => {
      throw Object.assign(new Error('no'), { name });
    },
  }) as never;

it.each(['TaskTimedOut', 'TaskDoesNotExist', 'InvalidToken'])('says that nobody waits any more: %s', async (name) => {
  await expect(wake(statesThat(name), 'token', {})).rejects.toMatchObject({ name: 'ApprovalRefused' });
});

it('does not take another failure for that', async () => {
  await expect(wake(statesThat('ThrottlingException'), 'token', {})).rejects.toMatchObject({
    name: 'ThrottlingException',
  });
});
