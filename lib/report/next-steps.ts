import { ADVICE } from '../domain/advice.ts';
import type { Change } from '../domain/change.ts';
import type { Verdict } from '../domain/report.ts';
import type { RunDocument } from '../domain/run.ts';

/** What the person on call does now. Nothing after a calm end. */
export function nextSteps(verdict: Verdict, document: RunDocument, changes: readonly Change[]): string[] {
  switch (verdict) {
    case 'recovered':
    case 'healthy':
      return [];
    case 'planned':
      return ['Read the plan; to carry it out, start a run with mode "repair".'];
    case 'declined':
      return [
        'Nothing was changed. The cause is still there: decide on the plan, then start again with mode "repair".',
      ];
    case 'not-recovered':
      return [
        'Everything is back as it was, and users still cannot get through.',
        `Read what App Runner says about it: log group /aws/apprunner/${document.service.name}/${document.service.id}/service.`,
        ...blockedWays(document),
      ];
    case 'stuck':
      return stuck(document, changes);
    case 'needs-human':
      return needsHuman(document, changes);
  }
}

function needsHuman(document: RunDocument, changes: readonly Change[]): string[] {
  const standing = changes.filter(({ state }) => state === 'made');
  if (standing.length > 0) {
    return [
      'The probes pass after the repair, but nobody confirmed the delivery: ask a user.',
      ...standing.map(({ undo }) => `If it does not work, take the repair back by hand: ${undo}.`),
    ];
  }
  if (document.failure) return ['The run stopped early and changed nothing: read why, then start it again.'];
  if (document.approval?.decision === 'drifted')
    return ['The service changed after the plan was made: start again for a fresh plan.'];
  return [...advice(document), ...blockedWays(document)];
}

const advice = ({ diagnosis }: RunDocument): string[] => [
  ...new Set((diagnosis?.causes ?? []).map(({ cause, subject }) => `${cause} (${subject}): ${ADVICE[cause]}.`)),
];

const blockedWays = ({ plan }: RunDocument): string[] =>
  (plan?.options ?? [])
    .filter(({ blocked }) => blocked)
    .map(({ title, because }) => `Not taken: ${title}, because ${because}.`);

function stuck({ service, failure, outcome }: RunDocument, changes: readonly Change[]): string[] {
  const standing = changes.filter(({ state }) => state !== 'undone');
  const lock = `The lock on ${service.name} is kept, so that no run touches it. Free it when the service is as you want it.`;
  return [
    failure?.Error === 'OperationStuck'
      ? 'App Runner has not finished in time and no call cancels an operation: open a case with AWS Support.'
      : 'Taking the repair back failed: do it by hand.',
    ...standing.map(({ undo, target }) => `Still to take back: ${undo} (${target}).`),
    ...(outcome?.keepLock ? [lock] : []),
  ];
}
