import type { Place } from '../../domain/plan.ts';
import { type Ledger, readLedger } from '../../run/ledger.ts';
import { changeId } from '../remedy.ts';

/** Whether an earlier call for this step wrote something down: then the world is no longer as the plan saw it. */
export async function isBegun({ table, run }: Ledger, place: Place): Promise<boolean> {
  const own = changeId(place, 0).slice(0, -'00'.length);
  return (await readLedger(table, run)).some(({ id }) => id.startsWith(own));
}
