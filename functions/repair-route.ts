import * as z from 'zod/mini';
import { ec2 } from '../lib/aws.ts';
import { clock } from '../lib/clock.ts';
import { Place, Step } from '../lib/domain/plan.ts';
import { apply } from '../lib/remedies/repair-route.ts';
import { runTable } from '../lib/run/client.ts';
import { step } from '../lib/step.ts';

const Input = z.strictObject({ place: Place, step: Step });

/** Leads routes that lead nowhere to a NAT gateway that is there. The undo is in the ledger before EC2 is told. */
export const handler = step(Input, async ({ place, step: planned }) => ({
  ...(await apply({ ec2: ec2(), ledger: { table: runTable(), run: place.run, clock } }, place, planned)),
  at: clock.now().toISOString(),
}));
