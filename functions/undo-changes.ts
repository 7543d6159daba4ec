import * as z from 'zod/mini';
import { appRunner, appRunnerSingleTry, ec2, ssm } from '../lib/aws.ts';
import { clock } from '../lib/clock.ts';
import { UndoFailed } from '../lib/domain/errors.ts';
import { Baseline } from '../lib/domain/run.ts';
import { ServiceRef } from '../lib/domain/service.ts';
import { undoNewest } from '../lib/remedies/undo.ts';
import { whatDiffers } from '../lib/remedies/whole.ts';
import { runTable } from '../lib/run/client.ts';
import { readLedger } from '../lib/run/ledger.ts';
import { firstAt } from '../lib/run/once.ts';
import { step } from '../lib/step.ts';

const Input = z.strictObject({
  /** Whose changes are taken back. */
  run: z.string(),
  service: ServiceRef,
  /** How the service was before the run. Left out long after it: much else may have changed since. */
  baseline: z.optional(Baseline),
  /** The execution that takes them back: its patience counts from its own first look. */
  attempt: z.string(),
});

const [PATIENCE_MINUTES, LAG_MINUTES] = [60, 3];

/**
 * One look at the way back, newest change first. Done only when every change is taken back and, right after the run,
 * the service and its network are as before it.
 */
export const handler = step(Input, async ({ run, service, baseline, attempt }) => {
  const ledger = { table: runTable(), run, clock };
  const now = clock.now();
  const hands = { appRunner: appRunner(), updater: appRunnerSingleTry(), ec2, ssm };
  const isRecent = async (what: string, minutes: number) =>
    now.getTime() - Date.parse(await firstAt(ledger.table, attempt, what, now.toISOString())) <= minutes * 60_000;
  const newest = await undoNewest(hands, ledger);
  if (newest) {
    if (await isRecent('undo', PATIENCE_MINUTES))
      return { state: 'going', because: `taking back: ${newest.undo}`, at: now.toISOString() };
    throw new UndoFailed(`after ${PATIENCE_MINUTES} minutes the way back is not done: ${newest.undo}`);
  }
  const entries = await readLedger(ledger.table, run);
  const left = entries.filter(({ state }) => state === 'left');
  if (left.length > 0 && baseline)
    throw new UndoFailed(`left as it is: ${left.map((entry) => `${entry.target} (${entry.left})`).join('; ')}`);
  const changed = entries.some(({ state }) => state === 'undone');
  const differs = changed && baseline ? await whatDiffers(hands, ledger.table, run, service, baseline) : [];
  if (differs.length > 0) {
    // EC2 shows a moment later what was deleted a moment ago.
    if (await isRecent('compared', LAG_MINUTES))
      return { state: 'going', because: `not yet as before: ${differs.join(', ')}`, at: now.toISOString() };
    throw new UndoFailed(`every change of the run was taken back, but ${differs.join(', ')} is not as it was before`);
  }
  const because = left.length > 0 ? 'what is in use is left' : changed ? 'every change is back' : 'nothing was changed';
  return { state: left.length > 0 ? 'partly' : 'done', changed, because, at: now.toISOString() };
});
