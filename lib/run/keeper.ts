import { readDeath } from './death.ts';
import { lockHolder } from './lock.ts';
import { readReport } from './records.ts';
import type { Table } from './table.ts';

/**
 * The run whose lock may be taken over by one that takes `undoes` back: that run itself, or an earlier try to take it
 * back that has ended or died. Undefined while the service is free, or somebody else's.
 */
export async function keeperOf(table: Table, serviceArn: string, undoes: string): Promise<string | undefined> {
  const holder = await lockHolder(table, serviceArn);
  if (!holder || holder.run === undoes) return holder?.run;
  const report = await readReport(table, holder.run);
  const takesBack = report?.undoes ?? (await readDeath(table, holder.run))?.changesOf;
  return takesBack === undoes ? holder.run : undefined;
}
