import { shortHash, VERDICT_SIGNS, VERDICT_TITLES, word } from '../report/format.ts';
import { actions, type Block, context, header, lengthOfTexts, MOST_TEXT, section } from './blocks.ts';
import { ACTIONS, blockOfDelivery } from './delivery-modal.ts';
import { planBlocks, whatItDoes } from './plan-blocks.ts';
import { ROOMS, type Room, SMALLEST } from './room.ts';
import type { Story } from './story.ts';
import { link, moment, person, safe, withUsers } from './text.ts';

export interface Message {
  /** For the notification of a phone, and for who hears instead of sees. */
  readonly text: string;
  readonly blocks: readonly Block[];
}

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
  const plan = asked?.plan ?? finished?.plan;
  const over = finished !== undefined || died !== undefined;
  const report = reportUrl === undefined ? '' : ` · ${link(reportUrl, over ? 'Report' : 'Follow')}`;
  return [
    header(`${service}: ${titleOf(story)}`),
    context(`Run \`${pen(run, 100)}\`${who}${report}`),
    ...(diagnosed ? [section(`*Diagnosis*\n${diagnosed.lines.map((line) => pen(line, 700)).join('\n')}`)] : []),
    ...(plan ? planBlocks(plan, room) : []),
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
  if (died?.refused) return `not started: ${died.because}`;
  if (died) return `! The run ended early: ${died.status}`;
  const delivery = unconfirmed(story);
  if (delivery) return delivery.ask;
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
          text: plan.round > 1 ? 'What was done so far is taken back.' : 'The run ends without these changes.',
          yes: 'Decline',
          no: 'Back',
        },
      },
    ]),
  ];
}

const SIGNS = { approved: '✔', declined: '–', 'timed-out': '–', drifted: '!' };

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
          text: 'Then the repair is taken back, which takes some minutes.',
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
  if (died.refused) return [section(`*Not started*\n${withUsers(pen(died.because, 700))}`)];
  return [section(`*The run ended early (${pen(died.status, 60)})*\n${pen(died.because, 700)}`)];
}
