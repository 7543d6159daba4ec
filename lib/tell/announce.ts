import { InvokeCommand, type LambdaClient } from '@aws-sdk/client-lambda';
import type { Announcement } from '../domain/announcement.ts';
import { logger } from '../step.ts';

/**
 * Hands the announcement over to the function that tells people, and does not wait for it: whoever announces is on the
 * path of a run. Never throws. https://docs.aws.amazon.com/lambda/latest/dg/invocation-async.html
 */
export async function announce(lambda: () => Pick<LambdaClient, 'send'>, announcement: Announcement): Promise<void> {
  const FunctionName = process.env.RECONNECT_TELL_FUNCTION;
  if (!FunctionName) return;
  try {
    const Payload = Buffer.from(JSON.stringify(announcement));
    await lambda().send(new InvokeCommand({ FunctionName, InvocationType: 'Event', Payload }));
  } catch (error) {
    logger.error('could not announce', { kind: announcement.kind, because: error instanceof Error ? error.name : '' });
  }
}
