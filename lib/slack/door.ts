import { createHash } from 'node:crypto';
import { InvalidRequest } from '../domain/errors.ts';
import { type Command, HELP, parseCommand, unknownService } from './command.ts';
import { ACTIONS, blockOfDelivery, deliveryModal, readSubmission, type SubmittedView } from './delivery-modal.ts';
import type { Standing } from './records.ts';
import type { From, Work } from './work.ts';

/** What the door does besides answering. */
export interface Hands {
  /** Starts the worker and does not wait for it. */
  handOver(work: Work): Promise<void>;
  hasProfile(service: string): Promise<boolean>;
  services(): Promise<readonly string[]>;
  openModal(triggerId: string, view: object): Promise<void>;
  findDelivery(question: string): Promise<Standing>;
  /** The one way of a code: straight to the function that tries it. */
  answerDelivery(answer: { run: string; delivered: boolean; by: string; code?: string }): Promise<void>;
}

/** The body of the answer to Slack; nothing when there is nothing to say. */
export type Reply = object | undefined;

const ephemeral = (text: string): Reply => ({ response_type: 'ephemeral', text });

/**
 * Answers a slash command: what is wrong at once, what is right when it is handed over. Throws `InvalidRequest` for a form
 * that is none. https://docs.slack.dev/interactivity/implementing-slash-commands
 */
export async function answerCommand(form: URLSearchParams, hands: Hands): Promise<Reply> {
  if (form.has('ssl_check')) return undefined;
  if (!form.get('command')) throw new InvalidRequest('command: must name the command that was typed');
  const command = parseCommand(form.get('text') ?? '');
  if ('mistake' in command) return ephemeral(command.mistake);
  if (command.verb === 'help') return ephemeral(HELP);
  if ('service' in command && command.service !== undefined && !(await hands.hasProfile(command.service))) {
    return ephemeral(unknownService({ verb: command.verb, service: command.service }, await hands.services()));
  }
  const from = {
    user: form.get('user_id') ?? '',
    channel: form.get('channel_id') ?? undefined,
    responseUrl: form.get('response_url') ?? undefined,
  };
  await hands.handOver(workOf(command, from, nameOf(form.get('trigger_id') ?? '')));
  return ephemeral(ACKNOWLEDGED[command.verb]);
}

const ACKNOWLEDGED = {
  list: 'Looking …',
  status: 'Looking …',
  diagnose: 'Starting a diagnosis …',
  plan: 'Starting a run that plans and changes nothing …',
  repair: 'Starting a repair: nothing is changed before somebody else has approved its plan …',
  undo: 'Starting to take it back …',
} as const;

/** A trigger id is given out once, and opens dialogs for three seconds: only its hash goes further. */
const nameOf = (triggerId: string): string =>
  `slack-${createHash('sha256').update(triggerId).digest('hex').slice(0, 24)}`;

function workOf(command: Exclude<Command, { verb: 'help' }>, from: From, name: string): Work {
  switch (command.verb) {
    case 'list':
      return { kind: 'list', ...from };
    case 'status':
      return { kind: 'status', ...(command.service && { service: command.service }), ...from };
    case 'undo':
      return { kind: 'undo', run: command.run, name, ...from };
    default: {
      const { verb: mode, service } = command as Extract<Command, { service: string }>;
      const reason = 'reason' in command ? command.reason : undefined;
      return { kind: 'start', mode, service, ...(reason && { reason }), name, ...from } as Work;
    }
  }
}

/** What of an interaction is read. https://docs.slack.dev/reference/interaction-payloads */
interface Interaction {
  readonly type?: string;
  readonly user?: { readonly id?: string };
  readonly channel?: { readonly id?: string };
  /** The message whose button was pressed. */
  readonly message?: { readonly text?: string };
  readonly trigger_id?: string;
  readonly response_url?: string;
  readonly actions?: readonly { readonly action_id?: string; readonly block_id?: string; readonly value?: string }[];
  readonly view?: SubmittedView;
}

/** Answers a click or a submitted dialog. Throws `InvalidRequest` for a form that is none. */
export async function answerInteraction(form: URLSearchParams, hands: Hands): Promise<Reply> {
  const interaction = interactionIn(form.get('payload') ?? '');
  const user = interaction.user?.id;
  if (!user) return undefined;
  if (interaction.type === 'view_submission') return answerSubmission(interaction.view ?? {}, user, hands);
  if (interaction.type === 'block_actions') await answerClick(interaction, user, hands);
  return undefined;
}

/** No cause: it would quote the payload, and a submitted dialog holds a code. */
function interactionIn(payload: string): Interaction {
  const refused = new InvalidRequest('payload: must be JSON of an interaction');
  let interaction: Interaction | null;
  try {
    interaction = JSON.parse(payload) as Interaction | null;
  } catch {
    throw refused;
  }
  if (typeof interaction?.type !== 'string') throw refused;
  return interaction;
}

async function answerClick(interaction: Interaction, user: string, hands: Hands): Promise<void> {
  const {
    actions: [action] = [],
    channel,
    message,
    response_url: responseUrl,
    trigger_id: triggerId = '',
  } = interaction;
  const question = action?.value ?? '';
  const from = { user, channel: channel?.id, responseUrl };
  switch (action?.action_id) {
    case ACTIONS.approve:
      return hands.handOver({ kind: 'decide', decision: 'approve', question, ...from });
    case ACTIONS.decline:
      return hands.handOver({ kind: 'decide', decision: 'decline', question, ...from });
    case ACTIONS.missing:
      return hands.handOver({ kind: 'deny-delivery', question, ...from });
    case ACTIONS.arrived: {
      const view = deliveryModal(question, action.block_id !== blockOfDelivery(false), message?.text);
      // The trigger dies after three seconds: the dialog is opened here, or not at all.
      const opened = await hands.openModal(triggerId, view).then(
        () => true,
        () => false,
      );
      if (opened) return;
      return hands.handOver({ kind: 'say', text: 'Slack could not open the dialog in time: press again.', ...from });
    }
  }
}

async function answerSubmission(view: SubmittedView, by: string, hands: Hands): Promise<Reply> {
  const submission = readSubmission(view);
  if ('errors' in submission) return { response_action: 'errors', errors: submission.errors };
  const { question, ...answer } = submission.answer;
  const standing = await hands.findDelivery(question);
  if ('closed' in standing) return { response_action: 'errors', errors: { arrived: standing.closed } };
  await hands.answerDelivery({ run: standing.run, by, ...answer });
  return undefined;
}
