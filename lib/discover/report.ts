import type { Diagnosis, Gap } from '../domain/diagnosis.ts';
import type { Profile } from '../domain/profile.ts';
import type { Report } from '../domain/report.ts';
import type { RunDocument } from '../domain/run.ts';
import type { ServiceRef } from '../domain/service.ts';
import { composeReport } from '../report/compose.ts';

export interface Diagnosed {
  readonly run: string;
  readonly startedAt: Date;
  readonly endedAt: Date;
  readonly service: ServiceRef;
  readonly profile: Profile;
  readonly diagnosis?: Diagnosis;
  /** Why there is no diagnosis. */
  readonly failure?: { readonly Error: string; readonly Cause?: string };
  /** What was not looked at besides what the checks say themselves. */
  readonly notLookedAt: readonly Gap[];
}

/** The report of a diagnosis that no deployed state machine made: the same keys, from a run document laid out here. */
export function reportOf(diagnosed: Diagnosed): Report {
  const { run, startedAt, endedAt, service, profile, diagnosis, failure, notLookedAt } = diagnosed;
  const at = endedAt.toISOString();
  const document: RunDocument = {
    run,
    startedAt: startedAt.toISOString(),
    request: { mode: 'diagnose', requestedBy: 'command-line', environment: { variables: {}, secrets: {} } },
    service,
    profile,
    patience: { approval: 0, untilReminder: 0, afterReminder: 0, delivery: 0 },
    proof: {},
    plan: {
      round: 1,
      hash: null,
      options: [],
      steps: [],
      now: 0,
      approvedBefore: false,
      because: 'only a diagnosis was asked for',
      at,
      earlier: [],
    },
    ...(diagnosis && { diagnosis: { ...diagnosis, gaps: [...diagnosis.gaps, ...notLookedAt] } }),
    ...(failure && { failure }),
    outcome: { verdict: diagnosis?.healthy ? 'healthy' : 'needs-human', keepLock: false },
  };
  return composeReport(document, [], at);
}
