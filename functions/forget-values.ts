import * as z from 'zod/mini';
import { ssm } from '../lib/aws.ts';
import { forgetValues } from '../lib/remedies/changes/environment.ts';
import { runTable } from '../lib/run/client.ts';
import { readLedger } from '../lib/run/ledger.ts';
import { step } from '../lib/step.ts';

const Input = z.strictObject({ run: z.string() });

/** Deletes the values that an undo of this run would have needed: the run is over. */
export const handler = step(Input, async ({ run }) => {
  await forgetValues(ssm(), await readLedger(runTable(), run));
  return { forgotten: true, because: 'what an undo would have needed is deleted' };
});
