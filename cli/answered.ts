import { type Answer, whoseCounts } from '../lib/domain/answer.ts';
import type { OpenQuestion, RunView } from '../lib/domain/run-view.ts';
import { type Io, NOT_WELL } from './io.ts';
import { command } from './operated.ts';
import type { Operator } from './operator.ts';

type Answers = Required<NonNullable<RunView['answered']>>;

/** What was said when the run asked this; undefined while it asks, and where it never did. */
export const answerTo = <T extends OpenQuestion['topic']>(
  { question, answered }: RunView,
  topic: T,
): Answers[T] | undefined =>
  question?.topic === topic ? undefined : (answered as Partial<Answers> | undefined)?.[topic];

/** Says to whoever comes second whose answer counts. */
export function refuseSecond({ run, status, verdict }: RunView, first: Answer, operator: Operator, io: Io): number {
  const ended = status === 'running' ? '' : `; the run has ended (${verdict ?? status})`;
  io.err(`refused: ${whoseCounts(first)}${ended}\n  → ${command(`watch ${run}`, operator)}\n`);
  return NOT_WELL;
}
