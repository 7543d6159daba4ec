import type { Option, Plan, Step } from '../../domain/plan.ts';
import type { Report } from '../../domain/report.ts';
import {
  ANOTHER_ROUND,
  APPROVED_BEFORE,
  decidedOn,
  fixesOf,
  isAmbiguous,
  monthlyCost,
  OPTION_SIGNS,
  OPTION_WORDS,
  optionsOf,
  stagesOf,
  stateOf,
} from '../choice.ts';
import { APPROVAL_WORDS, type Clock, cost, duration, MET_SIGNS, shortHash, sign, word, yesNo } from '../format.ts';
import { code, linked, list, numbered, section, table, text } from './text.ts';

export function plan({ plan: all, approval }: Report, clock: Clock): string[] {
  const { options, steps, earlier, round, because } = all;
  if (options.length + steps.length + earlier.length === 0 && approval === null) return [];
  const price = monthlyCost(all);
  return section(
    'The plan',
    earlier.length > 0 && `**Earlier rounds**\n\n${list(earlier.map((one) => drawEarlier(one, clock)))}`,
    round > 1 && `**Round ${round}**: ${ANOTHER_ROUND}.`,
    text(because),
    ...stagesOf(all).map(
      ({ title, steps: some, from }) => `**${title ?? 'Chosen steps'}**\n\n${numbered(some.map(drawStep), from)}`,
    ),
    price !== undefined && `Cost a month of the chosen steps: **${price}**`,
    ...decision(all, approval, clock),
    options.length > 0 && compare(all),
    list(optionsOf(all).map((option) => drawOption(option, all))),
  );
}

function drawEarlier({ round, hash, steps, now, because, at }: Plan['earlier'][number], clock: Clock): string {
  const titles = (some: Step[]) => some.map(({ title }) => text(title)).join(', then ');
  const later = steps.length > now ? `; only if needed: ${titles(steps.slice(now))}` : '';
  return [
    `**Round ${round}** at ${text(clock.time(at))}: ${titles(steps.slice(0, now)) || 'nothing'}${later}`,
    `  ${text(because)}`,
    ...(hash === null ? [] : [`  Hash of the plan: ${code(shortHash(hash))}`]),
  ].join('  \n');
}

function drawStep({ title, target, changes, undo, fixes, monthlyCostUsd, warnings }: Step): string {
  return [
    `**${text(title)}**${monthlyCostUsd === 0 ? '' : ` (${cost(monthlyCostUsd)} a month)`}`,
    ...changes.map((change) => `   - ${text(change)}`),
    ...warnings.map((warning) => `   - mind: ${text(warning)}`),
    ...(fixes.length > 0 ? [`   - fixes ${fixes.map(text).join(', ')}`] : []),
    `   - on ${code(target)}`,
    `   - undo: ${text(undo)}`,
  ].join('\n');
}

const compare = (all: Plan): string =>
  table(
    ['option', 'state', 'cost a month', 'takes', 'redeploys', 'reversible', 'fixes'],
    optionsOf(all).map((option) => [
      isAmbiguous(option, all) ? `${code(option.remedy)} ${text(option.title)}` : code(option.remedy),
      `${OPTION_SIGNS[stateOf(option, all)]} ${OPTION_WORDS[stateOf(option, all)]}`,
      cost(option.monthlyCostUsd),
      duration(option.minutes * 60),
      yesNo(option.redeploys),
      yesNo(option.reversible),
      fixesOf(option).map(text).join(', ') || '–',
    ]),
  );

function drawOption(option: Option, all: Plan): string {
  const { title, because, security, preconditions, affects, warnings, byHand = [] } = option;
  return [
    `**${text(title)}**: ${verdict(stateOf(option, all), because, option.blocked)}`,
    ...warnings.map((warning) => `  - mind: ${text(warning)}`),
    ...affects.map((who) => `  - who else feels it: ${text(who)}`),
    `  - security: ${text(security)}`,
    ...preconditions.map(({ what, met, because: why }) => `  - ${sign(MET_SIGNS, met)} ${text(what)}: ${text(why)}`),
    ...(byHand.length > 0 ? ['  - by hand:', ...byHand.map((step, index) => `    ${index + 1}. ${linked(step)}`)] : []),
  ].join('\n');
}

function verdict(state: ReturnType<typeof stateOf>, because: string, blocked: boolean): string {
  if (state === 'by-hand')
    return because === OPTION_WORDS[state] ? because : `${OPTION_WORDS[state]}: ${text(because)}`;
  if (!blocked) return text(because);
  return state === 'chosen' ? `chosen, but ${text(because)}` : `blocked, because ${text(because)}`;
}

function decision(all: Plan, approval: Report['approval'], clock: Clock): (string | false)[] {
  const { hash, approvedBefore } = all;
  const shown = hash !== null && `Hash of the plan: ${code(shortHash(hash))}`;
  if (approval === null) return [shown, hash !== null && 'Nobody was asked to approve.'];
  const { by, at, because, planHash } = approval;
  const other = decidedOn(all, approval);
  return [
    shown,
    `**${text(word(APPROVAL_WORDS, approval.decision))}**${by ? ` by **${text(by)}**` : ''} at ${text(clock.time(at))} UTC: ${text(because)}`,
    other !== undefined && `The decision was on ${other}: ${code(shortHash(planHash))}`,
    approvedBefore && APPROVED_BEFORE,
  ];
}
