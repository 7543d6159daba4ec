import { userInfo } from 'node:os';
import { InvalidRequest, shown } from '../lib/domain/errors.ts';
import { guarded, type Io, NOT_WELL } from './io.ts';
import { type Operator, turnTo } from './operator.ts';
import { networkError } from './reached.ts';

const LONGEST_NAME = 128;

/** Whoever is logged in to this computer, where nothing else is said. */
export function whoAsks(by = userInfo().username): string {
  if (by.length >= 1 && by.length <= LONGEST_NAME) return by;
  throw new InvalidRequest(`--by: must be 1 to ${LONGEST_NAME} characters`);
}

/** A command to go on with, for the same account. */
export const command = (words: string, { region, profile }: Operator): string =>
  `reconnect ${words}${region ? ` --region ${region}` : ''}${profile ? ` --profile ${profile}` : ''}`;

/**
 * A command against the account that the operator's credentials are for. Ends with a sentence that says what to do, and
 * never with a stack: 2 where it could not begin, 1 where it was refused or broke off.
 */
export const operated = (io: Io, operator: Operator, run: () => Promise<number>, arn = ''): Promise<number> =>
  guarded(io, async () => {
    await turnTo(operator, arn);
    try {
      return await run();
    } catch (error) {
      if (!(error instanceof Error) || error.name === 'InvalidRequest') throw error;
      const why = notBegun(error);
      if (why) throw new InvalidRequest(why, { cause: error });
      io.err(`${brokeOff(error)}\n`);
      return NOT_WELL;
    }
  });

function notBegun(error: Error): string | undefined {
  const { name } = error;
  const message = shown(error);
  if (['RunNotFound', 'NameTaken', 'ServiceNotFound'].includes(name)) return message;
  if (/Credentials|Token|UnrecognizedClient|InvalidSignature/.test(name)) {
    return `AWS credentials: ${message}; log in as for the AWS CLI, or give --profile`;
  }
  if (/AccessDenied|NotAuthorized|Unauthorized/.test(name)) {
    return `these credentials may not do that: ${message}; docs/permissions.md says what the commands need`;
  }
  if (['ResourceNotFoundException', 'StateMachineDoesNotExist'].includes(name)) {
    return `reconnect is not deployed in this account and region, or not in this version (${message}); look at --region and --profile`;
  }
  const code = networkError(error);
  if (code) {
    return `AWS was not reached (${code}): look at the network, --region and AWS_ENDPOINT_URL, then try again`;
  }
  return undefined;
}

/** What kept a command from going on, and what to do about it. */
export const whyNot = (error: Error): string => notBegun(error) ?? brokeOff(error);

function brokeOff(error: Error): string {
  const { name } = error;
  const said = shown(error);
  if (name === 'ApprovalRefused') return `refused: ${said}`;
  if (name === 'RetryLater') return `${said}; try again in a minute`;
  return `${name}: ${said}; the log of the function says more`;
}
