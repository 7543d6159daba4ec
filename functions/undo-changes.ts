import * as z from 'zod/mini';
import { appRunner, appRunnerSingleTry } from '../lib/aws.ts';
import { clock } from '../lib/clock.ts';
import { UndoFailed } from '../lib/domain/errors.ts';
import { ServiceConfiguration, ServiceRef } from '../lib/domain/service.ts';
import { undo } from '../lib/remedies/use-default-egress.ts';
import { runTable } from '../lib/run/client.ts';
import { readLedger } from '../lib/run/ledger.ts';
import { firstAt } from '../lib/run/once.ts';
import { readFingerprintKey } from '../lib/run/records.ts';
import { step } from '../lib/step.ts';
import { configurationOf, describe } from '../lib/target/apprunner.ts';
import { isAsBefore } from '../lib/target/compare.ts';

const Input = z.strictObject({
  run: z.string(),
  service: ServiceRef,
  baseline: z.strictObject({ configuration: ServiceConfiguration, at: z.string() }),
});

const PATIENCE_MINUTES = 60;

/** One look at the way back, newest change first. Done only when the service is as it was before the run. */
export const handler = step(Input, async ({ run, service, baseline }) => {
  const table = runTable();
  const now = clock.now();
  const since = await firstAt(table, run, 'undo', now.toISOString());
  const ledger = await readLedger(table, run);
  const newest = ledger.filter(({ state }) => state === 'pending' || state === 'made').at(-1);
  if (newest) {
    const state = await undo({ appRunner: appRunner(), updater: appRunnerSingleTry(), table, clock }, run, newest);
    const overdue = state === 'going' && now.getTime() - Date.parse(since) > PATIENCE_MINUTES * 60_000;
    if (overdue) throw new UndoFailed(`after ${PATIENCE_MINUTES} minutes the way back is not done: ${newest.undo}`);
    return { state: 'going', at: now.toISOString() };
  }
  const key = await readFingerprintKey(table, run);
  const configuration = configurationOf(await describe(appRunner(), service.arn), key);
  if (!isAsBefore(baseline.configuration, configuration)) {
    throw new UndoFailed(`every change of the run was taken back, but ${service.name} is not as it was before`);
  }
  return { state: 'done', changed: ledger.some(({ state }) => state === 'undone'), at: now.toISOString() };
});
