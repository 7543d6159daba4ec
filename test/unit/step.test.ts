import type { Context } from 'aws-lambda';
import { expect, it } from 'vitest';
import * as z from 'zod/mini';
import { step } from '../../lib/step.ts';

const thrown = async (error: unknown): Promise<Error> => {
  // Whoever looked at the stack before has fixed the message in it.
  if (error instanceof Error) expect(error.stack).toContain(error.message);
  const handler = step(z.unknown(), async () => {
    throw error;
  });
  return handler({}, {} as Context).then(
    () => new Error('was not thrown'),
    (caught: Error) => caught,
  );
};

it('keeps secrets out of the message and of the stack that Lambda answers with', async () => {
  const { message, stack } = await thrown(new Error('no route to postgres://app:hunter2@db.example/app\nsecond line'));
  expect(message).toContain('no route to postgres://[credential]@db.example/app');
  expect(stack).toContain(message);
  expect(stack).toContain('step.test.ts');
  expect(stack).not.toContain('hunter2');
});

it('calls what passes RetryLater, with a stack that says so', async () => {
  const busy = Object.assign(new Error('slow down, token=hunter2x'), { name: 'ThrottlingException' });
  const { name, stack } = await thrown(busy);
  expect(name).toBe('RetryLater');
  expect(stack).toMatch(/^RetryLater: AWS is busy \(ThrottlingException\)/);
  expect(stack).not.toContain('hunter2x');
});

it('tells nothing of what is thrown and is no error', async () => {
  expect((await thrown('password=hunter2')).stack).not.toContain('hunter2');
});
