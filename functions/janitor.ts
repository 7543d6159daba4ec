import * as z from 'zod/mini';
import { lambda, stepFunctions } from '../lib/aws.ts';
import { clock } from '../lib/clock.ts';
import { bury, isDead } from '../lib/run/bury.ts';
import { runTable } from '../lib/run/client.ts';
import { executionOf } from '../lib/run/executions.ts';
import { setting } from '../lib/settings.ts';
import { logger, step } from '../lib/step.ts';
import { announceSurely } from '../lib/tell/announce.ts';

/** https://docs.aws.amazon.com/step-functions/latest/dg/eventbridge-integration.html; what else stands in it is not read. */
const Input = z.looseObject({ detail: z.looseObject({ stateMachineArn: z.string(), name: z.string() }) });

/** Comes after an execution that ended without its tail. What became of it is asked, not read from the event. */
export const handler = step(Input, async ({ detail: { stateMachineArn, name } }) => {
  const undoStateMachineArn = setting('RECONNECT_UNDO_STATE_MACHINE_ARN');
  const ours = [setting('RECONNECT_STATE_MACHINE_ARN'), undoStateMachineArn];
  const execution = ours.includes(stateMachineArn)
    ? await executionOf(stepFunctions(), stateMachineArn, name)
    : undefined;
  if (!execution || !isDead(execution)) return { buried: false, because: `${name} is no dead run` };
  const around = { table: runTable(), clock, states: stepFunctions(), undoStateMachineArn };
  const { run, service, status, because, refused } = await bury(execution, around);
  const isUndo = stateMachineArn === undoStateMachineArn;
  const said = { ...(refused && { refused }), ...(isUndo && { isUndo }) };
  await announceSurely(lambda, { kind: 'died', run, service, status, because, ...said });
  logger.info('buried', { run, because });
  return { buried: true, because };
});
