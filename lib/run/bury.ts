import type { DescribeExecutionCommandOutput, SFNClient } from '@aws-sdk/client-sfn';
import type { Clock } from '../clock.ts';
import { contentHash } from '../domain/canonical.ts';
import { ApprovalRefused, RetryLater } from '../domain/errors.ts';
import { messageOf } from '../domain/failure.ts';
import { redact } from '../domain/redact.ts';
import { type Death, storeDeath } from './death.ts';
import { executionOf } from './executions.ts';
import { type Entry, isStanding, readLedger } from './ledger.ts';
import { lockHolder, releaseLock } from './lock.ts';
import { type RunPlace, readPlace } from './place.ts';
import { readQuestion } from './questions.ts';
import { readReplyTo } from './records.ts';
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

type Execution = Pick<DescribeExecutionCommandOutput, 'name' | 'status' | 'error' | 'cause' | 'input' | 'stopDate'>;

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
  const because = `${how(execution)}; ${whatIsDone({ place, isHolder, standing, givesUp })}`;
  const at = around.clock.now().toISOString();
  const death = await storeDeath(table, { ...place, status: execution.status ?? '', because, at });
  if (isHolder && standing.length === 0) await releaseLock(table, serviceArn, run);
  if (standing.length > 0 && !givesUp) await startUndo(death, around);
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

async function wasApproved(table: Table, run: string): Promise<boolean> {
  try {
    return (await readQuestion(table, run, 'APPROVAL')).answered?.answer === 'approved';
  } catch (error) {
    if (error instanceof ApprovalRefused) return false;
    throw error;
  }
}

const standingOf = async (table: Table, run: string): Promise<Entry[]> =>
  (await readLedger(table, run)).filter(isStanding);

/** Under a name made of the dead run's: however often this is called, it is one undo. */
async function startUndo({ run, changesOf, status }: Death, { table, states, undoStateMachineArn }: Around) {
  const replyTo = await readReplyTo(table, run);
  const request = { run: changesOf, requestedBy: JANITOR, reason: `run ${run} ended ${status}`, replyTo };
  const name = `${JANITOR}-${contentHash(run).slice(0, 40)}`;
  await startRun({ client: states, stateMachineArn: undoStateMachineArn }, request, name);
}

function how({ status, error, cause }: Execution): string {
  if (status === 'ABORTED') return 'the run was stopped';
  if (status === 'TIMED_OUT') return 'the run took longer than it may';
  return redact(`the run failed: ${error ?? ''} ${messageOf({ Error: error ?? '', ...(cause && { Cause: cause }) })}`);
}

function whatIsDone(found: {
  readonly place: RunPlace;
  readonly isHolder: boolean;
  readonly standing: readonly Entry[];
  readonly givesUp: boolean;
}): string {
  const { place, isHolder, standing, givesUp } = found;
  if (!isHolder) return 'it held no lock, and nothing is taken back';
  if (standing.length === 0) return `nothing that it changed stands, and ${place.service} is free for the next run`;
  const what = standing.map((entry) => entry.what).join('; ');
  return givesUp
    ? `ACT NOW: taking it back was tried and did not end: ${what}. The lock stays; try: reconnect undo ${place.changesOf}`
    : `what it changed is being taken back: ${what}`;
}

function serviceIn({ input }: Execution): string {
  try {
    const { service } = JSON.parse(input ?? '') as { service?: unknown };
    if (typeof service === 'string')
      return service.startsWith('arn:') ? (service.split('/').at(-2) ?? service) : service;
  } catch {
    // Not JSON: then it says nothing of a service.
  }
  return 'an unknown service';
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
