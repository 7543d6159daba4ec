import * as z from 'zod/mini';
import { conclude } from '../lib/checks/conclude.ts';
import { fitDiagnosis } from '../lib/checks/fit.ts';
import { clock } from '../lib/clock.ts';
import { ProbeResult } from '../lib/domain/diagnosis.ts';
import { Failure, messageOf } from '../lib/domain/failure.ts';
import { Check, Finding } from '../lib/domain/finding.ts';
import { DIAGNOSIS, DIAGNOSIS_ALONE } from '../lib/domain/room.ts';
import { runTable } from '../lib/run/client.ts';
import { keepWhole } from '../lib/run/whole.ts';
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
  run: z.string(),
  /** Its own name where it belongs to no run. */
  execution: z.string(),
  branches: z.array(Branch),
  /** Probes of a moment ago: this is a later round, and what the report draws was kept from the first. */
  probed: z.array(ProbeResult),
});

/** Weighs what the branches saw; a branch that failed becomes a gap. A run carries it in short, if it is large. */
export const handler = step(Input, async ({ run, execution, branches, probed }) => {
  const whole = conclude(
    branches.map(({ check, findings, results, failed }) => ({
      check,
      findings: (findings ?? []).map((finding) => (probed.length > 0 ? withoutPaths(finding) : finding)),
      probes: results ?? [],
      ...(failed && { failed: `${failed.Error}: ${messageOf(failed)}` }),
    })),
    clock.now().toISOString(),
  );
  if (run === execution) return fitDiagnosis(whole, DIAGNOSIS_ALONE);
  const short = fitDiagnosis(whole, DIAGNOSIS);
  if (short.cut.length > 0) await keepWhole(runTable(), run, 'DIAGNOSIS', whole);
  return short;
});

const withoutPaths = ({ paths: _, ...finding }: Finding): Finding => finding;
