import * as z from 'zod/mini';
import { appRunner, appRunnerSingleTry } from '../lib/aws.ts';
import { clock } from '../lib/clock.ts';
import { Step } from '../lib/domain/plan.ts';
import { apply } from '../lib/remedies/use-default-egress.ts';
import { runTable } from '../lib/run/client.ts';
import { step } from '../lib/step.ts';

const Input = z.strictObject({ run: z.string(), step: Step, number: z.int().check(z.gte(1)) });

/** Switches egress to DEFAULT and touches nothing else. The undo is in the ledger before App Runner is told. */
export const handler = step(Input, async ({ run, step: planned, number }) => {
  const operationId = await apply(
    { appRunner: appRunner(), updater: appRunnerSingleTry(), table: runTable(), clock },
    run,
    planned,
    number,
  );
  return { number, operationId, at: clock.now().toISOString() };
});
