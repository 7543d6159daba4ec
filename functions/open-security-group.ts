import * as z from 'zod/mini';
import { ec2 } from '../lib/aws.ts';
import { clock } from '../lib/clock.ts';
import { Place, Step } from '../lib/domain/plan.ts';
import { apply } from '../lib/remedies/open-security-group.ts';
import { runTable } from '../lib/run/client.ts';
import { step } from '../lib/step.ts';

const Input = z.strictObject({ place: Place, step: Step });

/** Adds the rules out that are missing. Every undo is in the ledger before. */
export const handler = step(Input, async ({ place, step: planned }) => ({
  ...(await apply({ ec2: ec2(), ledger: { table: runTable(), run: place.run, clock } }, place, planned)),
  at: clock.now().toISOString(),
}));
