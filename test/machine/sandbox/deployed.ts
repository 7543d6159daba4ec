import { InvokeCommand, LambdaClient } from '@aws-sdk/client-lambda';
import { onTestFinished } from 'vitest';
import type { SandboxOptions } from '../../../sandbox/index.ts';
import type { Handler } from '../../../sandbox/lambda/host.ts';
import { deployProduct } from '../../../sandbox/product.ts';
import { sandboxOf } from './support.ts';

/** A sandbox with the product in it, and these handlers in the place of its functions. */
export async function deployed(functions: Readonly<Record<string, Handler>>, options: Partial<SandboxOptions> = {}) {
  const box = await sandboxOf('healthy', options);
  const product = await deployProduct(box.sandbox, { functions });
  onTestFinished(() => product.stop());
  const lambda = new LambdaClient(box.config);
  const invoke = (name: string, payload: unknown, InvocationType: 'Event' | 'RequestResponse' | 'DryRun' = 'Event') =>
    lambda.send(
      new InvokeCommand({
        FunctionName: `reconnect-${name}`,
        InvocationType,
        Payload: Buffer.from(JSON.stringify(payload)),
      }),
    );
  return { ...box, product, invoke, ...box.sandbox };
}

/** Remembers what it was called with, and may be told to fail. */
export function recorder(failures = 0) {
  const calls: { payload: unknown; at: number }[] = [];
  let left = failures;
  return {
    calls,
    /** As a handler, on the clock of the sandbox. */
    on:
      (now: () => Date): Handler =>
      async (payload: unknown) => {
        calls.push({ payload, at: now().getTime() });
        if (left-- > 0) throw Object.assign(new Error('not now'), { name: 'Busy' });
        return 'done';
      },
  };
}
