import type { AppRunnerClient, EgressConfiguration, NetworkConfiguration } from '@aws-sdk/client-apprunner';
import type { Clock } from '../clock.ts';
import { RetryLater, StateDrifted, UndoFailed } from '../domain/errors.ts';
import type { Option, Precondition, Step } from '../domain/plan.ts';
import { type Entry, markMade, markNotMade, markUndoing, markUndone, writeUndo } from '../run/ledger.ts';
import type { Table } from '../run/table.ts';
import { describe, findOperation, newestOperation, ServiceBusy, updateEgress } from '../target/apprunner.ts';
import type { Basis, Remedy } from './remedy.ts';

const TITLE = 'Switch egress to DEFAULT: leave the VPC';

/** Free and quick, but everything the service needs must be reachable from the internet. */
export const useDefaultEgress: Remedy = {
  assess(basis: Basis): Option {
    const preconditions = basis.exposure.map(asPrecondition);
    const fixes = brokenDependencies(basis).filter((name) =>
      basis.exposure.some((item) => item.name === name && item.reachableFromInternet === 'yes'),
    );
    const { blocked, because } = weigh(basis, preconditions, fixes);
    return {
      remedy: 'use-default-egress',
      title: TITLE,
      blocked,
      because,
      fixes,
      monthlyCostUsd: 0,
      minutes: 10,
      redeploys: true,
      security:
        'the service leaves from App Runner’s own network: the VPC’s routes and groups no longer limit where to, and nothing private can be reached',
      reversible: true,
      preconditions,
    };
  },
  step: ({ service, configuration }: Basis): Step => ({
    remedy: 'use-default-egress',
    title: TITLE,
    target: service.arn,
    undo: `put egress back to VPC through ${configuration.egress.vpcConnectorArn}`,
  }),
};

const brokenDependencies = (basis: Basis) =>
  basis.egress.filter(({ status }) => status === 'broken').map(({ subject }) => subject);

const asPrecondition = ({ name, reachableFromInternet, because }: Basis['exposure'][number]): Precondition => ({
  what: `${name} can be reached without the VPC`,
  met: reachableFromInternet,
  because,
});

function weigh({ configuration }: Basis, preconditions: readonly Precondition[], fixes: readonly string[]) {
  if (configuration.status !== 'RUNNING')
    return { blocked: true, because: `the service is ${configuration.status}, not RUNNING` };
  if (configuration.egress.type === 'DEFAULT') return { blocked: true, because: 'egress is DEFAULT already' };
  const unmet = preconditions.filter(({ met }) => met === 'no');
  if (unmet.length > 0) return { blocked: true, because: `it would cut off what is private: ${reasons(unmet)}` };
  const unseen = preconditions.filter(({ met }) => met === 'unknown');
  if (unseen.length > 0) return { blocked: true, because: `it could cut off what may be private: ${reasons(unseen)}` };
  if (fixes.length === 0) return { blocked: true, because: 'it would bring nothing back' };
  return {
    blocked: false,
    because: `brings back ${fixes.join(', ')}; everything the profile declares is reachable from the internet`,
  };
}

const reasons = (preconditions: readonly Precondition[]) =>
  preconditions.map(({ because }) => because.replace(/\.$/, '')).join('; ');

export interface Hands {
  readonly appRunner: Pick<AppRunnerClient, 'send'>;
  /** The same, without retries of its own: sends every update at most once. */
  readonly updater: Pick<AppRunnerClient, 'send'>;
  readonly table: Table;
  readonly clock: Clock;
}

/**
 * Makes the change, its undo written down first; returns the id of App Runner's operation. Called again for the same change (a retry after an answer was lost),
 * it finds the operation it started and starts no second one. Throws `StateDrifted` when somebody else is at work on
 * the service: the change was not made.
 */
export async function apply(hands: Hands, run: string, step: Step, number: number): Promise<string> {
  const { appRunner, table, clock } = hands;
  const service = await describe(appRunner, step.target);
  const { entry, isNew } = await writeUndo(table, run, {
    number,
    remedy: step.remedy,
    target: step.target,
    what: 'egress VPC → DEFAULT',
    undo: step.undo,
    state: 'pending',
    at: clock.now().toISOString(),
    undoData: service.NetworkConfiguration,
  });
  const known = entry.operationId ?? (isNew ? undefined : await startedFor(hands, entry));
  const operationId = known ?? (await begin(hands, run, entry, isNew, service.NetworkConfiguration));
  await markMade(table, run, number, operationId);
  return operationId;
}

/**
 * A service that is busy at the first try is busy for somebody else. At a later try it may be busy for us: App Runner
 * lists an operation a little after it began, so look again.
 */
async function begin(
  { updater, table }: Hands,
  run: string,
  entry: Entry,
  isFirstTry: boolean,
  current: NetworkConfiguration | undefined,
): Promise<string> {
  try {
    return await updateEgress(updater, entry.target, current, { EgressType: 'DEFAULT' });
  } catch (error) {
    if (!(error instanceof ServiceBusy)) throw error;
    if (!isFirstTry) throw new RetryLater('the service is busy, perhaps with this very change', { cause: error });
    await markNotMade(table, run, entry.number);
    const because = 'somebody else began an operation on the service after the approval; nothing was changed';
    throw new StateDrifted(because, { cause: error });
  }
}

/**
 * An update begun since the undo was written is this change: the lock keeps other runs away, and UpdateService has no
 * client token to tell by.
 */
async function startedFor({ appRunner }: Hands, entry: Entry): Promise<string | undefined> {
  const newest = await newestOperation(appRunner, entry.target);
  const ours = newest?.type === 'UPDATE_SERVICE' && newest.startedAt && newest.startedAt >= secondOf(entry.at);
  return ours ? newest.id : undefined;
}

/** App Runner tells times to the second. */
const secondOf = (at: string) => new Date(Math.floor(Date.parse(at) / 1000) * 1000);

/**
 * One look at the way back, starting it where it is not yet under way. `going`: look again. Throws `UndoFailed` when
 * App Runner does not take the old configuration back.
 */
export async function undo(hands: Hands, run: string, entry: Entry): Promise<'going' | 'undone'> {
  const { appRunner, table, clock } = hands;
  const before = entry.undoData as NetworkConfiguration;
  const wanted = before.EgressConfiguration ?? {};
  const service = await describe(appRunner, entry.target);
  if (service.Status === 'OPERATION_IN_PROGRESS') return 'going';
  const now = service.NetworkConfiguration?.EgressConfiguration;
  if (now?.EgressType === wanted.EgressType && now?.VpcConnectorArn === wanted.VpcConnectorArn) {
    const wasMade = entry.operationId !== undefined || entry.undoOperationId !== undefined;
    if (wasMade) await markUndone(table, run, entry.number, clock.now().toISOString());
    else await markNotMade(table, run, entry.number);
    return 'undone';
  }
  if (entry.undoOperationId) return judgeUndo(hands, entry, entry.undoOperationId);
  const operationId = await putBack(hands, entry.target, service.NetworkConfiguration, wanted);
  await markUndoing(table, run, entry.number, operationId);
  return 'going';
}

async function judgeUndo({ appRunner }: Hands, entry: Entry, operationId: string): Promise<'going'> {
  const operation = await findOperation(appRunner, entry.target, operationId);
  if (!operation || operation.state === 'going') return 'going';
  throw new UndoFailed(
    `egress of ${entry.target} could not be put back: operation ${operationId} ended ${operation.status}`,
  );
}

async function putBack(
  { updater }: Hands,
  arn: string,
  now: NetworkConfiguration | undefined,
  wanted: EgressConfiguration,
) {
  try {
    return await updateEgress(updater, arn, now, wanted);
  } catch (error) {
    if (error instanceof ServiceBusy)
      throw new RetryLater('the service is busy with another operation', { cause: error });
    if (error instanceof Error && ['InvalidRequestException', 'ResourceNotFoundException'].includes(error.name)) {
      throw new UndoFailed(`egress of ${arn} could not be put back: ${error.message}`, { cause: error });
    }
    throw error;
  }
}
