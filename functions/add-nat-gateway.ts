import * as z from 'zod/mini';
import { ec2, ec2SingleTry } from '../lib/aws.ts';
import { clock } from '../lib/clock.ts';
import { Place, Step } from '../lib/domain/plan.ts';
import { apply } from '../lib/remedies/add-nat-gateway.ts';
import { runTable } from '../lib/run/client.ts';
import { step } from '../lib/step.ts';

const Input = z.strictObject({ place: Place, step: Step });

/** Makes a NAT gateway and leads the private subnets to it, one look further each call. Each undo is in the ledger first. */
export const handler = step(Input, async ({ place, step: planned }) => {
  const ledger = { table: runTable(), run: place.run, clock };
  const progress = await apply({ ec2: ec2(), ec2SingleTry: ec2SingleTry(), ledger }, place, planned);
  return { ...progress, at: clock.now().toISOString() };
});
