import type { Faults } from '../account.ts';
import { AwsError } from './errors.ts';

/** Carries a call out, unless a fault of its action strikes before; or strikes after, when only the answer is lost. */
export async function underFaults<T>(faults: Faults, action: string, carryOut: () => Promise<T>): Promise<T> {
  strike(faults, action, 'before');
  const result = await carryOut();
  strike(faults, action, 'after');
  return result;
}

function strike(faults: Faults, action: string, moment: 'before' | 'after'): void {
  const fault = faults.calls?.[action];
  if (!fault || (fault.after ? 'after' : 'before') !== moment) return;
  const { error, message = `sandbox: ${action} was to fail`, status = statusOf(error), skip = 0, times = 1 } = fault;
  if (skip > 0) {
    fault.skip = skip - 1;
    return;
  }
  fault.times = times - 1;
  if (fault.times <= 0) delete faults.calls?.[action];
  throw new AwsError(error, message, { status });
}

const statusOf = (code: string) => (/Internal/.test(code) ? 500 : /Unavailable/.test(code) ? 503 : 400);
