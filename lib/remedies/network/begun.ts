import type { Place } from '../../domain/plan.ts';
import { type Ledger, readLedger } from '../../run/ledger.ts';
import { changeId } from '../remedy.ts';

/** Whether an earlier try of this step wrote something down: what differs from the plan since then may be its own work. */
export async function isBegun({ table, run }: Ledger, place: Place): Promise<boolean> {
  const first = changeId(place, 1);
  const prefix = first.slice(0, first.lastIndexOf('.') + 1);
  return (await readLedger(table, run)).some(({ id }) => id.startsWith(prefix));
}
