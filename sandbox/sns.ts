import { randomUUID } from 'node:crypto';
import type { GetSMSAttributesInput, PublishInput } from '@aws-sdk/client-sns';
import type { Account } from './account.ts';
import type { SandboxClock } from './clock.ts';
import type { Api } from './http/api.ts';
import { AwsError } from './http/errors.ts';
import type { Model, Shape } from './http/model.ts';
import json from './models/sns.json' with { type: 'json' };

/** The Query protocol writes a map as a list of entries: https://smithy.io/2.0/aws/protocols/aws-query-protocol.html */
const ENTRIES: Readonly<Record<string, Shape>> = {
  MapStringToString: { type: 'list', member: { shape: 'MapEntry', locationName: 'entry' } },
  MapEntry: { type: 'structure', members: { key: { shape: 'String' }, value: { shape: 'String' } } },
};
const model: Model = {
  ...(json as unknown as Model),
  shapes: { ...(json.shapes as unknown as Model['shapes']), ...ENTRIES },
};

const MOST_BYTES = 262_144;
const refuse = (message: string) => new AwsError('InvalidParameter', `Invalid parameter: ${message}`);

/** https://docs.aws.amazon.com/sns/latest/api/; publishes to topics only, not to phones or devices. */
export function snsApi(account: Account, clock: SandboxClock): Api {
  const allowed = (action: string) => {
    if (!account.sms?.denied?.includes(action)) return;
    const message = `User: arn:aws:iam::${account.id}:user/sandbox is not authorized to perform: ${action}`;
    throw new AwsError('AuthorizationError', message, { status: 403 });
  };
  return {
    model,
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

      GetSMSSandboxAccountStatus: () => {
        allowed('sns:GetSMSSandboxAccountStatus');
        return { IsInSandbox: account.sms?.inSandbox ?? false };
      },

      GetSMSAttributes: ({ attributes: wanted }: GetSMSAttributesInput) => {
        allowed('sns:GetSMSAttributes');
        const entries = Object.entries(account.sms?.attributes ?? {}).map(([key, value]) => ({ key, value }));
        return { attributes: entries.filter(({ key }) => !wanted?.length || wanted.includes(key)) };
      },
    },
  };
}

/** ASCII, up to 100 characters, no line breaks or control characters, and not starting with a space. */
const isSubject = (text: string) => /^[\x21-\x7e][\x20-\x7e]{0,99}$/.test(text);
