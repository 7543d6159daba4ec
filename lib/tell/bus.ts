import { type EventBridgeClient, PutEventsCommand } from '@aws-sdk/client-eventbridge';
import type { Announcement } from '../domain/announcement.ts';

/** What other programs may hear of a run that has ended: a rule matches `source` and `detail-type`. */
export async function putFinished(
  eventBridge: Pick<EventBridgeClient, 'send'>,
  bus: string,
  { run, service, verdict, summary }: Extract<Announcement, { kind: 'finished' }>,
): Promise<void> {
  const { FailedEntryCount, Entries } = await eventBridge.send(
    new PutEventsCommand({
      Entries: [
        {
          EventBusName: bus,
          Source: 'reconnect',
          DetailType: 'reconnect.run.finished',
          Detail: JSON.stringify({ run, service, verdict, summary }),
        },
      ],
    }),
  );
  // PutEvents succeeds although an entry of it failed. https://docs.aws.amazon.com/eventbridge/latest/APIReference/API_PutEvents.html
  if (FailedEntryCount) throw new Error(`events:PutEvents: ${Entries?.[0]?.ErrorCode}: ${Entries?.[0]?.ErrorMessage}`);
}
