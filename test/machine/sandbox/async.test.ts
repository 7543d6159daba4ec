import { describe, expect, it } from 'vitest';
import { clock } from '../../../lib/clock.ts';
import { deployed, recorder } from './deployed.ts';

const now = () => clock.now();
const minutesBetween = (calls: { at: number }[]) =>
  calls.slice(1).map(({ at }, index) => (at - (calls[index]?.at ?? 0)) / 60_000);

describe('an asynchronous invocation', () => {
  it('is answered with 202 and nothing, before the function has run', async () => {
    const gate = Promise.withResolvers<void>();
    const seen: unknown[] = [];
    const { invoke, product } = await deployed({
      work: async (payload: unknown) => {
        await gate.promise;
        seen.push(payload);
      },
    });
    const { StatusCode, Payload } = await invoke('work', { a: 1 });
    expect([StatusCode, Payload?.length ?? 0]).toEqual([202, 0]);
    expect(seen).toEqual([]);
    gate.resolve();
    await product.idle();
    expect(seen).toEqual([{ a: 1 }]);
  });

  it('is tried again after one minute and after two', async () => {
    const { calls, on } = recorder(2);
    const { invoke, product } = await deployed({ work: on(now) });
    await invoke('work', { a: 1 });
    await product.idle();
    const [first = 0, second = 0, ...more] = minutesBetween(calls);
    expect(more).toEqual([]);
    expect(first).toBeGreaterThanOrEqual(1);
    expect(first).toBeLessThan(2);
    expect(second).toBeGreaterThanOrEqual(2);
    expect(second).toBeLessThan(3);
    expect(product.lambda.deadLetters).toEqual([]);
  });

  it('is given up after three failures, and kept where a test can look', async () => {
    const { calls, on } = recorder(99);
    const { invoke, product } = await deployed({ work: on(now) });
    await invoke('work', { a: 1 });
    await product.idle();
    expect(calls).toHaveLength(3);
    expect(product.lambda.deadLetters).toMatchObject([
      { functionName: 'work', payload: { a: 1 }, attempts: 3, error: 'Busy', because: 'not now' },
    ]);
  });

  it('of a function that is not there is refused at once', async () => {
    const { invoke } = await deployed({});
    await expect(invoke('nobody', {})).rejects.toMatchObject({ name: 'ResourceNotFoundException' });
  });

  it('carries one megabyte and no more', async () => {
    const { calls, on } = recorder();
    const { invoke, product } = await deployed({ work: on(now) });
    const largest = 1024 * 1024 - 2;
    await invoke('work', 'x'.repeat(largest));
    await expect(invoke('work', 'x'.repeat(largest + 1))).rejects.toMatchObject({ name: 'RequestTooLargeException' });
    await product.idle();
    expect(calls).toHaveLength(1);
  });

  it('is not carried out once the product has stopped', async () => {
    const { calls, on } = recorder(1);
    const { invoke, product, clock: time } = await deployed({ work: on(now) });
    await invoke('work', {});
    product.stop();
    await product.idle();
    await time.sleep(10 * 60_000);
    expect(calls).toHaveLength(1);
  });
});

describe('reserved concurrency', () => {
  const crowd = () => {
    let running = 0;
    let most = 0;
    return {
      most: () => most,
      work: async () => {
        running += 1;
        most = Math.max(most, running);
        await clock.sleep(10_000);
        running -= 1;
        return 'done';
      },
    };
  };

  it('refuses who waits for the answer', async () => {
    const { work } = crowd();
    const { invoke, product } = await deployed({ work });
    product.lambda.reserve('work', 2);
    const asked = [1, 2, 3].map((payload) => invoke('work', payload, 'RequestResponse'));
    const settled = await Promise.allSettled(asked);
    expect(settled.filter(({ status }) => status === 'fulfilled')).toHaveLength(2);
    expect(settled.find(({ status }) => status === 'rejected')).toMatchObject({
      reason: { name: 'TooManyRequestsException', $metadata: { httpStatusCode: 429 } },
    });
  });

  it('lets who does not wait come later, however many there are', async () => {
    const { work, most } = crowd();
    const { invoke, product } = await deployed({ work });
    product.lambda.reserve('work', 3);
    await Promise.all(Array.from({ length: 20 }, (_, payload) => invoke('work', payload)));
    await product.idle();
    expect(most()).toBe(3);
    expect(product.lambda.deadLetters).toEqual([]);
  });
});

it('DryRun runs nothing', async () => {
  const { calls, on } = recorder();
  const { invoke, product } = await deployed({ work: on(now) });
  expect((await invoke('work', {}, 'DryRun')).StatusCode).toBe(204);
  await product.idle();
  expect(calls).toEqual([]);
});

it('a function that was broken can be mended', async () => {
  const { invoke, product } = await deployed({ work: async () => 'done' });
  product.breakFunction('work');
  expect((await invoke('work', {}, 'RequestResponse')).FunctionError).toBe('Unhandled');
  product.lambda.mendFunction('work');
  expect((await invoke('work', {}, 'RequestResponse')).FunctionError).toBeUndefined();
});
