import * as z from 'zod/mini';
import { conclude } from '../lib/checks/conclude.ts';
import { clock } from '../lib/clock.ts';
import { ProbeResult } from '../lib/domain/diagnosis.ts';
import { Failure, messageOf } from '../lib/domain/failure.ts';
import { Check, Finding } from '../lib/domain/finding.ts';
import { step } from '../lib/step.ts';

const Branch = z.strictObject({
  check: Check,
  state: z.optional(z.string()),
  proves: z.optional(z.boolean()),
  findings: z.optional(z.array(Finding)),
  results: z.optional(z.array(ProbeResult)),
  failed: z.optional(Failure),
});

const Input = z.strictObject({
  branches: z.array(Branch),
  /** Probes of a moment ago: this is a later round, and what the report draws was kept from the first. */
  probed: z.array(ProbeResult),
});

/** Weighs what the branches saw; a branch that failed becomes a gap. */
export const handler = step(Input, async ({ branches, probed }) =>
  conclude(
    branches.map(({ check, findings, results, failed }) => ({
      check,
      findings: (findings ?? []).map((finding) => (probed.length > 0 ? withoutPaths(finding) : finding)),
      probes: results ?? [],
      ...(failed && { failed: `${failed.Error}: ${messageOf(failed)}` }),
    })),
    clock.now().toISOString(),
  ),
);

const withoutPaths = ({ paths: _, ...finding }: Finding): Finding => finding;
