import type { Change } from '../domain/change.ts';
import { messageOf } from '../domain/failure.ts';
import type { Finding } from '../domain/finding.ts';
import type { DeliveryProof, Proof, TracedPath } from '../domain/proof.ts';
import { type Report, VERDICTS, type Verdict } from '../domain/report.ts';
import type { RunDocument } from '../domain/run.ts';
import { checklist } from './checklist.ts';
import { nextSteps } from './next-steps.ts';
import { timeline } from './timeline.ts';

const NO_PLAN = { hash: null, options: [], steps: [], because: 'the run ended before a plan was made' } as const;
const NOT_ASKED: DeliveryProof = { status: 'not-asked' };

/** Makes the report of the run document and the ledger: pure. `at`: when the run ended. */
export function composeReport(document: RunDocument, changes: readonly Change[], at: string): Report {
  const { run, request, service, profile, diagnosis, approval } = document;
  const verdict = document.outcome?.verdict ?? 'needs-human';
  const milestones = timeline(document, changes, at);
  const proof = proofOf(document);
  const plan = document.plan ?? { ...NO_PLAN, options: [], steps: [], at };
  const failure = document.failure ? { error: document.failure.Error, because: messageOf(document.failure) } : null;
  const proved = milestones.find(({ what }) => what === 'proved');
  return {
    run,
    service: service.name,
    serviceArn: service.arn,
    mode: request.mode,
    requestedBy: request.requestedBy,
    ...(request.reason !== undefined && { reason: request.reason }),
    verdict,
    summary: summarise(verdict, document, changes, failure),
    nextSteps: nextSteps(verdict, document, changes),
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
    failure,
  };
}

function summarise(
  verdict: Verdict,
  { service, diagnosis, operation }: RunDocument,
  changes: readonly Change[],
  failure: Report['failure'],
): string {
  const first = diagnosis?.causes[0];
  const cause = first ? ` Cause: ${first.because}.` : '';
  const stopped = failure ? ` The run stopped early: ${failure.because}.` : '';
  const undone = operation && ['rolled-back', 'failed'].includes(operation.state);
  const deployment = undone ? ` App Runner ended the deployment ${operation.status}.` : '';
  const standing = verdict === 'needs-human' ? changes.filter(({ state }) => state === 'made') : [];
  const stands = standing.map(({ what }) => ` This repair stands: ${what}.`).join('');
  return `${service.name}: ${VERDICTS[verdict]}.${stands}${deployment}${stopped}${cause}`;
}

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
