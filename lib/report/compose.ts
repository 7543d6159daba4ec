import type { Change } from '../domain/change.ts';
import { messageOf } from '../domain/failure.ts';
import type { Finding } from '../domain/finding.ts';
import type { Plan } from '../domain/plan.ts';
import type { DeliveryProof, Proof, TracedPath } from '../domain/proof.ts';
import type { Notification, Report } from '../domain/report.ts';
import type { RunDocument } from '../domain/run.ts';
import { checklist } from './checklist.ts';
import { nextSteps } from './next-steps.ts';
import { summarise } from './summary.ts';
import { timeline } from './timeline.ts';

const noPlan = (document: RunDocument, at: string): Plan => ({
  round: 1,
  hash: null,
  options: [],
  steps: [],
  now: 0,
  approvedBefore: false,
  because: document.undoes ? `takes back run ${document.undoes}` : 'the run ended before a plan was made',
  at,
  earlier: [],
});
const NOT_ASKED: DeliveryProof = { status: 'not-asked' };

/** Makes the report of the run document and the ledger: pure. `at`: when the run ended. */
export function composeReport(
  whole: RunDocument,
  changes: readonly Change[],
  at: string,
  notifications: readonly Notification[] = [],
): Report {
  const document = withFirstLook(whole);
  const { run, request, service, profile, diagnosis, approval } = document;
  const verdict = document.outcome?.verdict ?? 'needs-human';
  const milestones = timeline(document, changes, at);
  const proof = proofOf(document);
  const plan = document.plan ?? noPlan(document, at);
  const failure = document.failure ? { error: document.failure.Error, because: messageOf(document.failure) } : null;
  const proved = milestones.find(({ what }) => what === 'proved');
  return {
    run,
    service: service.name,
    serviceArn: service.arn,
    mode: request.mode,
    requestedBy: request.requestedBy,
    ...(request.reason !== undefined && { reason: request.reason }),
    ...(document.undoes !== undefined && { undoes: document.undoes }),
    verdict,
    summary: summarise(verdict, document, changes, failure),
    nextSteps: nextSteps(verdict, whole, changes),
    causes: diagnosis?.causes ?? [],
    findings: diagnosis?.findings ?? [],
    plan,
    approval: approval ?? null,
    changes: [...changes],
    proof,
    checklist: checklist(document, changes, proof),
    timeline: milestones,
    recoverySeconds: verdict === 'recovered' ? (proved?.seconds ?? null) : null,
    gaps: diagnosis?.gaps ?? [],
    followUps: profile.followUps,
    notifications: [...notifications],
    failure,
  };
}

/** The report tells what was wrong when the run began; later rounds stand in the plans. */
const withFirstLook = (document: RunDocument): RunDocument =>
  document.first ? { ...document, diagnosis: document.first } : document;

function proofOf({ diagnosis, proof }: RunDocument): Proof | null {
  if (!diagnosis) return null;
  return {
    before: diagnosis.probes,
    after: proof.probes?.results ?? [],
    configuration: proof.configuration?.items ?? [],
    delivery: proof.delivery ?? NOT_ASKED,
    pathsBefore: traced(diagnosis.findings),
    pathsAfter: traced(proof.egress?.findings ?? []),
  };
}

const traced = (findings: readonly Finding[]): TracedPath[] =>
  findings.flatMap(({ check, subject, status, paths }) =>
    check === 'egress' && paths ? [{ dependency: subject, status, paths }] : [],
  );
