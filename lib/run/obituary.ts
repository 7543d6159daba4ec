import type { DescribeExecutionCommandOutput } from '@aws-sdk/client-sfn';
import { messageOf } from '../domain/failure.ts';
import { redact } from '../domain/redact.ts';
import type { Entry } from './ledger.ts';
import type { RunPlace } from './place.ts';

/* What people are told of a dead run. */

export type Ended = Pick<DescribeExecutionCommandOutput, 'status' | 'error' | 'cause' | 'input'>;

/** How the execution ended. */
export function how({ status, error, cause }: Ended): string {
  if (status === 'ABORTED') return 'the run was stopped';
  if (status === 'TIMED_OUT') return 'the run took longer than it may';
  return redact(`the run failed: ${error ?? ''} ${messageOf({ Error: error ?? '', ...(cause && { Cause: cause }) })}`);
}

/** What the janitor does about it. */
export function whatIsDone(found: {
  readonly place: RunPlace;
  readonly isHolder: boolean;
  readonly standing: readonly Entry[];
  /** What stands of a run that had let go of its lock. */
  readonly unheld: readonly Entry[];
  readonly givesUp: boolean;
}): string {
  const { place, isHolder, standing, unheld, givesUp } = found;
  const isUndo = place.changesOf !== place.run;
  if (!isHolder && isUndo) return `it took nothing back; try again: reconnect undo ${place.changesOf}`;
  if (!isHolder) return `it held no lock, and nothing is taken back${whatIsLeft(place, unheld)}`;
  if (standing.length === 0) return `nothing that it changed stands, and ${place.service} is free for the next run`;
  return givesUp ? actNow(place, standing) : `what it changed is being taken back: ${wordsOf(standing)}`;
}

const whatIsLeft = ({ run }: RunPlace, unheld: readonly Entry[]): string =>
  unheld.length > 0 ? `. This stands: ${wordsOf(unheld)}. To take it back: reconnect undo ${run}` : '';

const wordsOf = (standing: readonly Entry[]): string => standing.map(({ what }) => what).join('; ');

export const actNow = ({ changesOf }: RunPlace, standing: readonly Entry[]): string =>
  `ACT NOW: taking it back was tried and did not end: ${wordsOf(standing)}. The lock stays; try: reconnect undo ${changesOf}`;

/** What a run that had not begun was asked to look at. */
export function serviceIn({ input }: Ended): string {
  try {
    const { service } = JSON.parse(input ?? '') as { service?: unknown };
    if (typeof service === 'string')
      return service.startsWith('arn:') ? (service.split('/').at(-2) ?? service) : service;
  } catch {
    // Not JSON: then it says nothing of a service.
  }
  return 'an unknown service';
}
