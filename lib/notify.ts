import { PublishCommand, type SNSClient } from '@aws-sdk/client-sns';
import { redact } from './domain/redact.ts';
import { logger } from './step.ts';

/** https://docs.aws.amazon.com/sns/latest/api/API_Publish.html: a subject is ASCII, one line, under 100 characters. */
const asSubject = (text: string) =>
  text
    .replace(/[^\x20-\x7e]/g, ' ')
    .trim()
    .slice(0, 99);

/**
 * Tells people through the topic of the deployment, if it has one. A message that cannot be sent is logged and
 * reported as such; it never ends a run. The message is sent as it is: what goes into it is redacted before.
 */
export async function tell(
  sns: () => Pick<SNSClient, 'send'>,
  subject: string,
  message: string,
): Promise<{ told: boolean; because: string }> {
  const topic = process.env.RECONNECT_TOPIC_ARN;
  if (!topic) return { told: false, because: 'no topic is set for notifications' };
  try {
    await sns().send(new PublishCommand({ TopicArn: topic, Subject: asSubject(subject), Message: message }));
    return { told: true, because: `published to ${topic}` };
  } catch (error) {
    const because = error instanceof Error ? redact(`${error.name}: ${error.message}`) : 'unknown error';
    logger.error('could not notify', { because });
    return { told: false, because };
  }
}
