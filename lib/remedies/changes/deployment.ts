import type { Step } from '../../domain/plan.ts';
import { type Entry, type Ledger, markNotMade, markUndone } from '../../run/ledger.ts';
import { describe } from '../../target/apprunner.ts';
import { startDeployment } from '../../target/update.ts';
import type { Undone } from './change.ts';
import { type AppRunnerHands, changeByOperation, startedFor } from './operation.ts';

export interface Deploy {
  readonly id: string;
  readonly service: string;
  readonly step: Pick<Step, 'remedy' | 'target' | 'undo'>;
}

/** Deploys what the service is set to once more. */
export const deploy = (hands: AppRunnerHands, ledger: Ledger, { id, service, step }: Deploy): Promise<Entry> =>
  changeByOperation(
    hands,
    ledger,
    {
      id,
      service,
      remedy: step.remedy,
      kind: 'deployment',
      target: step.target,
      what: 'a new deployment of what the service is set to',
      undo: step.undo,
      undoData: null,
    },
    { type: 'START_DEPLOYMENT', send: () => startDeployment(hands.updater, step.target) },
  );

/** Nothing is put back: it waits until App Runner has let go of the service, for changes before it that are. */
export async function undo(
  { appRunner }: Pick<AppRunnerHands, 'appRunner'>,
  ledger: Ledger,
  entry: Entry,
): Promise<Undone> {
  if ((await describe(appRunner, entry.target)).Status === 'OPERATION_IN_PROGRESS') return 'going';
  const wasMade =
    entry.operationId !== undefined || (await startedFor(appRunner, entry, 'START_DEPLOYMENT')) !== undefined;
  await (wasMade ? markUndone : markNotMade)(ledger, entry.id);
  return 'settled';
}
