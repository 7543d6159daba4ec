import type { AppRunnerClient, Service } from '@aws-sdk/client-apprunner';
import { RetryLater, StateDrifted, UndoFailed } from '../../domain/errors.ts';
import {
  type Entry,
  type Ledger,
  markLeft,
  markNotMade,
  markUndoing,
  markUndone,
  type NewEntry,
  readLedger,
} from '../../run/ledger.ts';
import { rememberOperation } from '../../run/operations.ts';
import { describe, findOperation, newestOperation } from '../../target/apprunner.ts';
import { ServiceBusy } from '../../target/update.ts';
import { change, type Undone } from './change.ts';

/* What is common to the changes that App Runner carries out as an operation, some minutes long. */

export interface AppRunnerHands {
  readonly appRunner: Pick<AppRunnerClient, 'send'>;
  /** The same, without retries of its own: what has no client token is sent at most once for each try. */
  readonly updater: Pick<AppRunnerClient, 'send'>;
}

export type OperationType = 'UPDATE_SERVICE' | 'START_DEPLOYMENT';

/** Whether an earlier try has begun this change: then the world may differ from the plan because of us. */
export async function isBegun({ table, run }: Ledger, id: string): Promise<boolean> {
  const entry = (await readLedger(table, run)).find((one) => one.id === id);
  return entry !== undefined && entry.state !== 'not-made';
}

/**
 * Makes the change, its undo written down first; the entry carries the id of App Runner's operation. Called again for
 * the same change (a retry after an answer was lost), it finds the operation it started and starts no second one.
 * Throws `StateDrifted` when somebody else is at work on the service: the change was not made. `send` throws
 * `ServiceBusy` then.
 */
export function changeByOperation(
  { appRunner }: Pick<AppRunnerHands, 'appRunner'>,
  ledger: Ledger,
  planned: NewEntry,
  { type, send }: { readonly type: OperationType; readonly send: () => Promise<string> },
): Promise<Entry> {
  let isFirstTry = true;
  return change(ledger, planned, {
    find: async (entry) => {
      isFirstTry = false;
      const operationId = await startedFor(appRunner, entry, type);
      return operationId === undefined ? undefined : { operationId: await ours(ledger, entry, operationId) };
    },
    make: async (entry) => {
      try {
        return { operationId: await ours(ledger, entry, await send()) };
      } catch (error) {
        if (!(error instanceof ServiceBusy)) throw error;
        // At the first try it is busy for somebody else. Later it may be busy for us: App Runner lists an operation a
        // little after it began, so look again.
        if (!isFirstTry) throw new RetryLater('the service is busy, perhaps with this very change', { cause: error });
        await markNotMade(ledger, entry.id);
        const because = 'somebody else began an operation on the service after the approval; nothing was changed';
        throw new StateDrifted(because, { cause: error });
      }
    },
  });
}

/**
 * An operation begun since the undo was written is this change: the lock keeps other runs away, and neither
 * UpdateService nor StartDeployment has a client token to tell by.
 */
export async function startedFor(
  appRunner: AppRunnerHands['appRunner'],
  { target, at }: Pick<Entry, 'target' | 'at'>,
  type: OperationType,
): Promise<string | undefined> {
  const newest = await newestOperation(appRunner, target);
  const isOurs = newest?.type === type && newest.startedAt && newest.startedAt >= secondOf(at);
  return isOurs ? newest.id : undefined;
}

/** An operation of our own that fails is no reason to start a run. */
async function ours({ table, run, clock }: Ledger, { target }: Entry, operationId: string): Promise<string> {
  await rememberOperation(table, target, operationId, { run, at: clock.now().toISOString() });
  return operationId;
}

/** App Runner tells times to the second. */
const secondOf = (at: string) => new Date(Math.floor(Date.parse(at) / 1000) * 1000);

/** What is there now of what the change touched: `theirs` is what somebody else made of it since, said in a sentence. */
export type Found = { readonly is: 'before' | 'ours' } | { readonly is: 'theirs'; readonly because: string };

export interface WayBack {
  readonly look: (service: Service) => Found;
  /** Sends the update that puts back what is ours; returns its operation. */
  readonly putBack: (service: Service) => Promise<string>;
  /** For example `egress`. */
  readonly subject: string;
}

/**
 * One look at the way back, starting it where it is not yet under way. `RUNNING` says nothing about an update: the
 * operation is judged. Throws `UndoFailed` when App Runner does not take back what was there before.
 */
export async function undoByUpdate(
  { appRunner }: Pick<AppRunnerHands, 'appRunner'>,
  ledger: Ledger,
  entry: Entry,
  { look, putBack, subject }: WayBack,
): Promise<Undone> {
  const service = await describe(appRunner, entry.target);
  if (service.Status === 'OPERATION_IN_PROGRESS') return 'going';
  const found = look(service);
  if (found.is === 'theirs') {
    await markLeft(ledger, entry.id, found.because);
    return 'settled';
  }
  if (found.is === 'before') {
    const wasMade = entry.operationId !== undefined || entry.undoOperationId !== undefined;
    await (wasMade ? markUndone : markNotMade)(ledger, entry.id);
    return 'settled';
  }
  const failed = `${subject} of ${entry.target} could not be put back`;
  if (entry.undoOperationId) return judge(appRunner, entry.target, entry.undoOperationId, failed);
  const operationId = await sent(() => putBack(service), failed);
  await markUndoing(ledger, entry.id, await ours(ledger, entry, operationId));
  return 'going';
}

async function judge(
  appRunner: AppRunnerHands['appRunner'],
  arn: string,
  operationId: string,
  failed: string,
): Promise<'going'> {
  const operation = await findOperation(appRunner, arn, operationId);
  if (!operation || operation.state === 'going') return 'going';
  throw new UndoFailed(`${failed}: operation ${operationId} ended ${operation.status}`);
}

async function sent(send: () => Promise<string>, failed: string): Promise<string> {
  try {
    return await send();
  } catch (error) {
    if (error instanceof ServiceBusy)
      throw new RetryLater('the service is busy with another operation', { cause: error });
    if (error instanceof Error && ['InvalidRequestException', 'ResourceNotFoundException'].includes(error.name)) {
      throw new UndoFailed(`${failed}: ${error.message}`, { cause: error });
    }
    throw error;
  }
}
