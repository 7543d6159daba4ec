import { setTimeout as pause } from 'node:timers/promises';
import { isPassing } from '../lib/step.ts';

/** What Node or the SDK calls an error of the network; undefined where it is none. */
export function networkError(error: Error): string | undefined {
  const code = 'code' in error ? String(error.code) : error.name;
  return /ECONN|ENOTFOUND|EAI_AGAIN|ENETUNREACH|EHOSTUNREACH|EPIPE|Timeout|TIMEDOUT|NetworkingError/.test(code)
    ? code
    : undefined;
}

/** As a door says it. */
const isBusy = ({ name }: Error): boolean => name === 'RetryLater';

const TRIES = 4;

/** For calls that only look: asks again, later each time, while the network or AWS fails for a moment. */
export async function patiently<T>(look: () => Promise<T>, everyMs: number): Promise<T> {
  for (let nth = 1; ; nth++) {
    try {
      return await look();
    } catch (error) {
      const passes = error instanceof Error && (networkError(error) !== undefined || isPassing(error) || isBusy(error));
      if (!passes || nth === TRIES) throw error;
      await pause(everyMs * nth);
    }
  }
}
