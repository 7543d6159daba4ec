import type { Json } from './blocks.ts';
import { shown, shownView } from './methods.ts';
import { APP, type Message, TEAM, type View, type Workspace } from './workspace.ts';

/** The deprecated one; a receiver that looks at it instead of the signature has a hole. */
const VERIFICATION_TOKEN = 'deprecated0verification0';

export interface Place {
  readonly workspace: Workspace;
  /** Where `response_url` leads. */
  readonly base: string;
  /** Whether what it sends is copied by hand, which takes longer than three seconds. */
  readonly lasting?: boolean;
}

/** https://docs.slack.dev/interactivity/implementing-slash-commands/#app_command_handling */
export function commandBody(
  { workspace, base, lasting }: Place,
  given: { command: string; text: string; user: string; channel: string },
): string {
  const { command, text, user, channel } = given;
  return new URLSearchParams({
    token: VERIFICATION_TOKEN,
    team_id: TEAM.id,
    team_domain: TEAM.domain,
    channel_id: channel,
    channel_name: workspace.channels.get(channel)?.name ?? 'directmessage',
    user_id: user,
    user_name: nameOf(workspace, user),
    command,
    text,
    api_app_id: APP.id,
    is_enterprise_install: 'false',
    response_url: workspace.newResponseUrl(base, 'commands', { user, channel }),
    trigger_id: workspace.newTrigger(user, lasting),
  }).toString();
}

const nameOf = (workspace: Workspace, user: string): string => workspace.users.get(user)?.name ?? user.toLowerCase();

const payload = (value: Json): string => new URLSearchParams({ payload: JSON.stringify(value) }).toString();

const common = ({ workspace, lasting }: Place, user: string): Json => {
  const name = nameOf(workspace, user);
  return {
    user: { id: user, username: name, name, team_id: TEAM.id },
    api_app_id: APP.id,
    token: VERIFICATION_TOKEN,
    trigger_id: workspace.newTrigger(user, lasting),
    team: TEAM,
    enterprise: null,
    is_enterprise_install: false,
  };
};

/** https://docs.slack.dev/reference/interaction-payloads/block_actions-payload */
export function clickBody(place: Place, given: { message: Message; element: Found; user: string }): string {
  const { workspace, base } = place;
  const { message, element, user } = given;
  const { channel, ts, threadTs } = message;
  return payload({
    type: 'block_actions',
    ...common(place, user),
    container: {
      type: 'message',
      message_ts: ts,
      channel_id: channel,
      is_ephemeral: false,
      ...(threadTs && { thread_ts: threadTs }),
    },
    channel: { id: channel, name: workspace.channels.get(channel)?.name ?? '' },
    message: shown(message),
    state: { values: {} },
    response_url: workspace.newResponseUrl(base, 'actions', { user, channel, messageTs: ts }),
    actions: [{ ...element, action_ts: workspace.newTs() }],
  });
}

/** https://docs.slack.dev/reference/interaction-payloads/view-interactions-payload */
export function submitBody(place: Place, given: { view: View; values: Json; user: string }): string {
  const { view, values, user } = given;
  return payload({
    type: 'view_submission',
    ...common(place, user),
    view: shownView(view, values),
    response_urls: [],
  });
}

/** What a click says about its button. */
export type Found = Json & { readonly action_id: string; readonly block_id: string };

/** The button in the message. Throws where there is none, or more than one. */
export function findAction({ blocks }: Pick<Message, 'blocks'>, actionId: string): Found {
  const all = blocks.flatMap((block) => {
    const elements = [...((block.elements as Json[] | undefined) ?? []), block.accessory as Json | undefined];
    return elements.flatMap((element) => (element?.action_id ? [{ element, block }] : []));
  });
  const [found, another] = all.filter(({ element }) => element.action_id === actionId);
  if (!found || another) {
    const ids = all.map(({ element }) => element.action_id).join(', ') || 'none';
    throw new Error(`${found ? 'more than one' : 'no'} element is called ${actionId}: there are ${ids}`);
  }
  const { type, action_id, value, text, style } = found.element;
  return {
    type,
    action_id: String(action_id),
    block_id: String(found.block.block_id),
    text,
    ...(value !== undefined && { value }),
    ...(style !== undefined && { style }),
  };
}

type Value = string | readonly string[] | undefined;

/** The state of a view in which a person has filled in these fields, by action id. Throws where Slack would not send it. */
export function stateOf({ view }: View, filled: Readonly<Record<string, Value>>): Json {
  const inputs = (view.blocks as Json[]).filter(({ type }) => type === 'input');
  const known = inputs.map(({ element }) => String((element as Json).action_id));
  const stranger = Object.keys(filled).find((id) => !known.includes(id));
  if (stranger) throw new Error(`no field is called ${stranger}: there are ${known.join(', ') || 'none'}`);
  return Object.fromEntries(
    inputs.map((block) => {
      const element = block.element as Json;
      const given = filled[String(element.action_id)];
      if (given === undefined && !block.optional && !hasInitial(element)) {
        throw new Error(`${element.action_id} must be filled in`);
      }
      return [block.block_id, { [String(element.action_id)]: fieldOf(element, given) }];
    }),
  );
}

const hasInitial = (element: Json) => Object.keys(element).some((key) => key.startsWith('initial_'));

function fieldOf(element: Json, given: Value): Json {
  const { type } = element;
  const options = (element.options as Json[] | undefined) ?? [];
  const option = (value: string): Json => {
    const found = options.find((one) => one.value === value);
    if (!found) throw new Error(`${element.action_id} has no option ${value}`);
    return found;
  };
  if (type === 'checkboxes') {
    const values = given === undefined ? undefined : [given].flat();
    return { type, selected_options: values?.map(option) ?? element.initial_options ?? [] };
  }
  if (type === 'static_select' || type === 'radio_buttons') {
    return { type, selected_option: given === undefined ? (element.initial_option ?? null) : option(String(given)) };
  }
  if (type === 'users_select') return { type, selected_user: given ?? element.initial_user ?? null };
  return { type, value: given ?? element.initial_value ?? null };
}
