import { Logger } from '@aws-lambda-powertools/logger';
import middy from '@middy/core';
import type { Context } from 'aws-lambda';
import * as z from 'zod/mini';
import { InvalidRequest, RetryLater, shown } from './domain/errors.ts';
import { shorten } from './domain/size.ts';
import { wording } from './wording.ts';

z.config({ localeError: wording });

/** One logger for all functions. Nothing logs an event: it may hold what must not be read. */
export const logger = new Logger({ serviceName: 'reconnect' });

/** Throttling and failures of AWS itself: the SDK gave up, the machine does not yet. */
const PASSING =
  /Throttl|TooManyRequests|RequestLimitExceeded|ServiceUnavailable|InternalServiceError|InternalServerError|InternalFailure|ProvisionedThroughputExceeded|TimeoutError|ECONNRESET/;

/** Services name their own failures differently, and the SDK calls every error of EC2 one of the client's. */
const isOfAws = (error: Error): boolean => {
  const { $metadata: { httpStatusCode = 0 } = {} } = error as { $metadata?: { httpStatusCode?: number } };
  return httpStatusCode >= 500;
};

/** Names are the sender's, as long and as many as they like. */
const [LONGEST_NAME, MOST_ISSUES] = [80, 20];
const short = (name: PropertyKey): string => shorten(String(name), LONGEST_NAME);

/** Says which field is wrong and what is allowed; never the value that was given. */
export function explain({ issues }: Pick<z.core.$ZodError, 'issues'>): string {
  const lines = issues.slice(0, MOST_ISSUES).map((issue) => {
    const path = issue.path.map(short).join('.') || 'input';
    if (issue.code !== 'unrecognized_keys') return `${path}: ${problemOf(issue)}`;
    return `${path}: unknown ${issue.keys
      .slice(0, MOST_ISSUES)
      .map((key) => JSON.stringify(short(key)))
      .join(', ')}`;
  });
  const more = issues.length - lines.length;
  return [...lines, ...(more > 0 ? [`and ${more} more`] : [])].join('; ');
}

/** A key of a record that is wrong says itself what keys may be. */
export const problemOf = (issue: z.core.$ZodIssue): string =>
  issue.code === 'invalid_key' ? (issue.issues[0]?.message ?? issue.message) : issue.message;

/** Parses strictly. Throws `InvalidRequest` that names each wrong field. */
export function parse<S extends z.core.$ZodType>(schema: S, value: unknown): z.output<S> {
  const result = z.safeParse(schema, value);
  if (result.success) return result.data;
  throw new InvalidRequest(explain(result.error), { cause: result.error });
}

/** Whether the same call is worth another try in a moment. */
export const isPassing = (error: Error): boolean =>
  isOfAws(error) || PASSING.test(error.name) || ('code' in error && PASSING.test(String(error.code)));

/** It is carried in the document of the run. */
const LONGEST_MESSAGE = 2000;

function mapError(error: unknown): Error {
  if (!(error instanceof Error)) return new Error('the function threw something that is no error');
  const mapped = isPassing(error)
    ? new RetryLater(`AWS is busy (${error.name}): ${error.message}`, { cause: error })
    : error;
  mapped.message = shorten(shown(mapped), LONGEST_MESSAGE);
  mapped.stack = [`${mapped.name}: ${mapped.message}`, ...framesOf(mapped)].join('\n');
  return mapped;
}

/** Lambda answers with the stack too, which begins with the message as it was thrown. */
const framesOf = ({ stack = '' }: Error): string[] => stack.split('\n').filter((line) => /^ {4}at /.test(line));

/**
 * What every handler wears: parses the input strictly (unknown keys are refused with `InvalidRequest`), runs one
 * verb, maps errors to the names that the state machine matches on. The result must be plain JSON.
 */
export function step<S extends z.core.$ZodType, R>(
  input: S,
  run: (input: z.output<S>, context: Context) => Promise<R>,
) {
  return middy<unknown, R, Error, Context>()
    .before(({ context }) => logger.addContext(context))
    .onError((request) => {
      const error = mapError(request.error);
      logger.error('step failed', { error: { name: error.name, message: error.message } });
      request.error = error;
    })
    .handler(async (event, context) => run(parse(input, event), context));
}
