import * as z from 'zod/mini';
import { clock } from '../lib/clock.ts';
import { RunDocument } from '../lib/domain/run.ts';
import { composeReport } from '../lib/report/compose.ts';
import { runTable } from '../lib/run/client.ts';
import { asChange, readLedger } from '../lib/run/ledger.ts';
import { readTold, storeLast, storeReport } from '../lib/run/records.ts';
import { step } from '../lib/step.ts';

const Input = z.strictObject({ document: RunDocument });

/** Tells the whole story once, from the run document and the ledger, and keeps it. */
export const handler = step(Input, async ({ document }) => {
  const changes = (await readLedger(runTable(), document.undoes ?? document.run)).map(asChange);
  const at = clock.now().toISOString();
  const report = composeReport(document, changes, at, await readTold(runTable(), document.run));
  await storeReport(runTable(), report);
  await storeLast(runTable(), report, at);
  return report;
});
