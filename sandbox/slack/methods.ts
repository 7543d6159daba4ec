import { randomBytes } from 'node:crypto';
import { type Json, lengthOfTexts, MOST_TEXT, type Problems, problemsOf, problemsOfView } from './blocks.ts';
import { APP, type Content, TEAM, type View, type Workspace, withIds } from './workspace.ts';

/** Slack says no: the word for why, and sentences where there is more to say. */
export class Refused extends Error {
  readonly code: string;
  readonly details: Problems;
  constructor(code: string, details: Problems = []) {
    super(code);
    this.code = code;
    this.details = details;
  }
}

type Method = (workspace: Workspace, parameters: Json) => Json;

/** A message's text is cut at 40,000 characters: https://docs.slack.dev/reference/methods/chat.postMessage */
const MOST_CHARACTERS = 40_000;
const TRIGGER_LIVES_MS = 3000;

/** https://docs.slack.dev/reference/methods */
export const METHODS: Readonly<Record<string, Method>> = {
  'chat.postMessage': (workspace, parameters) => {
    const { id: channel } = writable(workspace, parameters);
    const threadTs = optional(parameters, 'thread_ts');
    if (threadTs && !workspace.message(channel, threadTs)) throw new Refused('thread_not_found');
    const message = {
      channel,
      ts: workspace.newTs(),
      ...(threadTs && { threadTs }),
      ...contentOf(parameters),
      before: [],
    };
    workspace.messages.push(message);
    return { channel, ts: message.ts, message: shown(message) };
  },

  'chat.update': (workspace, parameters) => {
    // A name will do for a new message, not for an old one.
    const channel = workspace.channels.get(required(parameters, 'channel'));
    if (!channel) throw new Refused('channel_not_found');
    const message = workspace.message(channel.id, required(parameters, 'ts'));
    if (!message) throw new Refused('message_not_found');
    const { text, blocks } = contentOf(parameters);
    message.before.push({ text: message.text, blocks: message.blocks });
    message.text = text;
    message.blocks = blocks;
    return { channel: channel.id, ts: message.ts, text, message: shown(message) };
  },

  'chat.postEphemeral': (workspace, parameters) => {
    const { id: channel, members } = writable(workspace, parameters);
    const user = required(parameters, 'user');
    if (!members.includes(user)) throw new Refused('user_not_in_channel');
    const threadTs = optional(parameters, 'thread_ts');
    workspace.ephemerals.push({
      channel,
      user,
      at: workspace.now,
      ...(threadTs && { threadTs }),
      ...contentOf(parameters),
    });
    return { message_ts: workspace.newTs() };
  },

  'views.open': (workspace, parameters) => {
    const trigger = workspace.triggers.get(required(parameters, 'trigger_id'));
    if (!trigger) throw new Refused('invalid_trigger_id');
    if (workspace.now.getTime() - trigger.at > TRIGGER_LIVES_MS) throw new Refused('expired_trigger_id');
    if (trigger.used) throw new Refused('exchanged_trigger_id');
    const view = viewOf(parameters);
    trigger.used = true;
    const opened: View = {
      id: `V${randomBytes(5).toString('hex').toUpperCase()}`,
      hash: hash(),
      view,
      user: trigger.user,
      open: true,
      errors: {},
    };
    workspace.views.push(opened);
    return { view: shownView(opened) };
  },

  'views.update': (workspace, parameters) => {
    const known = workspace.views.find(({ id, open }) => open && id === required(parameters, 'view_id'));
    if (!known) throw new Refused('not_found');
    const given = optional(parameters, 'hash');
    if (given && given !== known.hash) throw new Refused('hash_conflict');
    known.view = viewOf(parameters);
    known.hash = hash();
    return { view: shownView(known) };
  },

  'usergroups.users.list': (workspace, parameters) => {
    const users = workspace.groups.get(required(parameters, 'usergroup'));
    if (!users) throw new Refused('no_such_subteam');
    return { users };
  },
};

/** These take no JSON: https://docs.slack.dev/apis/web-api/#methods_supporting_json */
export const FORM_ONLY = ['usergroups.users.list'];

const hash = () => `${randomBytes(4).readUInt32BE()}.${randomBytes(4).toString('hex')}`;

function optional(parameters: Json, name: string): string | undefined {
  const value = parameters[name];
  return value === undefined || value === null || value === '' ? undefined : String(value);
}

function required(parameters: Json, name: string): string {
  const value = optional(parameters, name);
  if (value === undefined) throw new Refused('invalid_arguments', [`missing required field: ${name}`]);
  return value;
}

function writable(workspace: Workspace, parameters: Json) {
  const channel = workspace.channel(required(parameters, 'channel'));
  if (!channel) throw new Refused('channel_not_found');
  if (!channel.members.includes(APP.bot)) throw new Refused('not_in_channel');
  return channel;
}

/** A form carries structures as JSON. */
function structure(value: unknown, refused: string): unknown {
  if (typeof value !== 'string') return value;
  try {
    return JSON.parse(value);
  } catch {
    throw new Refused(refused);
  }
}

function contentOf(parameters: Json): Content {
  const text = optional(parameters, 'text') ?? '';
  if (parameters.attachments !== undefined) throw new Refused('invalid_arguments', ['attachments are not simulated']);
  const blocks = structure(parameters.blocks, 'invalid_blocks_format') ?? [];
  const problems = problemsOf(blocks, 'message');
  if (problems.length > 0) throw new Refused('invalid_blocks', problems);
  if (text === '' && (blocks as Json[]).length === 0) throw new Refused('no_text');
  if (text.length > MOST_CHARACTERS) throw new Refused('msg_too_long');
  if (lengthOfTexts(blocks) > MOST_TEXT) throw new Refused('msg_blocks_too_long');
  return { text, blocks: withIds(blocks as Json[]) };
}

function viewOf(parameters: Json): Json {
  const view = structure(parameters.view, 'invalid_arguments');
  if (typeof view !== 'object' || view === null)
    throw new Refused('invalid_arguments', ['missing required field: view']);
  const problems = problemsOfView(view as Json);
  if (problems.length > 0) throw new Refused('invalid_arguments', problems);
  return { private_metadata: '', callback_id: '', ...view, blocks: withIds((view as { blocks: Json[] }).blocks) };
}

/** As Slack shows a message to its app. */
export const shown = ({ ts, threadTs, text, blocks }: Content & { ts: string; threadTs?: string }): Json => ({
  type: 'message',
  user: APP.bot,
  bot_id: APP.botId,
  app_id: APP.id,
  team: TEAM.id,
  ts,
  text,
  blocks,
  ...(threadTs && { thread_ts: threadTs }),
});

export const shownView = ({ id, hash: current, view }: View, values: Json = {}): Json => ({
  ...view,
  id,
  team_id: TEAM.id,
  app_id: APP.id,
  bot_id: APP.botId,
  root_view_id: id,
  previous_view_id: null,
  hash: current,
  state: { values },
});
