import { RetryLater } from '../../domain/errors.ts';
import { logger } from '../../step.ts';
import { respond, type Slack } from '../client.ts';
import type { From } from '../work.ts';

/**
 * Says it to whoever asked, and to nobody else. Throws `RetryLater` where it may be heard later; where it never will be,
 * the log has it.
 */
export async function tellAsker(slack: Slack, { user, channel, responseUrl }: From, text: string): Promise<void> {
  const ways = [
    ...(responseUrl === undefined ? [] : [() => respond(responseUrl, text)]),
    ...(channel === undefined ? [] : [() => slack.call('chat.postEphemeral', { channel, user, text })]),
  ];
  for (const way of ways) {
    try {
      await way();
      return;
    } catch (error) {
      if (error instanceof RetryLater) throw error;
      logger.warn('could not answer in Slack', { because: error instanceof Error ? error.message : '' });
    }
  }
}
