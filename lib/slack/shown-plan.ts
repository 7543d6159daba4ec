import type { Option, Plan, Step } from '../domain/plan.ts';
import { digits, told } from './text.ts';

/* What a message shows of a plan: redacted and short, however large the plan, because it is kept in the table. */

export interface ShownStep {
  readonly title: string;
  readonly what: readonly string[];
  readonly monthlyCostUsd: number;
  readonly minutes?: number;
  readonly redeploys?: boolean;
  /** What it means for security, then each warning. */
  readonly risks: readonly string[];
  readonly moreRisks: number;
  readonly undo: string;
  /** Only if the steps before it do not suffice. */
  readonly later: boolean;
}

export interface ShownPlan {
  readonly round: number;
  readonly hash: string;
  readonly because: string;
  readonly steps: readonly ShownStep[];
  /** So many steps are not shown. */
  readonly more: number;
  readonly nowUsd: number;
  readonly allUsd: number;
  readonly affects: readonly string[];
  readonly others: readonly { readonly title: string; readonly because: string }[];
}

const MOST_STEPS = 8;
const MOST_RISKS = 8;

/** What whoever decides has to know of a step. */
export const risksOf = ({ security, warnings }: Step): string[] =>
  [security, ...warnings].filter((text) => text.trim() !== '');

const isOf = ({ remedy, title }: Option, steps: readonly Step[]) =>
  steps.some((step) => step.remedy === remedy && step.title === title);

export function shownPlan(plan: Plan): ShownPlan {
  const { round, hash, because, steps, now, options } = plan;
  const usd = (some: readonly Step[]) => some.reduce((sum, { monthlyCostUsd }) => sum + monthlyCostUsd, 0);
  const affects = steps.flatMap((step) => step.affects);
  return {
    round,
    hash: digits(hash ?? ''),
    because: told(because, 1000),
    steps: steps.slice(0, MOST_STEPS).map((step, index) => shownStep(step, index >= now)),
    more: Math.max(0, steps.length - MOST_STEPS),
    nowUsd: usd(steps.slice(0, now)),
    allUsd: usd(steps),
    affects: [...new Set(affects)].slice(0, 5).map((who) => told(who, 100)),
    others: options
      .filter((option) => !isOf(option, steps))
      .slice(0, 4)
      .map(({ title, because, monthlyCostUsd }) => ({
        title: `${told(title, 130)} (${monthlyCostUsd.toFixed(2)} USD a month)`,
        because: told(because, 200),
      })),
  };
}

function shownStep(step: Step, later: boolean): ShownStep {
  const risks = risksOf(step);
  return {
    title: told(step.title, 150),
    what: step.changes.slice(0, 4).map((change) => told(change, 200)),
    monthlyCostUsd: step.monthlyCostUsd,
    minutes: step.minutes,
    redeploys: step.redeploys,
    risks: risks.slice(0, MOST_RISKS).map((risk) => told(risk, 400)),
    moreRisks: Math.max(0, risks.length - MOST_RISKS),
    undo: told(step.undo, 800),
    later,
  };
}
