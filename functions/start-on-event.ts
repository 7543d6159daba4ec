import * as z from 'zod/mini';
import { appRunner, ssm, stepFunctions } from '../lib/aws.ts';
import { runTable } from '../lib/run/client.ts';
import { setting } from '../lib/settings.ts';
import { logger, step } from '../lib/step.ts';
import { readTrigger } from '../lib/trigger/event.ts';
import { type Answer, startFor } from '../lib/trigger/start.ts';

/** Events come from outside and may hold more by tomorrow: what is not understood is left alone, calmly. */
export const handler = step(z.unknown(), async (event): Promise<Answer> => {
  const trigger = readTrigger(event);
  const answer = trigger
    ? await startFor(trigger, {
        appRunner: appRunner(),
        ssm: ssm(),
        table: runTable(),
        starter: { client: stepFunctions(), stateMachineArn: setting('RECONNECT_STATE_MACHINE_ARN') },
      })
    : { started: false, because: 'no failed deployment or update, and no alarm of an App Runner service' };
  logger.info('event', { ...answer });
  return answer;
});
