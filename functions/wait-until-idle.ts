import * as z from 'zod/mini';
import { appRunner } from '../lib/aws.ts';
import { clock } from '../lib/clock.ts';
import { OperationStuck } from '../lib/domain/errors.ts';
import { ServiceRef } from '../lib/domain/service.ts';
import { step } from '../lib/step.ts';
import { describe, newestOperation } from '../lib/target/apprunner.ts';

const Input = z.strictObject({ service: ServiceRef, since: z.iso.datetime() });

const PATIENCE_MINUTES = 30;

/**
 * Looks once whether App Runner is done with everything it was told before. Maintenance makes a service busy without
 * an operation in the list, so the status counts as well.
 */
export const handler = step(Input, async ({ service, since }) => {
  const [described, operation] = await Promise.all([
    describe(appRunner(), service.arn),
    newestOperation(appRunner(), service.arn),
  ]);
  const busy = described.Status === 'OPERATION_IN_PROGRESS' || operation?.state === 'going';
  if (!busy) {
    const last = operation
      ? `the last operation, ${operation.type}, ended ${operation.status}`
      : 'there was no operation yet';
    return { state: 'idle', because: last };
  }
  const what = operation?.state === 'going' ? `${operation.type} is ${operation.status}` : 'the service is busy';
  if (clock.now().getTime() - Date.parse(since) > PATIENCE_MINUTES * 60_000) {
    throw new OperationStuck(`after ${PATIENCE_MINUTES} minutes ${what} still; nothing was changed`);
  }
  return { state: 'busy', because: what };
});
