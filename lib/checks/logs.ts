import {
  type CloudWatchLogsClient,
  type FilteredLogEvent,
  FilterLogEventsCommand,
} from '@aws-sdk/client-cloudwatch-logs';
import type { Finding } from '../domain/finding.ts';
import { redactStart } from '../domain/redact.ts';
import type { ServiceRef } from '../domain/service.ts';
import { isPassing } from '../step.ts';
import { SIGNS, type Sign } from './log-signs.ts';

type Client = Pick<CloudWatchLogsClient, 'send'>;

export interface Window {
  readonly from: Date;
  readonly to: Date;
}

/** Pages may be empty and still go on: CloudWatch answers with what it found in the time it gives itself. */
const PAGES = 100;
const LINE = 300;

/** `?"a" ?"b"`: lines that contain any. https://docs.aws.amazon.com/AmazonCloudWatch/latest/logs/FilterAndPatternSyntax.html */
const anyOf = (terms: readonly string[]) => terms.map((term) => `?"${term.replace(/["\\]/g, '\\$&')}"`).join(' ');

const SIGN_TERMS = SIGNS.flatMap(({ terms }) => terms);

/** Reads the lines that carry a sign, page by page; stops at a limit and says so. */
export async function collectLines(
  client: Client,
  logGroup: string,
  window: Window,
  terms: readonly string[] = SIGN_TERMS,
) {
  const lines: FilteredLogEvent[] = [];
  let nextToken: string | undefined;
  for (let page = 0; page < PAGES; page++) {
    const answer = await client.send(
      new FilterLogEventsCommand({
        logGroupName: logGroup,
        startTime: window.from.getTime(),
        endTime: window.to.getTime(),
        filterPattern: anyOf(terms),
        limit: 1000,
        nextToken,
      }),
    );
    lines.push(...(answer.events ?? []));
    nextToken = answer.nextToken;
    if (!nextToken) return { lines, complete: true };
  }
  return { lines, complete: false };
}

/** The same for a group that App Runner makes only once it has something to write. */
export async function collectLinesIfThere(client: Client, logGroup: string, window: Window, terms = SIGN_TERMS) {
  try {
    return await collectLines(client, logGroup, window, terms);
  } catch (error) {
    if (error instanceof Error && error.name === 'ResourceNotFoundException') return { lines: [], complete: true };
    throw error;
  }
}

/**
 * What the service log says went wrong since `from`: the last few lines that speak of failure, redacted. That a
 * deployment failed is known without it.
 */
export async function readReasons(
  client: Client,
  service: Pick<ServiceRef, 'name' | 'id'>,
  from: Date,
  to: Date,
): Promise<string[]> {
  const logGroup = `/aws/apprunner/${service.name}/${service.id}/service`;
  try {
    const { lines } = await collectLinesIfThere(client, logGroup, { from, to }, FAILURE_TERMS);
    return lines.slice(-3).map(quote);
  } catch (error) {
    if (!(error instanceof Error) || isPassing(error)) throw error;
    return [`the service log could not be read (${error.name})`];
  }
}

const FAILURE_TERMS = ['fail', 'Fail', 'error', 'Error', 'unhealthy', 'rolled back', 'Rolled back', 'roll back'];

const quote = ({ timestamp = 0, message = '' }: FilteredLogEvent): string =>
  `${new Date(timestamp).toISOString()} ${redactStart(message, LINE)}`;

/** One finding per sign that was seen, with redacted evidence: how often, first and last line with their times. */
export function readSigns(lines: readonly FilteredLogEvent[], complete: boolean): Finding[] {
  const findings = SIGNS.flatMap((sign) => {
    const seen = lines.filter(({ message }) => message && sign.pattern.test(message));
    return seen.length > 0 ? [finding(sign, seen, complete)] : [];
  });
  return findings.length > 0 ? findings : [quiet(complete)];
}

function finding(sign: Sign, seen: readonly FilteredLogEvent[], complete: boolean): Finding {
  const ordered = seen.toSorted((a, b) => (a.timestamp ?? 0) - (b.timestamp ?? 0));
  const ends = ordered.length > 1 ? [ordered.at(0), ordered.at(-1)] : ordered.slice(0, 1);
  const count = `${seen.length} ${seen.length === 1 ? 'time' : 'times'}${complete ? '' : ' at least (stopped reading at the limit)'}`;
  return {
    id: `logs:${sign.name}`,
    check: 'logs',
    subject: sign.name,
    status: sign.good ? 'ok' : 'broken',
    ...(sign.cause && { cause: sign.cause }),
    because: `${sign.means}: ${count}`,
    evidence: ends.map((line) => quote(line ?? {})),
  };
}

const quiet = (complete: boolean): Finding => ({
  id: 'logs:signs',
  check: 'logs',
  subject: 'signs',
  status: complete ? 'ok' : 'unknown',
  because: complete ? 'no known sign of trouble in the log' : 'the log was too long to be read to its end',
  evidence: [],
});
