import { randomUUID } from 'node:crypto';
import type { PublishInput } from '@aws-sdk/client-sns';
import type { Account } from './account.ts';
import type { SandboxClock } from './clock.ts';
import type { Api } from './http/api.ts';
import { AwsError } from './http/errors.ts';
import type { Model } from './http/model.ts';
import model from './models/sns.json' with { type: 'json' };

const MOST_BYTES = 262_144;
const refuse = (message: string) => new AwsError('InvalidParameter', `Invalid parameter: ${message}`);

/** https://docs.aws.amazon.com/sns/latest/api/API_Publish.html; to topics only, not to phones or devices. */
export function snsApi(account: Account, clock: SandboxClock): Api {
  return {
    model: model as unknown as Model,
    codes: { type: 'InvalidParameter', missing: 'ValidationError', constraint: 'InvalidParameter' },
    operations: {
      Publish: ({ TopicArn, TargetArn, PhoneNumber, Message = '', Subject }: PublishInput) => {
        const topicArn = TopicArn ?? TargetArn;
        if (!topicArn || PhoneNumber) throw refuse('TopicArn or TargetArn Reason: no value for required parameter');
        if (!/^arn:aws:sns:[a-z0-9-]+:\d{12}:[\w-]{1,256}(\.fifo)?$/.test(topicArn)) throw refuse('TopicArn');
        if (Message === '') throw refuse('Empty message');
        if (Buffer.byteLength(Message) > MOST_BYTES) throw refuse('Message too long');
        if (Subject !== undefined && !isSubject(Subject)) throw refuse('Subject');
        if (!account.sns.topics.includes(topicArn))
          throw new AwsError('NotFound', 'Topic does not exist', { status: 404 });
        account.sns.messages.push({ at: clock.now().toISOString(), topicArn, subject: Subject, message: Message });
        return { MessageId: randomUUID() };
      },
    },
  };
}

/** ASCII, up to 100 characters, no line breaks or control characters, and not starting with a space. */
const isSubject = (text: string) => /^[\x21-\x7e][\x20-\x7e]{0,99}$/.test(text);
