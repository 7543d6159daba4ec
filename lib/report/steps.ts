import type { Step } from '../domain/plan.ts';
import type { RunDocument } from '../domain/run.ts';

type Rounds = Pick<RunDocument, 'plan' | 'cursor'>;

/** The steps of earlier rounds, and those of this round that were begun. */
export function begunSteps({ plan, cursor }: Rounds): Step[] {
  if (!plan) return [];
  const before = plan.earlier.flatMap(({ steps, now }) => steps.slice(0, now));
  return [...before, ...plan.steps.slice(0, inThisRound({ plan, cursor }, 1))];
}

/** The steps that were done to their end. */
export function doneSteps({ plan, cursor }: Rounds): Step[] {
  if (!plan) return [];
  const before = plan.earlier.flatMap(({ steps, now }) => steps.slice(0, now));
  return [...before, ...plan.steps.slice(0, inThisRound({ plan, cursor }, 0))];
}

/** A plan that was made but not begun has the cursor of the round before. */
const inThisRound = ({ plan, cursor }: Rounds, more: number): number =>
  cursor && plan && cursor.round === plan.round ? Math.min(cursor.index + more, cursor.count) : 0;
