import * as z from 'zod/mini';
import { appRunner } from '../lib/aws.ts';
import { clock } from '../lib/clock.ts';
import { OperationStuck } from '../lib/domain/errors.ts';
import { ServiceRef } from '../lib/domain/service.ts';
import { step } from '../lib/step.ts';
import { describe, findOperation } from '../lib/target/apprunner.ts';

const Input = z.strictObject({ service: ServiceRef, operationId: z.string(), since: z.iso.datetime() });

/** Reports exist of operations that never end: https://github.com/hashicorp/terraform-provider-aws/issues/38371 */
const PATIENCE_MINUTES = 60;

/**
 * Looks once at that one operation. `RUNNING` says nothing about it: a service whose update was rolled back is RUNNING
 * too. It has ended when the service has let go of it as well.
 */
export const handler = step(Input, async ({ service, operationId, since }) => {
  const [operation, described] = await Promise.all([
    findOperation(appRunner(), service.arn, operationId),
    describe(appRunner(), service.arn),
  ]);
  const at = clock.now();
  const status = operation?.status ?? 'not listed yet';
  const going = !operation || operation.state === 'going' || described.Status === 'OPERATION_IN_PROGRESS';
  if (going && at.getTime() - Date.parse(since) > PATIENCE_MINUTES * 60_000) {
    throw new OperationStuck(
      `operation ${operationId} of ${service.name} is ${status} after ${PATIENCE_MINUTES} minutes`,
    );
  }
  const because = `operation ${operationId} of ${service.name} is ${status}`;
  return { state: going ? 'going' : operation.state, status, because, at: at.toISOString() };
});
