import { lambda, stepFunctions } from '../lib/aws.ts';
import { UndoRequest } from '../lib/domain/request.ts';
import type { RunView } from '../lib/domain/run-view.ts';
import { startRun } from '../lib/run/start.ts';
import type { Telling } from './conclude.ts';
import { showRun } from './doors.ts';
import { refuse } from './files.ts';
import type { Io } from './io.ts';
import { findMachine, nameOf } from './machines.ts';
import { command, operated, whoAsks } from './operated.ts';
import type { Operator } from './operator.ts';
import { parseAsked } from './parse-asked.ts';
import { LOOK_EVERY_MS, watchStarted } from './watch-run.ts';

export interface UndoFlags extends Telling {
  readonly by?: string;
  readonly reason?: string;
  readonly stateMachine?: string;
}

/** Takes back what a finished run of this account changed. 0: everything is back; 1: it is not; 2: not begun. */
export const undoCommand = (run: string, flags: UndoFlags, io: Io, lookEveryMs = LOOK_EVERY_MS): Promise<number> =>
  operated(io, flags, async () => {
    const request = parseAsked(UndoRequest, {
      run: nameOf(run),
      requestedBy: whoAsks(flags.by),
      ...(flags.reason && { reason: flags.reason }),
    });
    refuseRunning(await showRun(lambda(), request.run), flags);
    const states = stepFunctions();
    const stateMachineArn = flags.stateMachine ?? (await findMachine(states, 'undo'));
    const started = await startRun({ client: states, stateMachineArn }, request);
    return watchStarted({ states, lambda: lambda() }, started, flags, io, lookEveryMs);
  });

/** Asked before anything is started: an execution that begins in vain is told to people as one that died. */
function refuseRunning({ run, status, question }: RunView, operator: Operator): void {
  if (status !== 'running') return;
  const no = { approval: `decline ${run}`, delivery: `confirm ${run} --no` };
  const next = command(question ? no[question.topic] : `watch ${run}`, operator);
  refuse(`run ${run} has not ended: until then it takes its own changes back, when it is told no → ${next}`);
}
