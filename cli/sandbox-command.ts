import { styleText } from 'node:util';
import { type Sandbox, startSandbox } from '../sandbox/index.ts';
import { deployProduct, type Product } from '../sandbox/product.ts';
import { DONE, type Io } from './io.ts';
import { environmentLines, storyLines } from './sandbox-story.ts';

export interface SandboxFlags {
  readonly scenario: string;
  /** How many times faster than real time it lives while nobody works. */
  readonly speed: number;
}

/** Keeps a sandbox with the product in it until somebody presses Ctrl-C (or `stop` aborts). */
export async function sandboxCommand(
  { scenario, speed }: SandboxFlags,
  io: Io,
  stop: AbortSignal = interrupted(),
): Promise<number> {
  const sandbox = await startSandbox({ scenario, speed });
  try {
    const product = await deployProduct(sandbox);
    try {
      io.out(introduction(scenario, speed, sandbox, product));
      const unsubscribe = sandbox.phone.onText((number, { text }) => io.out(`☎ SMS to ${number}: ${text}\n`));
      await aborted(stop);
      unsubscribe();
    } finally {
      product.stop();
    }
  } finally {
    await sandbox.close();
  }
  io.out('\nThe sandbox is gone.\n');
  return DONE;
}

function introduction(scenario: string, speed: number, sandbox: Sandbox, product: Product): string {
  const [service = '', door = ''] = Object.entries(sandbox.urls)[0] ?? [];
  return [
    '',
    `${styleText('bold', scenario)} is up at ${speed} times the speed of real time. Ctrl-C ends it, and all that is in it.`,
    '',
    '# The account: paste this into another shell, then use reconnect, the AWS CLI or any SDK there',
    ...environmentLines(sandbox, product),
    '',
    ...storyLines(sandbox, { service, door, speed }),
    '',
    '',
  ].join('\n');
}

/** Only the first Ctrl-C is ours: the second ends the process as it always does. */
function interrupted(): AbortSignal {
  const controller = new AbortController();
  for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => controller.abort());
  return controller.signal;
}

const aborted = (signal: AbortSignal): Promise<void> =>
  signal.aborted
    ? Promise.resolve()
    : new Promise((resolve) => signal.addEventListener('abort', () => resolve(), { once: true }));
