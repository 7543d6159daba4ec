import * as z from 'zod/mini';
import { Approval } from './approval.ts';
import { Diagnosis, ProbeResult } from './diagnosis.ts';
import { Failure } from './failure.ts';
import { Finding } from './finding.ts';
import { Place, Plan, Step } from './plan.ts';
import { Profile } from './profile.ts';
import { ConfigurationItem, DeliveryProof } from './proof.ts';
import { Verdict } from './report.ts';
import { Purpose, WantedEnvironment } from './request.ts';
import { ServiceConfiguration, ServiceRef } from './service.ts';

/** What the service was set to before the run touched anything. */
export const Baseline = z.strictObject({
  configuration: ServiceConfiguration,
  at: z.string(),
  /** What is left out where it is carried; the whole is in the table. */
  cut: z.optional(z.array(z.string())),
  /** What the door said then. */
  probes: z.optional(z.array(ProbeResult)),
});
export type Baseline = z.infer<typeof Baseline>;

/** The run as one document: it grows by `ResultPath` from state to state, and the report is made of it. */
export const RunDocument = z.strictObject({
  run: z.string(),
  startedAt: z.string(),
  request: z.strictObject({
    mode: Purpose,
    requestedBy: z.string(),
    reason: z.optional(z.string()),
    environment: z._default(WantedEnvironment, { variables: {}, secrets: {} }),
  }),
  /** The finished run that this one takes back. */
  undoes: z.optional(z.string()),
  /** Whose lock it takes over: of a run that has ended and kept it, or its own. */
  keptBy: z.optional(z.string()),
  service: ServiceRef,
  profile: Profile,
  /** Whole seconds that the machine waits for a person; for an approval in two parts, with a reminder between them. */
  patience: z.strictObject({
    approval: z.int(),
    untilReminder: z.int(),
    afterReminder: z.int(),
    delivery: z.int(),
  }),
  lock: z.optional(
    z.strictObject({ run: z.string(), requestedBy: z.string(), since: z.string(), because: z.string() }),
  ),
  idle: z.optional(z.strictObject({ state: z.enum(['idle', 'busy']), because: z.string() })),
  baseline: z.optional(Baseline),
  /** Of a diagnosis: probes that were sent a moment ago and are not sent again. */
  probed: z.optional(z.array(ProbeResult)),
  /** What is wrong in this round. */
  diagnosis: z.optional(Diagnosis),
  /** What was wrong at first; kept from the second round on. */
  first: z.optional(Diagnosis),
  plan: z.optional(Plan),
  approval: z.optional(Approval),
  /** How far the steps of this round are done. */
  cursor: z.optional(z.strictObject({ round: z.number(), index: z.number(), count: z.number() })),
  current: z.optional(z.strictObject({ step: Step, place: Place })),
  /** What came of the step under way, and the platform's operation for it. */
  step: z.optional(
    z.strictObject({
      state: z.enum(['going', 'done']),
      operationId: z.optional(z.string()),
      because: z.string(),
      at: z.string(),
    }),
  ),
  operation: z.optional(
    z.strictObject({
      state: z.enum(['going', 'succeeded', 'rolled-back', 'failed']),
      status: z.string(),
      because: z.string(),
      at: z.string(),
    }),
  ),
  proof: z.strictObject({
    configuration: z.optional(z.strictObject({ ok: z.boolean(), items: z.array(ConfigurationItem), at: z.string() })),
    probes: z.optional(
      z.strictObject({
        state: z.enum(['passed', 'failed', 'unsure']),
        proves: z.boolean(),
        findings: z.array(Finding),
        results: z.array(ProbeResult),
      }),
    ),
    egress: z.optional(z.strictObject({ findings: z.array(Finding) })),
    delivery: z.optional(DeliveryProof),
  }),
  undo: z.optional(
    z.strictObject({
      state: z.enum(['going', 'done', 'partly']),
      changed: z.optional(z.boolean()),
      because: z.string(),
      at: z.string(),
    }),
  ),
  failure: z.optional(Failure),
  /** Why the lock could not be released. */
  unlock: z.optional(Failure),
  /** Why old values could not be deleted. */
  unforgotten: z.optional(Failure),
  /** `keepLock`: nothing else may touch the service until a person has looked. */
  outcome: z.optional(z.strictObject({ verdict: Verdict, keepLock: z.boolean() })),
});
export type RunDocument = z.infer<typeof RunDocument>;
