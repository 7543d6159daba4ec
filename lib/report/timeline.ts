import type { Change } from '../domain/change.ts';
import type { Milestone } from '../domain/report.ts';
import type { RunDocument } from '../domain/run.ts';

type Named = readonly [Milestone['what'], string | undefined];

/** When what was reached, in that order; milestones that were not reached are not there. */
export function timeline(document: RunDocument, changes: readonly Change[], endedAt: string): Milestone[] {
  const { startedAt, diagnosis, approval, outcome } = document;
  const milestones: Named[] = [
    ['started', startedAt],
    ['detected', diagnosis && !diagnosis.healthy ? diagnosis.at : undefined],
    ['planned', plannedAt(document)],
    ['approved', approval?.decision === 'approved' ? approval.at : undefined],
    ['declined', approval && ['declined', 'timed-out'].includes(approval.decision) ? approval.at : undefined],
    ['applied', appliedAt(document)],
    ['proved', outcome?.verdict === 'recovered' ? provedAt(document) : undefined],
    ['undone', changes.map(({ undoneAt }) => undoneAt).findLast(Boolean)],
    ['ended', endedAt],
  ];
  return milestones
    .flatMap(([what, at]) =>
      at === undefined ? [] : [{ what, at, seconds: Math.max(0, (Date.parse(at) - Date.parse(startedAt)) / 1000) }],
    )
    .sort((a, b) => a.seconds - b.seconds);
}

/** When the plan was ready that was decided on; the first one, where nobody was asked. */
function plannedAt({ plan, approval }: RunDocument): string | undefined {
  if (!plan) return undefined;
  const ready = [...plan.earlier, plan].filter(({ hash }) => hash !== null);
  return (ready.find(({ hash }) => hash === approval?.planHash) ?? ready[0])?.at;
}

/** When the last step was in place. */
const appliedAt = ({ operation, step }: RunDocument): string | undefined =>
  [operation?.state === 'succeeded' ? operation.at : undefined, step?.state === 'done' ? step.at : undefined]
    .filter((at) => at !== undefined)
    .sort()
    .at(-1);

/** The moment the last thing that proves the repair was seen. */
function provedAt({ proof }: RunDocument): string | undefined {
  const seen = [
    proof.configuration?.at,
    ...(proof.probes?.results ?? []).map(({ at, seconds }) => new Date(Date.parse(at) + seconds * 1000).toISOString()),
    proof.delivery?.at,
  ];
  return seen
    .filter((at) => at !== undefined)
    .sort()
    .at(-1);
}
