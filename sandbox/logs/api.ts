import type { DescribeLogGroupsRequest, FilterLogEventsRequest } from '@aws-sdk/client-cloudwatch-logs';
import type { Account, LogEvent } from '../account.ts';
import type { Api } from '../http/api.ts';
import { AwsError } from '../http/errors.ts';
import type { Model } from '../http/model.ts';
import { invalidToken, page, questionOf } from '../http/paging.ts';
import model from '../models/logs.json' with { type: 'json' };
import { matcherOf } from './pattern.ts';

const MOST_EVENTS = 10_000;
/**
 * "may return an empty result set with a token": a call looks at so many events and no more.
 * https://docs.aws.amazon.com/AmazonCloudWatchLogs/latest/APIReference/API_FilterLogEvents.html
 */
const LOOKED_AT_PER_CALL = 50;

/** https://docs.aws.amazon.com/AmazonCloudWatchLogs/latest/APIReference/ */
export function logsApi(account: Account): Api {
  return {
    model: model as unknown as Model,
    codes: {
      type: 'SerializationException',
      missing: 'InvalidParameterException',
      constraint: 'InvalidParameterException',
    },
    operations: {
      DescribeLogGroups: (input: DescribeLogGroupsRequest) => {
        const { logGroupNamePrefix: prefix = '', logGroupNamePattern: part = '', limit = 50, nextToken } = input;
        if (prefix && part)
          throw invalidParameter('LogGroup name prefix and LogGroup name pattern are mutually exclusive parameters.');
        const groups = Object.entries(account.logs)
          .filter(([name]) => name.startsWith(prefix) && name.toLowerCase().includes(part.toLowerCase()))
          .sort(([a], [b]) => (a < b ? -1 : 1))
          .map(([logGroupName, events]) => ({
            logGroupName,
            arn: `arn:aws:logs:${account.region}:${account.id}:log-group:${logGroupName}:*`,
            metricFilterCount: 0,
            storedBytes: events.reduce((sum, { message }) => sum + message.length + 26, 0),
          }));
        const question = questionOf('DescribeLogGroups', { ...input });
        const { items, next } = page(groups, { size: limit, token: nextToken, question, invalid: badToken });
        return { logGroups: items, nextToken: next };
      },
      FilterLogEvents: (input: FilterLogEventsRequest) => filterLogEvents(account, input),
    },
  };
}

const invalidParameter = (message: string) => new AwsError('InvalidParameterException', message);
const badToken = invalidToken('InvalidParameterException', 'The specified nextToken is invalid.');

function filterLogEvents(account: Account, input: FilterLogEventsRequest): object {
  const { startTime, endTime, logStreamNames, logStreamNamePrefix, nextToken, limit = MOST_EVENTS } = input;
  const events = eventsOf(account, input);
  if (startTime !== undefined && endTime !== undefined && startTime > endTime) {
    throw invalidParameter('startTime must not be after endTime');
  }
  if (logStreamNames && logStreamNamePrefix)
    throw invalidParameter('logStreamNames and logStreamNamePrefix exclude each other');
  const matches = matcherOf(input.filterPattern);
  const searched = events
    .filter(({ timestamp }) => timestamp >= (startTime ?? 0) && timestamp <= (endTime ?? Number.POSITIVE_INFINITY))
    .filter(({ stream }) => logStreamNames?.includes(stream) ?? stream.startsWith(logStreamNamePrefix ?? ''))
    .map((event, index) => ({
      ...event,
      eventId: `${event.timestamp}`.padEnd(50, '0') + String(index).padStart(6, '0'),
    }))
    .sort((a, b) => a.timestamp - b.timestamp);
  const question = questionOf('FilterLogEvents', { ...input });
  const { items, next } = page(searched, {
    size: Math.min(limit, LOOKED_AT_PER_CALL),
    token: nextToken,
    question,
    invalid: badToken,
  });
  return {
    events: items
      .filter(({ message }) => matches(message))
      .map(({ timestamp, message, stream, eventId }) => ({
        logStreamName: stream,
        timestamp,
        message,
        ingestionTime: timestamp,
        eventId,
      })),
    searchedLogStreams: [],
    nextToken: next,
  };
}

function eventsOf(account: Account, { logGroupName, logGroupIdentifier }: FilterLogEventsRequest): LogEvent[] {
  if ((logGroupName === undefined) === (logGroupIdentifier === undefined)) {
    throw invalidParameter('Exactly one of logGroupName and logGroupIdentifier must be specified');
  }
  const name = logGroupName ?? logGroupIdentifier?.replace(/^arn:aws:logs:[^:]+:\d+:log-group:/, '') ?? '';
  const events = account.logs[name];
  if (!events) throw new AwsError('ResourceNotFoundException', 'The specified log group does not exist.');
  return events;
}
