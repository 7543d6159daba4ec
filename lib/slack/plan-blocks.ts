import { cost, duration, shortHash } from '../report/format.ts';
import { type Block, context, section } from './blocks.ts';
import type { Room } from './room.ts';
import type { ShownPlan, ShownStep } from './shown-plan.ts';
import { cut, safe } from './text.ts';

/** The plan as it is read before a decision; the buttons stand elsewhere. */
export function planBlocks(plan: ShownPlan, room: Room): Block[] {
  const { pen } = room;
  const more = plan.more + Math.max(0, plan.steps.length - room.steps);
  const round = plan.round > 1 ? `, round ${plan.round}: what was done so far helped, but not enough` : '';
  const affects = plan.affects.map((who) => pen(who, 100)).join(', ');
  const others = plan.others
    .slice(0, room.others)
    .map(({ title, because }) => `• ${pen(title, 200)}: ${pen(because, 250)}`);
  return [
    section(`*Plan* \`${shortHash(plan.hash)}\`${round}\n${pen(plan.because, 1000)}`),
    ...plan.steps.slice(0, room.steps).map((step, index) => stepBlock(step, index + 1, room)),
    ...(more > 0 ? [context(`… and ${more} more steps: the report has all of them.`)] : []),
    ...(affects ? [context(`Who else feels it: ${affects}`)] : []),
    ...(others.length > 0 ? [context(`Also weighed:\n${others.join('\n')}`)] : []),
  ];
}

function stepBlock(step: ShownStep, number: number, { pen, changes, risk }: Room): Block {
  const when = step.later ? ' _(only if the door still does not answer)_' : '';
  const what = step.what.slice(0, changes).map((change) => `• ${pen(change, 300)}`);
  return section([`*${number}. ${pen(step.title, 250)}*${when}`, ...what].join('\n'), [
    `*Cost*\n${price(step.monthlyCostUsd)}`,
    `*Time*\n${step.minutes === undefined ? '–' : duration(step.minutes * 60)}${step.redeploys ? ', redeploys' : ''}`,
    `*Risk*\n${listed(step.risks, step.moreRisks, risk)}`,
    `*Way back*\n${safe(step.undo, risk)}`,
  ]);
}

/** One below the other, each whole as long as there is room. */
function listed(items: readonly string[], more: number, room: number): string {
  const lines: string[] = [];
  let left = room - '\n… and 1000 more, in the thread'.length;
  for (const item of items) {
    const line = `• ${safe(item, lines.length === 0 ? left : room)}`;
    if (line.length > left && lines.length > 0) break;
    lines.push(line);
    left -= line.length + 1;
  }
  const rest = items.length - lines.length + more;
  return [...lines, ...(rest > 0 ? [`… and ${rest} more, in the thread`] : [])].join('\n') || '–';
}

const price = (usd: number): string => (usd > 0 ? `${cost(usd)} a month` : 'nothing more');

/** All that is done and its price, in the 300 characters of a confirm dialog: the price is never cut. */
export function whatItDoes({ steps, more, nowUsd, allUsd, hash }: ShownPlan): string {
  const later = allUsd > nowUsd ? `, up to ${cost(allUsd)} if all steps are needed` : '';
  const tail = ` Adds ${cost(nowUsd)} a month${later}. Plan ${shortHash(hash)}.`;
  const titles = [...steps.map(({ title }) => title), ...(more > 0 ? [`${more} more`] : [])].join('; ');
  const room = 300 - tail.length - 1;
  return `${cut(titles, room)}.${tail}`;
}
