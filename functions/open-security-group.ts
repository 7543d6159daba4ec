import * as z from 'zod/mini';
import { ec2, ec2SingleTry } from '../lib/aws.ts';
import { clock } from '../lib/clock.ts';
import { Place, Step } from '../lib/domain/plan.ts';
import { apply } from '../lib/remedies/open-security-group.ts';
import { runTable } from '../lib/run/client.ts';
import { step } from '../lib/step.ts';

const Input = z.strictObject({ place: Place, step: Step });

/** Adds the rules out that are missing. Every undo is in the ledger before. */
export const handler = step(Input, async ({ place, step: planned }) => {
  const ledger = { table: runTable(), run: place.run, clock };
  const progress = await apply({ ec2: ec2(), ec2SingleTry: ec2SingleTry(), ledger }, place, planned);
  return { ...progress, at: clock.now().toISOString() };
});
