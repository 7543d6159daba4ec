import type { EventBridgeClient } from '@aws-sdk/client-eventbridge';
import type { SNSClient } from '@aws-sdk/client-sns';
import { GetParameterCommand, type SSMClient } from '@aws-sdk/client-ssm';
import { isNews } from '../domain/announcement.ts';
import { readReplyTo } from '../run/records.ts';
import type { Table } from '../run/table.ts';
import { slackClient } from '../slack/client.ts';
import { putFinished } from './bus.ts';
import { type Channel, runOf } from './people.ts';
import { tellSlack } from './slack.ts';
import { mailOf, publish } from './sns.ts';

/** Nobody waits for this function, so Slack may take its time. */
const SLACK_PATIENCE_MS = 10_000;

interface Clients {
  readonly table: Table;
  readonly ssm: () => Pick<SSMClient, 'send'>;
  readonly sns: () => Pick<SNSClient, 'send'>;
  readonly eventBridge: () => Pick<EventBridgeClient, 'send'>;
  readonly now: () => Date;
}

/** Where people hear of runs, in the order in which it is tried. What is not set up is left out. */
export const channelsOf = (clients: Clients): Channel[] => [slackOf(clients), snsOf(clients), busOf(clients)];

function slackOf({ table, ssm, now }: Clients): Channel {
  return {
    name: 'slack',
    reachesPeople: true,
    wants: () => 'always',
    send: async (announcement) => {
      const { slackChannel } = await readReplyTo(table, runOf(announcement));
      const channel = slackChannel ?? process.env.RECONNECT_SLACK_CHANNEL;
      const token = channel ? await botToken(ssm) : undefined;
      if (!channel || !token) return 'not set up';
      const slack = slackClient(token, SLACK_PATIENCE_MS);
      await tellSlack(announcement, { table, slack, channel, at: now().toISOString() });
      return 'sent';
    },
  };
}

/** Slack is set up when the token is there. */
async function botToken(ssm: Clients['ssm']): Promise<string | undefined> {
  const folder = process.env.RECONNECT_SLACK_PARAMETERS;
  if (!folder) return undefined;
  try {
    const wanted = new GetParameterCommand({ Name: `${folder}/bot-token`, WithDecryption: true });
    return (await ssm().send(wanted)).Parameter?.Value?.trim();
  } catch (error) {
    if (error instanceof Error && error.name === 'ParameterNotFound') return undefined;
    throw error;
  }
}

const snsOf = ({ sns }: Clients): Channel => ({
  name: 'sns',
  reachesPeople: true,
  // News goes by mail only when it could not be seen in Slack.
  wants: (announcement) => (isNews(announcement) ? 'fallback' : 'always'),
  send: async (announcement) => {
    const topic = process.env.RECONNECT_TOPIC_ARN;
    if (!topic) return 'not set up';
    await publish(sns(), topic, mailOf(announcement));
    return 'sent';
  },
});

const busOf = ({ eventBridge }: Clients): Channel => ({
  name: 'event-bus',
  reachesPeople: false,
  wants: ({ kind }) => (kind === 'finished' ? 'always' : 'never'),
  send: async (announcement) => {
    const bus = process.env.RECONNECT_EVENT_BUS;
    if (!bus || announcement.kind !== 'finished') return 'not set up';
    await putFinished(eventBridge(), bus, announcement);
    return 'sent';
  },
});
