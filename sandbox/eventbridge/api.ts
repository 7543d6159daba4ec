import type { PutEventsRequest, PutEventsRequestEntry } from '@aws-sdk/client-eventbridge';
import type { Account } from '../account.ts';
import type { Api } from '../http/api.ts';
import type { Model } from '../http/model.ts';
import model from '../models/events.json' with { type: 'json' };
import type { EventBus } from './bus.ts';

/** Of all entries together, each counted as AWS counts: https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-putevents.html */
const MOST_BYTES = 262_144;
const BYTES_OF_A_TIME = 14;

/** PutEvents: https://docs.aws.amazon.com/eventbridge/latest/APIReference/API_PutEvents.html */
export function eventBridgeApi(account: Account, bus: EventBus): Api {
  return {
    model: model as unknown as Model,
    codes: { type: 'SerializationException', missing: 'ValidationException', constraint: 'ValidationException' },
    operations: {
      PutEvents: ({ Entries = [] }: PutEventsRequest) => {
        const total = Entries.reduce((sum, entry) => sum + sizeOf(entry), 0);
        const Answers = Entries.map((entry) => {
          const refused = total > MOST_BYTES ? tooLarge(total) : refusal(account, entry);
          return refused ?? { EventId: send(bus, entry).id };
        });
        return { Entries: Answers, FailedEntryCount: Answers.filter((one) => 'ErrorCode' in one).length };
      },
    },
  };
}

const bytes = (text = '') => Buffer.byteLength(text);

const sizeOf = ({ Time, Source, DetailType, Detail, Resources = [] }: PutEventsRequestEntry) =>
  (Time ? BYTES_OF_A_TIME : 0) + [Source, DetailType, Detail, ...Resources].reduce((sum, text) => sum + bytes(text), 0);

const refuse = (ErrorCode: string, ErrorMessage: string) => ({ ErrorCode, ErrorMessage });

const tooLarge = (total: number) =>
  refuse('ValidationException', `Total size of the entries in the request is over the limit: ${total} bytes.`);

function refusal({ id, region }: Account, entry: PutEventsRequestEntry) {
  const { Source, DetailType, Detail, EventBusName = 'default' } = entry;
  for (const [name, value] of Object.entries({ Source, DetailType, Detail })) {
    if (!value)
      return refuse('InvalidArgument', `Parameter ${name} is not valid. Reason: ${name} is a required argument.`);
  }
  if (Source?.startsWith('aws.')) {
    return refuse('NotAuthorizedForSourceException', 'Not authorized for the source.');
  }
  if (!isJsonObject(Detail)) return refuse('MalformedDetail', 'Detail is malformed.');
  if (!['default', `arn:aws:events:${region}:${id}:event-bus/default`].includes(EventBusName)) {
    return refuse('ResourceNotFoundException', `Event bus ${EventBusName} does not exist.`);
  }
  return undefined;
}

function isJsonObject(text = ''): boolean {
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === 'object' && value !== null && !Array.isArray(value);
  } catch {
    return false;
  }
}

const send = (bus: EventBus, { Source = '', DetailType = '', Detail = '{}', Resources = [] }: PutEventsRequestEntry) =>
  bus.send({ source: Source, 'detail-type': DetailType, detail: JSON.parse(Detail), resources: Resources });
