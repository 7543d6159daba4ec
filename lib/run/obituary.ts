import type { DescribeExecutionCommandOutput } from '@aws-sdk/client-sfn';
import { messageOf } from '../domain/failure.ts';
import { redact } from '../domain/redact.ts';
import type { Entry } from './ledger.ts';
import { holderIn } from './lock.ts';
import type { RunPlace } from './place.ts';

/* What people are told of a dead run. */

export type Ended = Pick<DescribeExecutionCommandOutput, 'status' | 'error' | 'cause' | 'input'>;

/** The errors of a run that was not let in. */
const REFUSALS = ['InvalidRequest', 'ProfileNotFound', 'ServiceNotFound', 'LockHeld'];

/** Nothing was begun. Only of a run that holds no lock: what fails in its tail may bear the same name. */
export const isRefused = ({ status, error }: Ended): boolean => status === 'FAILED' && REFUSALS.includes(error ?? '');

const messageIn = ({ error = '', cause }: Ended): string => messageOf({ Error: error, ...(cause && { Cause: cause }) });

const reasonOf = (ended: Ended): string => redact(messageIn(ended), holderIn(messageIn(ended)));

/** How the execution ended. */
export function how(ended: Ended): string {
  const { status } = ended;
  if (status === 'ABORTED') return 'the run was stopped';
  if (status === 'TIMED_OUT') return 'the run took longer than it may';
  return `the run failed: ${ended.error ?? ''} ${reasonOf(ended)}`;
}

/** Why nothing was begun, and of a run that was to take another one back, what becomes of that. */
export function whyRefused(execution: Ended, place?: RunPlace, back?: string): string {
  const reason = reasonOf(execution);
  const named = place ? reason.replaceAll(place.serviceArn, place.service) : reason;
  return back === undefined ? named : `${named}; ${back}`;
}

/** What becomes of the changes that a run was to take back and did not. `undoneBy`: the run that is at it. */
export function howItGoesBack({ changesOf }: RunPlace, standing: readonly Entry[], undoneBy?: string): string {
  if (standing.length === 0) return `nothing that ${changesOf} changed stands any more`;
  if (undoneBy !== undefined) return `${changesOf} is being taken back by run ${undoneBy}`;
  return `it took nothing back; try again: reconnect undo ${changesOf}`;
}

/** What the janitor does about a run that kept its lock. */
export function whatIsDone(place: RunPlace, standing: readonly Entry[], givesUp: boolean): string {
  if (standing.length === 0) return `nothing that it changed stands, and ${place.service} is free for the next run`;
  return givesUp ? actNow(place, standing) : `what it changed is being taken back: ${wordsOf(standing)}`;
}

/** Of a run that holds no lock any more. */
export function whatIsLeft(
  { run }: RunPlace,
  standing: readonly Entry[],
  { verdict, undoneBy }: { readonly verdict?: string | undefined; readonly undoneBy?: string | undefined },
): string {
  const said = verdict ? `its report is written, and says: ${verdict}; ` : '';
  if (standing.length > 0 && undoneBy)
    return `${said}what it changed is being taken back by run ${undoneBy}: ${wordsOf(standing)}`;
  const left = standing.length > 0 ? `. This stands: ${wordsOf(standing)}. To take it back: reconnect undo ${run}` : '';
  return `${said}it held no lock, and nothing is taken back${left}`;
}

const wordsOf = (standing: readonly Entry[]): string => standing.map(({ what }) => what).join('; ');

export const actNow = ({ changesOf }: RunPlace, standing: readonly Entry[]): string =>
  `ACT NOW: taking it back was tried and did not end: ${wordsOf(standing)}. The lock stays; try: reconnect undo ${changesOf}`;

/** What a run that had not begun was asked for: a service by its name, or a run to be taken back. */
export function askedIn({ input }: Ended): { readonly service?: string; readonly run?: string } {
  try {
    const { service, run } = Object(JSON.parse(input ?? '')) as { service?: unknown; run?: unknown };
    if (typeof service === 'string')
      return { service: service.startsWith('arn:') ? (service.split('/').at(-2) ?? service) : service };
    if (typeof run === 'string') return { run };
  } catch {
    // Not JSON: then it asks for nothing.
  }
  return {};
}
