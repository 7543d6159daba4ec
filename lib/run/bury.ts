import type { DescribeExecutionCommandOutput, SFNClient } from '@aws-sdk/client-sfn';
import type { Clock } from '../clock.ts';
import { contentHash } from '../domain/canonical.ts';
import { RetryLater } from '../domain/errors.ts';
import { type Death, storeDeath } from './death.ts';
import { executionOf } from './executions.ts';
import { type Entry, isStanding, readLedger } from './ledger.ts';
import { lockHolder, releaseLock } from './lock.ts';
import { actNow, type Ended, how, serviceIn, whatIsDone } from './obituary.ts';
import { type RunPlace, readPlace } from './place.ts';
import { askedOf } from './questions.ts';
import { readReplyTo, readReport } from './records.ts';
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
}

type Execution = Ended & Pick<DescribeExecutionCommandOutput, 'name' | 'stopDate'>;

const DEAD: readonly string[] = ['FAILED', 'TIMED_OUT', 'ABORTED'];

/** A stuck run has told people itself, and keeps its lock on purpose. */
export const isDead = ({ status, error }: Execution): boolean => DEAD.includes(status ?? '') && error !== 'Stuck';

export const JANITOR = 'janitor';

/** Frees the lock of a dead run, or has its changes taken back. What is to be told of it is returned. */
export async function bury(execution: Execution, around: Around): Promise<Buried> {
  const { name: run = '', status } = execution;
  const place = await readPlace(around.table, run);
  if (place) return settle(place, execution, around);
  return { run, service: serviceIn(execution), status: status ?? '', because: `${how(execution)}; it had not begun` };
}

async function settle(place: RunPlace, execution: Execution, around: Around): Promise<Buried> {
  const { table } = around;
  const { run, serviceArn } = place;
  const isHolder = (await lockHolder(table, serviceArn))?.run === run;
  if (isHolder) await assertNothingIsAtWork(place, execution, around);
  const standing = isHolder ? await standingOf(table, place.changesOf) : [];
  const givesUp = standing.length > 0 && place.requestedBy === JANITOR;
  const unheld = isHolder || place.changesOf !== run ? [] : await standingOf(table, run);
  const report = await readReport(table, run);
  const told = report ? `; its report is written, and says: ${report.verdict}` : '';
  const because = `${how(execution)}${told}; ${whatIsDone({ place, isHolder, standing, unheld, givesUp })}`;
  const at = around.clock.now().toISOString();
  const death = await storeDeath(table, { ...place, status: execution.status ?? '', because, at });
  if (isHolder && standing.length === 0) await releaseLock(table, serviceArn, run);
  if (standing.length > 0 && !givesUp && !(await startUndo(death, around))) {
    return { ...death, because: `${how(execution)}; ${actNow(place, standing)}` };
  }
  return death;
}

/** No function of a run that changes something may take longer. */
const AT_WORK_SECONDS = 60;

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

const TRIES = 3;

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
  for (let nth = 1; nth <= TRIES; nth++) {
    const name = `${JANITOR}-${contentHash(run).slice(0, 40)}${nth === 1 ? '' : `-${nth}`}`;
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
