import * as z from 'zod/mini';
import { appRunner, appRunnerSingleTry, ssm } from '../lib/aws.ts';
import { clock } from '../lib/clock.ts';
import { Place, Step } from '../lib/domain/plan.ts';
import { apply } from '../lib/remedies/set-environment.ts';
import { runTable } from '../lib/run/client.ts';
import { step } from '../lib/step.ts';

const Input = z.strictObject({ place: Place, step: Step });

/** Sets variables and secrets and nothing else. Old values are kept apart, and only names stand in the ledger. */
export const handler = step(Input, async ({ place, step: planned }) => {
  const ledger = { table: runTable(), run: place.run, clock };
  const hands = { appRunner: appRunner(), updater: appRunnerSingleTry(), ssm: ssm(), ledger };
  return { ...(await apply(hands, place, planned)), at: clock.now().toISOString() };
});
