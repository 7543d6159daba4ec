import * as z from 'zod/mini';
import { appRunner, appRunnerSingleTry, ecr } from '../lib/aws.ts';
import { clock } from '../lib/clock.ts';
import { Place, Step } from '../lib/domain/plan.ts';
import { apply } from '../lib/remedies/redeploy.ts';
import { runTable } from '../lib/run/client.ts';
import { step } from '../lib/step.ts';

const Input = z.strictObject({ place: Place, step: Step });

/** Starts one deployment of what the service is set to. */
export const handler = step(Input, async ({ place, step: planned }) => {
  const ledger = { table: runTable(), run: place.run, clock };
  const hands = { appRunner: appRunner(), updater: appRunnerSingleTry(), ecr, ledger };
  return { ...(await apply(hands, place, planned)), at: clock.now().toISOString() };
});
