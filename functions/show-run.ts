import * as z from 'zod/mini';
import { stepFunctions } from '../lib/aws.ts';
import { clock } from '../lib/clock.ts';
import { RunNotFound } from '../lib/domain/errors.ts';
import { runTable } from '../lib/run/client.ts';
import { viewRun } from '../lib/run/view.ts';
import { setting } from '../lib/settings.ts';
import { step } from '../lib/step.ts';

const Input = z.strictObject({ run: z.string().check(z.minLength(1), z.maxLength(80)) });

/** The door for "how is the run?": who asks needs no access to the table, which holds task tokens. */
export const handler = step(Input, async ({ run }) => {
  const stateMachineArns = [setting('RECONNECT_STATE_MACHINE_ARN'), setting('RECONNECT_UNDO_STATE_MACHINE_ARN')];
  const view = await viewRun({ table: runTable(), client: stepFunctions(), stateMachineArns }, run, clock.now());
  if (!view) throw new RunNotFound(`run: nobody knows a run called ${run}; look at its name`, { runs: [run] });
  return view;
});
