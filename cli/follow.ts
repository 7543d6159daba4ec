import { setTimeout as pause } from 'node:timers/promises';
import {
  DescribeExecutionCommand,
  type DescribeExecutionCommandOutput,
  GetExecutionHistoryCommand,
  type HistoryEvent,
  type SFNClient,
} from '@aws-sdk/client-sfn';
import { patiently } from './reached.ts';

type Client = Pick<SFNClient, 'send'>;

/** Small, because the last page is read again at every look: events carry the whole run document. */
const PAGE = 25;

/**
 * Every event of an execution as it happens, once, until it has ended. Works the same against AWS and the sandbox.
 * `caughtUp` is called before each pause, when everything there is has been told.
 */
export async function* follow(
  client: Client,
  executionArn: string,
  everyMs: number,
  caughtUp: () => Promise<void> = async () => {},
): AsyncGenerator<HistoryEvent> {
  let seen = 0;
  let page: string | undefined;
  for (;;) {
    const { status } = await patiently(() => client.send(new DescribeExecutionCommand({ executionArn })), everyMs);
    for (;;) {
      const next = new GetExecutionHistoryCommand({ executionArn, maxResults: PAGE, nextToken: page });
      const { events = [], nextToken } = await patiently(() => client.send(next), everyMs);
      for (const event of events) {
        if ((event.id ?? 0) <= seen) continue;
        seen = event.id ?? seen;
        yield event;
      }
      if (!nextToken) break;
      page = nextToken;
    }
    if (status !== 'RUNNING') return;
    await caughtUp();
    await pause(everyMs);
  }
}

export const describeExecution = (client: Client, executionArn: string): Promise<DescribeExecutionCommandOutput> =>
  client.send(new DescribeExecutionCommand({ executionArn }));
