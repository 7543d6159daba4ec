import * as z from 'zod/mini';
import { appRunner, lambda, stepFunctions } from '../lib/aws.ts';
import { clock } from '../lib/clock.ts';
import { bury, deadHolder } from '../lib/run/bury.ts';
import { runTable } from '../lib/run/client.ts';
import { releaseLock } from '../lib/run/lock.ts';
import { setting } from '../lib/settings.ts';
import { step } from '../lib/step.ts';
import { findService } from '../lib/target/apprunner.ts';
import { announceSurely } from '../lib/tell/announce.ts';

const Input = z.strictObject({ service: z.string() });

/** Does what the janitor does, in case nobody told it: events are delivered as well as may be, and no better. */
export const handler = step(Input, async ({ service: named }) => {
  const { ServiceArn: arn = '' } = await findService(appRunner(), named);
  const undoStateMachineArn = setting('RECONNECT_UNDO_STATE_MACHINE_ARN');
  const around = { table: runTable(), clock, states: stepFunctions(), undoStateMachineArn };
  const machines = [setting('RECONNECT_STATE_MACHINE_ARN'), undoStateMachineArn];
  const execution = await deadHolder(around, arn, machines);
  if (!execution) return { because: `no dead run has ${named}` };
  if (execution.status === 'SUCCEEDED') {
    await releaseLock(around.table, arn, execution.name ?? '');
    return { because: `run ${execution.name} had ended and left its lock behind: ${named} is free` };
  }
  const { run, service, status, because } = await bury(execution, around);
  await announceSurely(lambda, { kind: 'died', run, service, status, because });
  return { because: `run ${run}: ${because}` };
});
