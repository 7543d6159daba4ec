import { lambda, stepFunctions } from '../lib/aws.ts';
import { UndoRequest } from '../lib/domain/request.ts';
import { startRun } from '../lib/run/start.ts';
import { parse } from '../lib/step.ts';
import type { Telling } from './conclude.ts';
import type { Io } from './io.ts';
import { findMachine, nameOf } from './machines.ts';
import { operated, whoAsks } from './operated.ts';
import { LOOK_EVERY_MS, watchStarted } from './watch-run.ts';

export interface UndoFlags extends Telling {
  readonly by?: string;
  readonly reason?: string;
  readonly stateMachine?: string;
}

/** Takes back what a finished run of this account changed. 0: everything is back; 1: it is not; 2: not begun. */
export const undoCommand = (run: string, flags: UndoFlags, io: Io, lookEveryMs = LOOK_EVERY_MS): Promise<number> =>
  operated(io, flags, async () => {
    const request = parse(UndoRequest, {
      run: nameOf(run),
      requestedBy: whoAsks(flags.by),
      ...(flags.reason && { reason: flags.reason }),
    });
    const states = stepFunctions();
    const stateMachineArn = flags.stateMachine ?? (await findMachine(states, 'undo'));
    const { executionArn } = await startRun({ client: states, stateMachineArn }, request);
    return watchStarted({ states, lambda: lambda() }, executionArn, flags, io, lookEveryMs);
  });
