import * as z from 'zod/mini';
import { clock } from '../lib/clock.ts';
import { REPORT_IN_OUTPUT, REPORT_IN_TABLE } from '../lib/domain/room.ts';
import { RunDocument } from '../lib/domain/run.ts';
import { composeReport } from '../lib/report/compose.ts';
import { fitReport } from '../lib/report/fit.ts';
import { runTable } from '../lib/run/client.ts';
import { asChange, readLedger } from '../lib/run/ledger.ts';
import { readTold, storeLast, storeReport } from '../lib/run/records.ts';
import { wholeDocument } from '../lib/run/whole.ts';
import { step } from '../lib/step.ts';

const Input = z.strictObject({ document: RunDocument });

/** Tells the whole story once, from the run document and the ledger, and keeps it. The output is as much as fits. */
export const handler = step(Input, async ({ document: short }) => {
  const document = await wholeDocument(runTable(), short);
  const changes = (await readLedger(runTable(), document.undoes ?? document.run)).map(asChange);
  const at = clock.now().toISOString();
  const composed = composeReport(document, changes, at, await readTold(runTable(), document.run));
  const report = fitReport(composed, REPORT_IN_TABLE, 'nowhere else, because the table holds no larger report');
  await storeReport(runTable(), report);
  await storeLast(runTable(), report, at);
  return fitReport(report, REPORT_IN_OUTPUT, `in the stored report: reconnect watch ${document.run}`);
});
