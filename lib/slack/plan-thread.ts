import type { Plan } from '../domain/plan.ts';
import type { Message } from './message.ts';
import { risksOf } from './shown-plan.ts';
import { safe, told } from './text.ts';

const LONGEST = 1000;
const MOST_OF_ONE = 3900;
const MOST_REPLIES = 5;

const whole = (text: string) => safe(told(text, LONGEST), LONGEST);

/**
 * Every risk and every way back, for the thread, when the message has no room for one of them; otherwise nothing. Nobody
 * is to approve what could not be read on a phone.
 */
export function unsaidOf(plan: Plan, { blocks }: Message): string[] {
  const shown = textsOf(blocks).join('\n');
  const isShown = (text: string) => shown.includes(whole(text));
  if (plan.steps.every((step) => [...risksOf(step), step.undo].every(isShown))) return [];
  const replies: string[] = [];
  for (const line of linesOf(plan)) {
    const last = replies.at(-1);
    if (last !== undefined && last.length + line.length < MOST_OF_ONE) replies[replies.length - 1] = `${last}\n${line}`;
    else if (replies.length < MOST_REPLIES) replies.push(line);
    else return [...replies, '… and more: the report has all of it.'];
  }
  return replies;
}

/** One by one: a plan may be larger than what is said of it. */
function* linesOf(plan: Plan): Generator<string> {
  for (const [index, step] of plan.steps.entries()) {
    yield `*${index + 1}. ${safe(told(step.title, 150), 250)}*`;
    for (const risk of risksOf(step)) yield `• ${whole(risk)}`;
    yield `Way back: ${whole(step.undo)}`;
  }
}

function textsOf(value: unknown): string[] {
  if (Array.isArray(value)) return value.flatMap(textsOf);
  if (typeof value !== 'object' || value === null) return [];
  return Object.entries(value).flatMap(([key, item]) =>
    key === 'text' && typeof item === 'string' ? [item] : textsOf(item),
  );
}
