import { clickBody, commandBody, findAction, type Place, stateOf, submitBody } from './payloads.ts';
import type { Message } from './workspace.ts';

/**
 * For a person without a Slack client: what stands in the workspace, and the bodies that Slack would send, to be signed
 * and posted with curl. `GET /sandbox/now`, `/sandbox/messages`, `/sandbox/command?text=…`, `/sandbox/click?action=…`,
 * `/sandbox/submit?<field>=…`; each with `user=…`.
 */
export function byHand(place: () => Place): (url: URL) => unknown {
  return (url) => {
    const { workspace } = place();
    const { user = workspace.people.requester.id, ...given } = Object.fromEntries(url.searchParams);
    const { requester, approver } = workspace.people;
    switch (url.pathname.slice('/sandbox/'.length)) {
      case 'now':
        return String(Math.floor(workspace.now.getTime() / 1000));
      case 'messages': {
        const { messages, ephemerals, responses, views } = workspace;
        return { people: { requester, approver }, messages, ephemerals, responses, views };
      }
      case 'command':
        return commandBody(place(), {
          command: '/reconnect',
          text: given.text ?? 'help',
          user,
          channel: 'C0INCIDENTS',
        });
      case 'click': {
        const message = workspace.messages.findLast((one) => hasAction(one, given.action ?? ''));
        if (!message) return undefined;
        return clickBody(place(), { message, element: findAction(message, given.action ?? ''), user });
      }
      case 'submit': {
        const view = workspace.views.findLast(({ open }) => open);
        return view && submitBody(place(), { view, values: stateOf(view, given), user: view.user });
      }
      default:
        return undefined;
    }
  };
}

function hasAction(message: Message, actionId: string): boolean {
  try {
    findAction(message, actionId);
    return true;
  } catch {
    return false;
  }
}
