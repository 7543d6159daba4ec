import type { Approval } from '../domain/approval.ts';
import type { Option, Plan, Step } from '../domain/plan.ts';
import { cost } from './format.ts';

/*
 * What the Markdown and the HTML report say of a plan: which option was chosen, what is done first, and what it costs.
 */

export type OptionState = 'chosen' | 'possible' | 'by-hand' | 'blocked';
/** In the order in which they are worth reading. */
const STATES: readonly OptionState[] = ['chosen', 'possible', 'by-hand', 'blocked'];
export const OPTION_SIGNS: Readonly<Record<OptionState, string>> = {
  chosen: '✔',
  possible: '–',
  'by-hand': '!',
  blocked: '✘',
};
export const OPTION_WORDS: Readonly<Record<OptionState, string>> = {
  chosen: 'chosen',
  possible: 'possible, not chosen',
  'by-hand': 'a person has to do it',
  blocked: 'blocked',
};

/** Chosen goes before blocked: what brings nothing back alone may do so together with another step. */
export function stateOf({ remedy, title, blocked }: Option, { steps }: Plan): OptionState {
  if (steps.some((step) => step.remedy === remedy && step.title === title)) return 'chosen';
  if (remedy === 'manual') return 'by-hand';
  return blocked ? 'blocked' : 'possible';
}

/** What was chosen first, what is blocked last. */
export const optionsOf = (plan: Plan): Option[] =>
  [...plan.options].sort((a, b) => STATES.indexOf(stateOf(a, plan)) - STATES.indexOf(stateOf(b, plan)));

/** Several options may have one remedy: then only the title tells them apart. */
export const isAmbiguous = (option: Option, { options }: Plan): boolean =>
  options.filter(({ remedy }) => remedy === option.remedy).length > 1;

/** What it would bring back; what is for a person need not promise anything. */
export const fixesOf = ({ fixes, remedy }: Option): string[] =>
  fixes.length > 0 || remedy === 'manual' ? fixes : ['nothing that is broken'];

/** Steps after which the door is tried. */
export interface Stage {
  /** Absent where there is only one. */
  readonly title?: string;
  readonly steps: readonly Step[];
  /** Number of its first step in the plan, from 1. */
  readonly from: number;
}

export function stagesOf({ steps, now }: Plan): Stage[] {
  const later = [...Map.groupBy(steps.slice(now), ({ stage }) => stage).values()];
  const title = (index: number) =>
    index === 0 ? 'Only if the door still does not answer' : 'Only if it still does not answer after that';
  let from = 1;
  const stages = [
    { title: 'Now', steps: steps.slice(0, now) },
    ...later.map((some, index) => ({ title: title(index), steps: some })),
  ].flatMap((stage): Stage[] => {
    const numbered = { ...stage, from };
    from += stage.steps.length;
    return stage.steps.length > 0 ? [numbered] : [];
  });
  return later.length > 0 ? stages : stages.map(({ title: _, ...only }) => only);
}

const sum = (steps: readonly Step[]): number =>
  Math.round(steps.reduce((total, { monthlyCostUsd }) => total + monthlyCostUsd, 0) * 100) / 100;

/** What the chosen steps cost every month; undefined when nothing. */
export function monthlyCost({ steps, now, earlier }: Plan): string | undefined {
  const first = sum(steps.slice(0, now));
  const all = sum(steps);
  const before = sum(earlier.flatMap((plan) => plan.steps.slice(0, plan.now)));
  if (all === 0 && before === 0) return undefined;
  const chosen = first === all ? cost(all) : `${cost(first)} now, ${cost(all)} if every step is needed`;
  return before === 0 ? chosen : `${chosen}, besides ${cost(before)} for the steps of earlier rounds`;
}

/** Which plan was decided on; undefined when it was the last one. */
export function decidedOn({ hash, earlier }: Plan, { planHash }: Approval): string | undefined {
  if (hash === null || hash === planHash) return undefined;
  const other = earlier.find((plan) => plan.hash === planHash);
  return other ? `the plan of round ${other.round}` : 'another plan';
}

export const ANOTHER_ROUND = 'what was done so far helped, but not enough';
export const APPROVED_BEFORE = 'Its steps stand in a plan that was approved before, so nobody was asked again.';
