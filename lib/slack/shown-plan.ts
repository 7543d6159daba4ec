import type { Plan, Step } from '../domain/plan.ts';
import { digits, told } from './text.ts';

/* What a message shows of a plan: redacted and short, however large the plan, because it is kept in the table. */

export interface ShownStep {
  readonly title: string;
  readonly what: readonly string[];
  readonly monthlyCostUsd: number;
  readonly minutes?: number;
  readonly redeploys?: boolean;
  readonly risk: string;
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

export function shownPlan({ round, hash, because, steps, now, options }: Plan): ShownPlan {
  const usd = (some: readonly Step[]) => some.reduce((sum, { monthlyCostUsd }) => sum + monthlyCostUsd, 0);
  const optionOf = ({ remedy, title }: Step) =>
    options.find((option) => option.remedy === remedy && option.title === title) ??
    options.find((option) => option.remedy === remedy);
  const chosen = new Set(steps.map(optionOf));
  const affects = steps.flatMap((step) => optionOf(step)?.affects ?? []);
  return {
    round,
    hash: digits(hash ?? ''),
    because: told(because, 500),
    steps: steps.slice(0, MOST_STEPS).map((step, index) => ({
      title: told(step.title, 150),
      what: step.changes.slice(0, 4).map((change) => told(change, 200)),
      monthlyCostUsd: step.monthlyCostUsd,
      minutes: optionOf(step)?.minutes,
      redeploys: optionOf(step)?.redeploys,
      risk: told([optionOf(step)?.security ?? '', ...step.warnings].filter(Boolean).join('; '), 400),
      undo: told(step.undo, 200),
      later: index >= now,
    })),
    more: Math.max(0, steps.length - MOST_STEPS),
    nowUsd: usd(steps.slice(0, now)),
    allUsd: usd(steps),
    affects: [...new Set(affects)].slice(0, 5).map((who) => told(who, 100)),
    others: options
      .filter((option) => !chosen.has(option))
      .slice(0, 4)
      .map(({ title, because, monthlyCostUsd }) => ({
        title: `${told(title, 130)} (${monthlyCostUsd.toFixed(2)} USD a month)`,
        because: told(because, 200),
      })),
  };
}
