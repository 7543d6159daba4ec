import type { Option, Plan } from '../domain/plan.ts';
import { OPTIONS, STEPS } from '../domain/room.ts';
import { bytesOf, fill, shorten } from '../domain/size.ts';

const LONGEST_REASON = 1000;

/**
 * A plan whose steps are larger than a run can carry is none: what is approved is never cut. Pure, so that equal facts
 * still give an equal hash.
 */
export function withinReach(plan: Plan): Plan {
  const size = bytesOf(plan.steps);
  if (size <= STEPS) return plan;
  const because = `no repair is begun, because its steps are too large for one run: ${size} bytes, and it carries ${STEPS}; ask for less at once`;
  return { ...plan, hash: null, steps: [], now: 0, approvedBefore: false, because };
}

/** The plan as the run carries it: steps whole, options in short where they are too many. `cut` says what is left out. */
export function fitPlan(plan: Plan): Plan {
  if (bytesOf(plan.options) <= OPTIONS && plan.because.length <= LONGEST_REASON) return plan;
  const isChosen = ({ remedy, title }: Option) =>
    plan.steps.some((step) => step.remedy === remedy && step.title === title);
  const ranked = plan.options
    .map((option) => (isChosen(option) ? brief(option) : { ...brief(option), title: shorten(option.title, 200) }))
    .sort((a, b) => Number(isChosen(b)) - Number(isChosen(a)));
  const options = fill(ranked, OPTIONS);
  const left = plan.options.length - options.length;
  const cut = [
    ...(left > 0 ? [`and ${left} more options`] : []),
    'the options here are not in full; the report has them',
  ];
  return { ...plan, because: shorten(plan.because, LONGEST_REASON), options, cut };
}

const FEW = 5;
const few = (lines: readonly string[]) => lines.slice(0, FEW).map((line) => shorten(line, 200));

const brief = ({ byHand, ...option }: Option): Option => ({
  ...option,
  because: shorten(option.because, 300),
  fixes: few(option.fixes),
  security: shorten(option.security, 300),
  preconditions: option.preconditions
    .slice(0, FEW)
    .map((one) => ({ ...one, what: shorten(one.what, 200), because: shorten(one.because, 200) })),
  affects: few(option.affects),
  warnings: few(option.warnings),
  ...(byHand && { byHand: few(byHand) }),
});
