import { InvokeCommand, type LambdaClient } from '@aws-sdk/client-lambda';
import type { Announcement } from '../domain/announcement.ts';
import { logger } from '../step.ts';

type Client = () => Pick<LambdaClient, 'send'>;

/**
 * Hands the announcement over to the function that tells people, and does not wait for it: whoever announces is on the
 * path of a run. Never throws. https://docs.aws.amazon.com/lambda/latest/dg/invocation-async.html
 */
export async function announce(lambda: Client, announcement: Announcement): Promise<void> {
  try {
    await announceSurely(lambda, announcement);
  } catch (error) {
    logger.error('could not announce', { kind: announcement.kind, because: error instanceof Error ? error.name : '' });
  }
}

/** The same for whoever is on nobody's path and can try again: throws when the announcement could not be handed over. */
export async function announceSurely(lambda: Client, announcement: Announcement): Promise<void> {
  const FunctionName = process.env.RECONNECT_TELL_FUNCTION;
  if (!FunctionName) return;
  const Payload = Buffer.from(JSON.stringify(announcement));
  await lambda().send(new InvokeCommand({ FunctionName, InvocationType: 'Event', Payload }));
}
