import * as z from 'zod/mini';
import { appRunner, appRunnerSingleTry } from '../lib/aws.ts';
import { clock } from '../lib/clock.ts';
import { Place, Step } from '../lib/domain/plan.ts';
import { apply } from '../lib/remedies/use-default-egress.ts';
import { runTable } from '../lib/run/client.ts';
import { step } from '../lib/step.ts';

const Input = z.strictObject({ place: Place, step: Step });

/** Switches egress to DEFAULT and touches nothing else. The undo is in the ledger before App Runner is told. */
export const handler = step(Input, async ({ place, step: planned }) => {
  const ledger = { table: runTable(), run: place.run, clock };
  const progress = await apply({ appRunner: appRunner(), updater: appRunnerSingleTry(), ledger }, place, planned);
  return { ...progress, at: clock.now().toISOString() };
});
