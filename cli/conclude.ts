import { styleText } from 'node:util';
import { InvalidRequest } from '../lib/domain/errors.ts';
import { CALM_VERDICTS, type Report } from '../lib/domain/report.ts';
import type { RunView } from '../lib/domain/run-view.ts';
import { jsonText } from './files.ts';
import { DONE, type Io, NOT_WELL } from './io.ts';
import { command } from './operated.ts';
import type { Operator } from './operator.ts';

export interface Telling extends Operator {
  readonly json?: true;
}

/** Tells how a run ended. 0: nobody has to get up; 1: somebody has. Throws `InvalidRequest` where it never began. */
export function conclude({ run, status, report, failure }: RunView, flags: Telling, io: Io): number {
  if (report) return tell(report, flags, io);
  const { error = status, because = 'it ended without a report', undoneBy } = failure ?? {};
  if (error === 'InvalidRequest' || error === 'ProfileNotFound') throw new InvalidRequest(because);
  io.err(`${error}: ${because}\n`);
  if (error === 'LockHeld') io.err(`  → ${command('status', flags)}\n`);
  else {
    if (undoneBy) io.err(`  → ${command(`watch ${undoneBy}`, flags)}\n`);
    io.err(`  → the execution ${run} in the Step Functions console says where it stopped\n`);
  }
  return NOT_WELL;
}

/** Our own commands, with the options that led to this account. */
const forAccount = (step: string, flags: Telling): string =>
  step.replace(/\breconnect (undo [\w-]+)/g, (_, words: string) => command(words, flags));

function tell(report: Report, flags: Telling, io: Io): number {
  const { verdict, summary, changes, mode, nextSteps } = report;
  const calm = CALM_VERDICTS.includes(verdict);
  if (flags.json) io.out(jsonText(report));
  else {
    io.out(`\n  ${styleText(calm ? 'green' : 'red', styleText('bold', verdict))}  ${summary}\n`);
    for (const { undo, what, state } of changes) io.out(`    ${state}: ${mode === 'undo' ? undo : what}\n`);
    for (const next of nextSteps) io.out(`    → ${forAccount(next, flags)}\n`);
    if (verdict === 'planned') io.out(`    → ${command(`start ${report.service} --mode repair`, flags)}\n`);
  }
  return calm ? DONE : NOT_WELL;
}
