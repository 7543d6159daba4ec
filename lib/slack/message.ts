import { cost, duration, shortHash, VERDICT_SIGNS, VERDICT_TITLES, word } from '../report/format.ts';
import { actions, type Block, context, header, lengthOfTexts, MOST_TEXT, section } from './blocks.ts';
import { ACTIONS, blockOfDelivery } from './delivery-modal.ts';
import type { ShownPlan, ShownStep, Story } from './story.ts';
import { cut, link, moment, person, safe, withUsers } from './text.ts';

export interface Message {
  /** For the notification of a phone, and for who hears instead of sees. */
  readonly text: string;
  readonly blocks: readonly Block[];
}

/** How much room there is: how many steps, how much of each, and how long its texts. */
interface Room {
  readonly steps: number;
  readonly changes: number;
  readonly others: number;
  /** Makes a text that was redacted fit for `mrkdwn`. */
  pen(text: string, max: number): string;
}

const room = (scale: number, steps: number, changes: number, others: number): Room => ({
  steps,
  changes,
  others,
  pen: (text, max) => safe(text, Math.floor(max * scale)),
});
/** From the widest to one into which everything fits. */
const SMALLEST = room(0.3, 3, 0, 0);
const ROOMS = [room(1, 8, 4, 4), room(0.7, 8, 2, 2), room(0.5, 5, 1, 0)];

/** The one message of a run, as far as its story is known. */
export function messageOf(story: Story, reportUrl?: string): Message {
  const fits = ROOMS.find((one) => lengthOfTexts(blocksOf(story, one, reportUrl)) <= MOST_TEXT) ?? SMALLEST;
  return {
    text: `${safe(story.service, 80)}: ${safe(titleOf(story), 150)}`,
    blocks: blocksOf(story, fits, reportUrl),
  };
}

function blocksOf(story: Story, room: Room, reportUrl: string | undefined): Block[] {
  const { run, service, began, diagnosed, asked, progressed, finished, died } = story;
  const { pen } = room;
  const who = began ? ` · ${began.mode} for ${person(began.requestedBy)}` : '';
  const over = finished !== undefined || died !== undefined;
  const report = reportUrl === undefined ? '' : ` · ${link(reportUrl, over ? 'Report' : 'Follow')}`;
  return [
    header(`${service}: ${titleOf(story)}`),
    context(`Run \`${pen(run, 100)}\`${who}${report}`),
    ...(diagnosed ? [section(`*Diagnosis*\n${diagnosed.lines.map((line) => pen(line, 700)).join('\n')}`)] : []),
    ...(asked ? planBlocks(asked.plan, room) : []),
    ...decisionBlocks(story, room),
    ...deliveryBlocks(story, room),
    ...(progressed && !over ? [context(`⏳ ${pen(progressed.what, 600)}`)] : []),
    ...endBlocks(story, room),
  ];
}

/** The plan that waits for a decision, if one does. */
const waiting = ({ asked, decided, finished, died }: Story): Story['asked'] =>
  asked && decided?.planHash !== asked.plan.hash && !finished && !died ? asked : undefined;

/** What is asked of people goes when the run has gone on. */
const unconfirmed = ({ delivery, progressed, asked, finished, died }: Story): Story['delivery'] =>
  delivery && !finished && !died && !((progressed?.order ?? '') > delivery.order) && !laterAsked(delivery, asked)
    ? delivery
    : undefined;
const laterAsked = (delivery: { expiresAt: string }, asked: Story['asked']) =>
  asked !== undefined && asked.plan.round > 1 && asked.expiresAt > delivery.expiresAt;

function titleOf(story: Story): string {
  const { finished, died, decided, diagnosed } = story;
  if (finished) return `${word(VERDICT_SIGNS, finished.verdict)} ${word(VERDICT_TITLES, finished.verdict)}`;
  if (died) return `! The run ended early: ${died.status}`;
  if (unconfirmed(story)) return 'has it arrived?';
  if (waiting(story)) return 'waiting for approval';
  if (decided) return word(DECISIONS, decided.decision);
  return diagnosed ? (diagnosed.healthy ? 'healthy' : 'diagnosed') : 'looking';
}

const DECISIONS = {
  approved: 'approved',
  declined: 'declined',
  'timed-out': 'nobody decided in time',
  drifted: 'the plan no longer fits',
};

function planBlocks(plan: ShownPlan, room: Room): Block[] {
  const { pen } = room;
  const more = plan.more + Math.max(0, plan.steps.length - room.steps);
  const round = plan.round > 1 ? `, round ${plan.round}: what was done so far helped, but not enough` : '';
  const affects = plan.affects.map((who) => pen(who, 100)).join(', ');
  const others = plan.others
    .slice(0, room.others)
    .map(({ title, because }) => `• ${pen(title, 200)}: ${pen(because, 250)}`);
  return [
    section(`*Plan* \`${shortHash(plan.hash)}\`${round}\n${pen(plan.because, 700)}`),
    ...plan.steps.slice(0, room.steps).map((step, index) => stepBlock(step, index + 1, room)),
    ...(more > 0 ? [context(`… and ${more} more steps: the report has all of them.`)] : []),
    ...(affects ? [context(`Who else feels it: ${affects}`)] : []),
    ...(others.length > 0 ? [context(`Also weighed:\n${others.join('\n')}`)] : []),
  ];
}

function stepBlock(step: ShownStep, number: number, { pen, changes }: Room): Block {
  const when = step.later ? ' _(only if the door still does not answer)_' : '';
  const what = step.what.slice(0, changes).map((change) => `• ${pen(change, 300)}`);
  return section([`*${number}. ${pen(step.title, 250)}*${when}`, ...what].join('\n'), [
    `*Cost*\n${price(step.monthlyCostUsd)}`,
    `*Time*\n${step.minutes === undefined ? '–' : duration(step.minutes * 60)}${step.redeploys ? ', redeploys' : ''}`,
    `*Risk*\n${pen(step.risk, 600)}`,
    `*Way back*\n${pen(step.undo, 300)}`,
  ]);
}

const price = (usd: number): string => (usd > 0 ? `${cost(usd)} a month` : 'nothing more');

function decisionBlocks(story: Story, { pen }: Room): Block[] {
  const { decided } = story;
  const by = decided?.by === undefined ? '' : ` by ${person(decided.by)}`;
  const told = decided
    ? [
        context(
          `${word(SIGNS, decided.decision)} Plan \`${shortHash(decided.planHash)}\` ${word(DECISIONS, decided.decision)}${by}, ${moment(decided.at)}. ${withUsers(pen(decided.because, 600))}`,
        ),
      ]
    : [];
  const asked = waiting(story);
  if (!asked) return told;
  const { plan, question, expiresAt } = asked;
  const todo = whatItDoes(plan);
  return [
    ...told,
    section(`Open until ${moment(expiresAt)}; silence means no.`),
    actions('approval', [
      {
        action: ACTIONS.approve,
        text: 'Approve',
        value: question,
        style: 'primary',
        confirm: { title: `Repair ${story.service}?`, text: todo, yes: 'Approve', no: 'Not yet' },
      },
      {
        action: ACTIONS.decline,
        text: 'Decline',
        value: question,
        style: 'danger',
        confirm: {
          title: 'Decline this plan?',
          text: 'The run ends without these changes.',
          yes: 'Decline',
          no: 'Back',
        },
      },
    ]),
  ];
}

const SIGNS = { approved: '✔', declined: '–', 'timed-out': '–', drifted: '!' };

/** All that is done and its price, in the 300 characters of a confirm dialog: the price is never cut. */
export function whatItDoes({ steps, more, nowUsd, allUsd, hash }: ShownPlan): string {
  const later = allUsd > nowUsd ? `, up to ${cost(allUsd)} if all steps are needed` : '';
  const tail = ` Adds ${cost(nowUsd)} a month${later}. Plan ${shortHash(hash)}.`;
  const titles = [...steps.map(({ title }) => title), ...(more > 0 ? [`${more} more`] : [])].join('; ');
  const room = 300 - tail.length - 1;
  return `${cut(titles, room)}.${tail}`;
}

function deliveryBlocks(story: Story, { pen }: Room): Block[] {
  const delivery = unconfirmed(story);
  if (!delivery) return [];
  const { ask, question, expiresAt, takesCode } = delivery;
  const code = takesCode ? ' If a code came, it can be tried.' : '';
  return [
    section(`*${pen(ask, 700)}*\nOpen until ${moment(expiresAt)}.${code}`),
    actions(blockOfDelivery(takesCode), [
      { action: ACTIONS.arrived, text: 'It arrived', value: question, style: 'primary' },
      {
        action: ACTIONS.missing,
        text: 'It did not',
        value: question,
        confirm: {
          title: 'It did not arrive?',
          text: 'Then the repair does not count as proved.',
          yes: 'It did not',
          no: 'Wait a little',
        },
      },
    ]),
  ];
}

function endBlocks({ finished, died }: Story, { pen }: Room): Block[] {
  if (finished) {
    const next = finished.nextSteps.map((step) => `• ${pen(step, 400)}`);
    return [
      section(`*${word(VERDICT_TITLES, finished.verdict)}*\n${pen(finished.summary, 900)}`),
      ...(next.length > 0 ? [section(['*Next*', ...next].join('\n'))] : []),
    ];
  }
  if (!died) return [];
  return [section(`*The run ended early (${pen(died.status, 60)})*\n${pen(died.because, 700)}`)];
}
