import { answering } from '../lib/api/answering.ts';
import { stepFunctions } from '../lib/aws.ts';
import { clock } from '../lib/clock.ts';
import { RunNotFound } from '../lib/domain/errors.ts';
import { runTable } from '../lib/run/client.ts';
import { viewRun } from '../lib/run/view.ts';
import { setting } from '../lib/settings.ts';

/** `GET /runs/{id}`: how the run is, or how it ended. */
export const handler = answering(async ({ pathParameters }) => {
  const run = pathParameters?.id ?? '';
  const stateMachineArns = [setting('RECONNECT_STATE_MACHINE_ARN'), setting('RECONNECT_UNDO_STATE_MACHINE_ARN')];
  const view = /^[0-9A-Za-z_-]{1,80}$/.test(run)
    ? await viewRun({ table: runTable(), client: stepFunctions(), stateMachineArns }, run, clock.now())
    : undefined;
  if (!view) throw new RunNotFound('there is no run of this name');
  return { status: 200, body: view };
});
