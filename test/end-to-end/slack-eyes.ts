import type { Message } from '../../sandbox/slack/workspace.ts';
import type { World } from './world.ts';

/* What the people of a test see in Slack. Each waits until it is there. */

/** All that a message shows. */
export const blocks = ({ blocks }: Message): string => JSON.stringify(blocks);

/** The message that has this button. */
export const button = ({ sandbox }: World, action: string): Promise<Message> =>
  sandbox.slack.seen(({ messages }) => messages.find((one) => blocks(one).includes(`"action_id":"${action}"`)));

/** What only this person is told. */
export const told = ({ sandbox }: World, user: string, part: string): Promise<string> =>
  sandbox.slack.seen(
    ({ responses }) =>
      responses
        .map((one) => ({ user: one.user, text: String(one.body.text) }))
        .find((one) => one.user === user && one.text.includes(part))?.text,
  );

/** The message of the run, when it says this. */
export const says = ({ sandbox }: World, part: string): Promise<Message> =>
  sandbox.slack.seen(({ messages }) => messages.find((one) => !one.threadTs && blocks(one).includes(part)));
