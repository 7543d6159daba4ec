import { onTestFinished } from 'vitest';
import { handler as door } from '../../../functions/slack-door.ts';
import { forgetClients, ssm } from '../../../lib/aws.ts';
import { systemClock, useClock } from '../../../lib/clock.ts';
import type { Announcement } from '../../../lib/domain/announcement.ts';
import { runTable } from '../../../lib/run/client.ts';
import { connectSlack } from '../../../lib/slack/parameters.ts';
import { tellSlack } from '../../../lib/tell/slack.ts';
import { type Sandbox, startSandbox } from '../../../sandbox/index.ts';
import type { Message } from '../../../sandbox/slack/workspace.ts';

export interface Invocation {
  readonly functionName: string;
  readonly type: string;
  readonly input: Record<string, unknown>;
}

export interface Answer {
  readonly statusCode: number;
  readonly body: string;
}

export type World = Awaited<ReturnType<typeof slackWorld>>;

const SETTINGS = {
  RECONNECT_TABLE: 'reconnect',
  RECONNECT_SLACK_PARAMETERS: '/reconnect/slack',
  RECONNECT_SLACK_WORKER_FUNCTION: 'worker',
  RECONNECT_ANSWER_APPROVAL_FUNCTION: 'answer-approval',
  RECONNECT_ANSWER_DELIVERY_FUNCTION: 'answer-delivery',
  RECONNECT_SLACK_CHANNEL: 'C0INCIDENTS',
  RECONNECT_REPORT_URL: 'https://reports.example',
};

/**
 * A sandbox account with a workspace of Slack, and functions that only note that they were called. `team`: the workspace
 * as the deployment is told.
 */
export async function slackWorld(team?: string) {
  const sandbox = await startSandbox({ scenario: 'otp-egress', speed: 60 });
  const { parameters } = sandbox.account.ssm;
  const secret = parameters['/reconnect/slack/bot-token'];
  if (team && secret) parameters['/reconnect/slack/team'] = { ...secret, Type: 'String', Value: team };
  const invocations: Invocation[] = [];
  const answers = new Map<string, object>();
  sandbox.mountRest(
    '/2015-03-31/functions/',
    async ({ path, headers, body }) => {
      const functionName = path.split('/')[3] ?? '';
      const type = String(headers['x-amz-invocation-type'] ?? 'RequestResponse');
      invocations.push({ functionName, type, input: JSON.parse(body.toString()) });
      const error = answers.get(functionName);
      if (type === 'Event') return { status: 202, body: '' };
      return error
        ? { status: 200, headers: { 'x-amz-function-error': 'Unhandled' }, body: JSON.stringify(error) }
        : { status: 200, body: '{}' };
    },
    { service: 'lambda' },
  );
  const starts: Record<string, unknown>[] = [];
  sandbox.mountJson(
    'AWSStepFunctions',
    async (_, input) => {
      starts.push(input as Record<string, unknown>);
      return { executionArn: `arn:aws:states:x:1:execution:m:${(input as { name: string }).name}`, startDate: 0 };
    },
    { service: 'states' },
  );
  Object.assign(process.env, sandbox.env, SETTINGS, { SLACK_ENDPOINT_URL: sandbox.slack.url, POWERTOOLS_DEV: 'true' });
  forgetClients();
  useClock(sandbox.clock);
  onTestFinished(async () => {
    useClock(systemClock);
    await sandbox.close();
  });
  return { sandbox, invocations, answers, starts, table: runTable(), slack: sandbox.slack, ...doorOf(sandbox) };
}

function doorOf(sandbox: Sandbox) {
  const { slack } = sandbox;
  const send = (path: string, body: string | Buffer, headers: Record<string, string> = slack.sign(body)) =>
    // As in Lambda: while a function works, time is real.
    sandbox.clock.working(
      () =>
        door({
          rawPath: path,
          headers,
          body: Buffer.from(body).toString('base64'),
          isBase64Encoded: true,
        }) as Promise<Answer>,
    );
  const payload = (value: object) => new URLSearchParams({ payload: JSON.stringify(value) }).toString();
  return {
    send,
    command: (text: string, given: Record<string, string> = {}) =>
      send(
        '/slack/commands',
        new URLSearchParams({
          command: '/reconnect',
          text,
          user_id: slack.people.requester.id,
          channel_id: 'C0INCIDENTS',
          response_url: `${slack.url}/commands/1`,
          trigger_id: slack.workspace.newTrigger(slack.people.requester.id),
          ...given,
        }).toString(),
      ),
    interact: (value: object) => send('/slack/interactivity', payload(value)),
  };
}

/** Tells it as `tell-people` would. */
export async function tell(world: World, announcement: Announcement, channel = 'C0INCIDENTS'): Promise<void> {
  const { clock } = world.sandbox;
  const { table } = world;
  await clock.working(async () =>
    tellSlack(announcement, { table, slack: await connectSlack(ssm()), channel, at: clock.now().toISOString() }),
  );
}

export const firstMessages = (world: World): Message[] => world.slack.messages.filter(({ threadTs }) => !threadTs);
export const threads = (world: World): Message[] => world.slack.messages.filter(({ threadTs }) => threadTs);
