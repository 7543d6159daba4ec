import { ADVICE } from '../domain/advice.ts';
import type { Change, ChangeKind } from '../domain/change.ts';
import type { Verdict } from '../domain/report.ts';
import type { RunDocument } from '../domain/run.ts';
import { startCommand } from '../domain/start-command.ts';
import { withSteps } from './outline.ts';
import { remaining } from './remaining.ts';
import { begunSteps } from './steps.ts';
import { NOT_ARRIVED, wasTried, whyNotProved } from './unproved.ts';

/** What the person on call does now. After a calm end only what is there to be done in daylight. */
export function nextSteps(verdict: Verdict, document: RunDocument, changes: readonly Change[]): string[] {
  return [...afterwards(verdict, document, changes), ...lockStillHeld(document)];
}

function afterwards(verdict: Verdict, document: RunDocument, changes: readonly Change[]): string[] {
  switch (verdict) {
    case 'recovered':
      return [...stillBroken(document), ...wayBack(document, changes)];
    case 'healthy':
    case 'undone':
      return [];
    case 'planned':
      return [`Read the plan. To carry it out: ${again(document)}`];
    case 'declined':
      return [`The cause is still there. When it is decided on, start again: ${again(document)}`];
    case 'not-recovered':
      return [
        backAsItWas(document),
        ...(changes.some(({ kind }) => OF_SERVICE.includes(kind))
          ? [
              `Read what App Runner says about it: log group /aws/apprunner/${document.service.name}/${document.service.id}/service.`,
            ]
          : []),
        ...byHand(document, 'Instead, by hand'),
        ...blockedWays(document),
      ];
    case 'stuck':
      return stuck(document, changes);
    case 'needs-human':
      return needsHuman(document, changes);
  }
}

/** A deployment has none. */
const wayBack = ({ run }: RunDocument, changes: readonly Change[]): string[] =>
  changes.some(({ state, kind }) => state === 'made' && kind !== 'deployment')
    ? [`To take it back later: reconnect undo ${run}`]
    : [];

/** Changes that App Runner carries out, and logs. */
const OF_SERVICE: readonly ChangeKind[] = ['egress', 'environment', 'deployment'];

function backAsItWas(document: RunDocument): string {
  const { proof, service } = document;
  if (proof.delivery?.status === 'denied') return `Everything is back as it was, because ${NOT_ARRIVED}.`;
  return wasTried(document)
    ? 'Everything is back as it was, and users still cannot get through.'
    : `Everything is back as it was. The door was not tried since: look whether users get through: ${startCommand(service, { mode: 'diagnose' })}`;
}

/** What a later undo did not take back, and why. */
function leftBehind(undoes: string, changes: readonly Change[]): string[] {
  const standing = changes.filter(({ state }) => ['made', 'pending', 'left'].includes(state));
  if (standing.length === changes.length && !standing.some(({ left }) => left))
    return ['Nothing was taken back. Read why the run stopped, then start it again.'];
  return [
    ...standing.map(
      ({ undo, target, left }) => `Not taken back: ${undo} (${target})${left ? `, because ${left}` : ''}.`,
    ),
    `When nothing uses it any more, the same command takes it back: reconnect undo ${undoes}.`,
  ];
}

function needsHuman(document: RunDocument, changes: readonly Change[]): string[] {
  if (document.undoes) return leftBehind(document.undoes, changes);
  const standing = changes.filter(({ state }) => state === 'made');
  if (standing.length > 0) {
    return [
      `The repair stands, but it is not proved: ${whyNotProved(document)}. Try it yourself, or ask a user.`,
      `If it does not work, take it back (${takingBack(standing)}): reconnect undo ${document.run}`,
      ...keepsCosting(document, standing),
    ];
  }
  if (document.approval?.decision === 'drifted') {
    return ['The service changed after the plan was made: start again for a fresh plan.'];
  }
  if (document.failure)
    return ['Nothing was changed. Read why the run stopped, then start it again.', ...advice(document)];
  const told = [...notBegun(document), ...byHand(document), ...advice(document), ...blockedWays(document)];
  return told.length > 0 ? told : notKnown(document);
}

/** What may be the cause, and could not be told. */
function notKnown({ diagnosis, service }: RunDocument): string[] {
  const unknown = (diagnosis?.findings ?? []).filter(({ status }) => status === 'unknown');
  if (unknown.length === 0) return [];
  const reasons = new Set(unknown.map(({ because }) => `${because.replace(/\.$/, '')}.`));
  return [...reasons, `Then look again: ${startCommand(service, { mode: 'diagnose' })}`];
}

/** The same run once more, as a repair. */
const again = ({ service, request }: RunDocument): string =>
  startCommand(service, { environment: request.environment });

const takingBack = (changes: readonly Change[]): string => [...new Set(changes.map(({ undo }) => undo))].join('; ');

/** What stands is paid for until it is taken back. */
function keepsCosting(document: RunDocument, standing: readonly Change[]): string[] {
  const kept = begunSteps(document).filter(({ remedy }) => standing.some((change) => change.remedy === remedy));
  const price = kept.reduce((sum, { monthlyCostUsd }) => sum + monthlyCostUsd, 0);
  return price > 0 ? [`Until it is taken back, $${price.toFixed(2)} a month keep running.`] : [];
}

/** The exact steps, where a remedy is a person's. */
const byHand = ({ plan }: RunDocument, lead = 'By hand'): string[] =>
  (plan?.options ?? []).flatMap(({ title, byHand: steps }) => (steps ? withSteps(`${lead}: ${title}`, steps) : []));

/** The door answers, and something that was found broken on the way is still so. */
function stillBroken(document: RunDocument): string[] {
  const { plan } = document;
  const left = remaining(document);
  const ways = (plan?.options ?? []).filter(
    ({ remedy, fixes }) => remedy === 'manual' && left.some(({ subject }) => fixes.includes(subject)),
  );
  return [
    ...left.map((cause) => {
      const isTold = ways.some(({ fixes }) => fixes.includes(cause.subject));
      const advice = isTold ? '' : ` What to do: ${ADVICE[cause.cause]}.`;
      return `Not mended by this repair: ${cause.because} (${cause.cause}, ${cause.subject}).${advice}`;
    }),
    ...ways.flatMap(({ title, byHand: steps = [] }) => withSteps(`By hand: ${title}`, steps)),
  ];
}

/** Why there is no plan although something is broken: said first, because it is what keeps the repair from being made. */
const notBegun = ({ plan }: RunDocument): string[] =>
  plan?.hash === null && plan.options.some(({ blocked }) => !blocked) ? [`No repair was begun: ${plan.because}.`] : [];

const advice = ({ diagnosis, plan }: RunDocument): string[] => {
  if (plan?.options.some(({ byHand: steps }) => steps)) return [];
  return [
    ...new Set((diagnosis?.causes ?? []).map(({ cause, subject }) => `${cause} (${subject}): ${ADVICE[cause]}.`)),
  ];
};

const blockedWays = ({ plan }: RunDocument): string[] =>
  (plan?.options ?? [])
    .filter(({ blocked, remedy }) => blocked && remedy !== 'manual')
    .map(({ title, because }) => `Not taken: ${title}, because ${because}.`);

function stuck({ failure, undoes, run: own }: RunDocument, changes: readonly Change[]): string[] {
  const run = undoes ?? own;
  const standing = changes.filter(({ state }) => ['made', 'pending', 'left'].includes(state));
  if (failure?.Error === 'OperationStuck') {
    return [
      'App Runner has not finished in time, and no call cancels an operation: open a case with AWS Support.',
      ...standing.map(({ undo, target }) => `Made and not taken back: ${undo} (${target}).`),
    ];
  }
  if (standing.length === 0)
    return ['Every change was taken back, but the service is not as it was before: compare it by hand.'];
  return [
    `Taking the repair back failed. When what hinders it is out of the way: reconnect undo ${run}; or do it by hand.`,
    ...standing.map(
      ({ undo, target, left }) =>
        `Still to take back: ${undo} (${target})${left ? `; it was left, because ${left}` : ''}.`,
    ),
  ];
}

function lockStillHeld({ service, outcome, unlock }: RunDocument): string[] {
  const why = outcome?.keepLock
    ? 'kept, so that no run touches it'
    : unlock
      ? 'still there, because it could not be released'
      : undefined;
  return why
    ? [`The lock on ${service.name} is ${why}. When the service is as you want it, free it: docs/runbook.md, Undo.`]
    : [];
}
