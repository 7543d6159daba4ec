import type { Change } from '../domain/change.ts';
import { type Report, VERDICTS, type Verdict } from '../domain/report.ts';
import type { RunDocument } from '../domain/run.ts';
import { doneSteps } from './steps.ts';
import { NOT_ARRIVED, wasTried, whyNotProved } from './unproved.ts';

/** What to read first: how it ended, what stands, and the cause. */
export function summarise(
  verdict: Verdict,
  document: RunDocument,
  changes: readonly Change[],
  failure: Report['failure'],
): string {
  const { service, operation, undoes } = document;
  const standing = verdict === 'needs-human' ? changes.filter(({ state }) => state === 'made') : [];
  const repaired =
    verdict === 'recovered'
      ? ` Repaired by: ${doneSteps(document)
          .map(({ title }) => title)
          .join('; ')}.`
      : '';
  const stands = standing.length > 0 ? ` This stands: ${standing.map(({ what }) => what).join('; ')}.` : '';
  const undone = operation && ['rolled-back', 'failed'].includes(operation.state);
  const deployment = undone ? ` App Runner ended the deployment ${operation.status}.` : '';
  const stopped = failure ? ` The run stopped early: ${failure.because}.` : '';
  const isUnproved = standing.length > 0 && undoes === undefined;
  const lead = isUnproved ? unproved(document) : outcome(verdict, document);
  const wish = undoes !== undefined && verdict !== 'undone' ? ` It was to take back run ${undoes}.` : '';
  return `${service.name}: ${lead}.${wish}${repaired}${stands}${deployment}${stopped}${causeOf(verdict, document)}`;
}

/** Seen at the door after the repair. */
const answers = ({ proof: { probes } }: RunDocument): boolean =>
  probes?.state === 'passed' && probes.results.length > 0;

function unproved(document: RunDocument): string {
  const again = document.proof.probes?.proves ? ' again' : '';
  const door = answers(document) ? ` and the door answers${again}` : '';
  return `repaired${door}, but not proved: ${whyNotProved(document)}`;
}

function outcome(verdict: Verdict, document: RunDocument): string {
  const { proof, undoes } = document;
  if (verdict === 'undone' && undoes !== undefined) return `${VERDICTS[verdict]}: run ${undoes}`;
  if (verdict !== 'not-recovered') return VERDICTS[verdict];
  if (proof.delivery?.status === 'denied') return `${VERDICTS[verdict]}: ${NOT_ARRIVED}`;
  return wasTried(document) ? VERDICTS[verdict] : 'the repair was not completed, and was taken back';
}

const MOST_CAUSES = 3;

/** Of what was seen before the repair: once the door answers, it is no more. */
function causeOf(verdict: Verdict, document: RunDocument): string {
  const causes = document.diagnosis?.causes ?? [];
  const isOne = causes.length === 1;
  if (causes.length === 0) return '';
  const isPast = ['recovered', 'needs-human'].includes(verdict) && answers(document);
  const told = causes
    .slice(0, MOST_CAUSES)
    .map(({ subject, because }) => (isOne ? because : `${because.replace(/\.$/, '')} (${subject})`));
  const more = causes.length > MOST_CAUSES ? [`and ${causes.length - MOST_CAUSES} more`] : [];
  return ` ${isPast ? 'Before' : isOne ? 'Cause' : 'Causes'}: ${[...told, ...more].join('; ')}.`;
}
