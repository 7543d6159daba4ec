import type { DescribeExecutionCommandOutput, SFNClient } from '@aws-sdk/client-sfn';
import type { Clock } from '../clock.ts';
import { RetryLater } from '../domain/errors.ts';
import type { DeadStatus } from '../domain/run-view.ts';
import { type Death, JANITOR, storeDeath, undoesOf } from './death.ts';
import { executionOf } from './executions.ts';
import { type Entry, isStanding, readLedger } from './ledger.ts';
import { lockHolder, releaseLock } from './lock.ts';
import {
  actNow,
  askedIn,
  type Ended,
  how,
  howItGoesBack,
  isRefused,
  whatIsDone,
  whatIsLeft,
  whyRefused,
} from './obituary.ts';
import { type RunPlace, readPlace } from './place.ts';
import { askedOf } from './questions.ts';
import { readReplyTo, readReport, storeLast } from './records.ts';
import { startRun } from './start.ts';
import type { Table } from './table.ts';

/*
 * A run whose execution failed, timed out or was stopped has not run its tail: its lock is still there, and perhaps what
 * it changed. Everything here may be called again for the same run.
 */

export interface Around {
  readonly table: Table;
  readonly clock: Pick<Clock, 'now'>;
  readonly states: Pick<SFNClient, 'send'>;
  readonly undoStateMachineArn: string;
}

export interface Buried {
  readonly run: string;
  readonly service: string;
  readonly status: string;
  readonly because: string;
  /** It was not let in: nothing was begun. */
  readonly refused?: true;
}

type Execution = Ended & Pick<DescribeExecutionCommandOutput, 'name' | 'stopDate'>;

const DEAD: Readonly<Record<string, DeadStatus>> = { FAILED: 'failed', TIMED_OUT: 'timed-out', ABORTED: 'aborted' };

/** A stuck run has told people itself, and keeps its lock on purpose. */
export const isDead = ({ status, error }: Execution): boolean => (status ?? '') in DEAD && error !== 'Stuck';

/** Frees the lock of a dead run, or has its changes taken back. What is to be told of it is returned. */
export async function bury(execution: Execution, around: Around): Promise<Buried> {
  const { name: run = '', status } = execution;
  const place = await readPlace(around.table, run);
  if (place) return settle(place, execution, around);
  const unbegun = { run, service: await serviceOf(around.table, execution), status: status ?? '' };
  return isRefused(execution)
    ? { ...unbegun, because: whyRefused(execution), refused: true }
    : { ...unbegun, because: `${how(execution)}; it had not begun` };
}

async function serviceOf(table: Table, execution: Execution): Promise<string> {
  const { service, run } = askedIn(execution);
  const known = service ?? (run && (await readPlace(table, run))?.service);
  return known || 'an unknown service';
}

async function settle(place: RunPlace, execution: Execution, around: Around): Promise<Buried> {
  const { table } = around;
  const { run, serviceArn } = place;
  const holder = (await lockHolder(table, serviceArn))?.run;
  if (holder !== run) return leave(place, execution, around, holder);
  await assertNothingIsAtWork(place, execution, around);
  const standing = await standingOf(table, place.changesOf);
  const givesUp = standing.length > 0 && place.requestedBy === JANITOR;
  const because = `${how(execution)}; ${whatIsDone(place, standing, givesUp)}`;
  const death = await storeDeath(table, deathOf(place, execution, because, around));
  if (standing.length === 0) {
    // While the lock is still there: after that it would be written over the end of a later run.
    const verdict = DEAD[execution.status ?? ''] ?? 'failed';
    await storeLast(table, { run, serviceArn, verdict, summary: `${place.service}: ${because}` }, death.at);
    await releaseLock(table, serviceArn, run);
  }
  if (standing.length > 0 && !givesUp && !(await startUndo(death, around))) {
    return { ...death, because: `${how(execution)}; ${actNow(place, standing)}` };
  }
  return death;
}

/** It never had the service, or has let go of it: whatever stands is the concern of others. */
async function leave(place: RunPlace, execution: Execution, around: Around, holder?: string): Promise<Buried> {
  const back = place.changesOf === place.run ? undefined : await wayBackOf(place, around, holder);
  // Who asked for the janitor's own run does not see that it was not let in: people have to hear it.
  const refused = isRefused(execution) && place.requestedBy !== JANITOR;
  const because = refused
    ? whyRefused(execution, place, back)
    : `${how(execution)}; ${back ?? (await whatRemains(place, around, holder))}`;
  const death = await storeDeath(around.table, deathOf(place, execution, because, around));
  return refused ? { ...death, refused } : death;
}

/** Of a run that let its lock go at the end, and died after that. */
async function whatRemains(place: RunPlace, { table }: Around, holder: string | undefined): Promise<string> {
  const [report, standing] = await Promise.all([readReport(table, place.run), standingOf(table, place.run)]);
  return whatIsLeft(place, standing, { verdict: report?.verdict, undoneBy: await undoerOf(table, place, holder) });
}

async function wayBackOf(place: RunPlace, { table }: Around, holder: string | undefined): Promise<string> {
  const standing = await standingOf(table, place.changesOf);
  return howItGoesBack(place, standing, await undoerOf(table, place, holder));
}

/** The run that has the service now, if it is there to take the same changes back. */
async function undoerOf(
  table: Table,
  { changesOf }: RunPlace,
  holder: string | undefined,
): Promise<string | undefined> {
  const at = holder === undefined ? undefined : await readPlace(table, holder);
  return at !== undefined && at.run !== at.changesOf && at.changesOf === changesOf ? at.run : undefined;
}

const deathOf = (place: RunPlace, { status }: Execution, because: string, { clock }: Around): Death => ({
  ...place,
  status: status ?? '',
  because,
  at: clock.now().toISOString(),
});

/** No function of a run that changes something may take longer. */
const AT_WORK_SECONDS = 120;

/**
 * Stopping an execution does not stop the function it waits for: a change could still be made after everything was
 * looked at. Throws `RetryLater` until that cannot be any more.
 */
async function assertNothingIsAtWork(
  place: RunPlace,
  { stopDate }: Execution,
  { table, clock }: Around,
): Promise<void> {
  if (place.changesOf === place.run && !(await wasApproved(table, place.run))) return;
  const since = stopDate ? (clock.now().getTime() - stopDate.getTime()) / 1000 : AT_WORK_SECONDS;
  if (since < AT_WORK_SECONDS) throw new RetryLater(`a function of run ${place.run} may still be at work`);
}

const wasApproved = async (table: Table, run: string): Promise<boolean> =>
  (await askedOf(table, run, 'APPROVAL'))?.answered?.answer === 'approved';

const standingOf = async (table: Table, run: string): Promise<Entry[]> =>
  (await readLedger(table, run)).filter(isStanding);

/**
 * Under names made of the dead run's: however often this is called, one undo is at it. False when each try died before
 * it had the lock.
 */
async function startUndo(
  { run, changesOf, status }: Death,
  { table, states, undoStateMachineArn }: Around,
): Promise<boolean> {
  const replyTo = await readReplyTo(table, run);
  const request = { run: changesOf, requestedBy: JANITOR, reason: `run ${run} ended ${status}`, replyTo };
  for (const name of undoesOf(run)) {
    const { isNew } = await startRun({ client: states, stateMachineArn: undoStateMachineArn }, request, name);
    if (isNew) return true;
    const earlier = await executionOf(states, undoStateMachineArn, name);
    if (!earlier || !isDead(earlier)) return true;
  }
  return false;
}

/** Whose lock it is and what became of that execution; undefined while it is rightly held, or by nobody. */
export async function deadHolder(
  { table, states }: Pick<Around, 'table' | 'states'>,
  serviceArn: string,
  machines: readonly string[],
): Promise<Execution | undefined> {
  const holder = await lockHolder(table, serviceArn);
  if (!holder) return undefined;
  for (const machine of machines) {
    const execution = await executionOf(states, machine, holder.run);
    if (execution) return execution.status === 'SUCCEEDED' || isDead(execution) ? execution : undefined;
  }
  return undefined;
}
