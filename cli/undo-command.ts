import { userInfo } from 'node:os';
import { styleText } from 'node:util';
import { ListStateMachinesCommand, type SFNClient, StartExecutionCommand } from '@aws-sdk/client-sfn';
import { stepFunctions } from '../lib/aws.ts';
import { InvalidRequest } from '../lib/domain/errors.ts';
import { messageOf } from '../lib/domain/failure.ts';
import { CALM_VERDICTS, type Report } from '../lib/domain/report.ts';
import { describeExecution, follow } from './follow.ts';
import { DONE, guarded, type Io, NOT_WELL } from './io.ts';
import { type Operator, turnTo } from './operator.ts';
import { Progress } from './progress.ts';

export interface UndoFlags extends Operator {
  readonly by?: string;
  readonly reason?: string;
  readonly json?: true;
}

const MACHINE = 'undo';
const LOOK_EVERY_MS = 2000;

/** Takes back what a finished run of this account changed. 0: everything is back; 1: it is not; 2: not begun. */
export const undoCommand = (run: string, flags: UndoFlags, io: Io, lookEveryMs = LOOK_EVERY_MS): Promise<number> =>
  guarded(io, async () => {
    await turnTo(flags);
    const client = stepFunctions();
    const input = { run, requestedBy: flags.by ?? userInfo().username, ...(flags.reason && { reason: flags.reason }) };
    const { executionArn = '' } = await client.send(
      new StartExecutionCommand({ stateMachineArn: await findMachine(client), input: JSON.stringify(input) }),
    );
    const progress = new Progress(flags.json ? () => {} : (line) => io.out(`${line}\n`));
    for await (const event of follow(client, executionArn, lookEveryMs)) progress.tell(event);
    return conclude(await describeExecution(client, executionArn), flags, io);
  });

/** The state machine of the deployment in this account and region. */
async function findMachine(client: Pick<SFNClient, 'send'>): Promise<string> {
  let nextToken: string | undefined;
  try {
    do {
      const page: { stateMachines?: { name?: string; stateMachineArn?: string }[]; nextToken?: string } =
        await client.send(new ListStateMachinesCommand({ maxResults: 100, nextToken }));
      const found = page.stateMachines?.find(({ name }) => name === MACHINE)?.stateMachineArn;
      if (found) return found;
      nextToken = page.nextToken;
    } while (nextToken);
  } catch (error) {
    const name = error instanceof Error ? error.name : 'an error';
    throw new InvalidRequest(
      `Step Functions was not asked (${name}): log in as for the AWS CLI, or give --profile; states:ListStateMachines and states:StartExecution are needed`,
      { cause: error },
    );
  }
  throw new InvalidRequest(`no state machine ${MACHINE} in this account and region: is reconnect deployed here?`);
}

type Ended = Awaited<ReturnType<typeof describeExecution>>;

function conclude({ output, status, error = String(status), cause = '' }: Ended, { json }: UndoFlags, io: Io): number {
  const report = output ? (JSON.parse(output) as Report) : undefined;
  if (!report) {
    const because = messageOf({ Error: error, Cause: cause });
    if (error === 'InvalidRequest') throw new InvalidRequest(because);
    io.err(`${error}: ${because}\n`);
    return NOT_WELL;
  }
  const calm = CALM_VERDICTS.includes(report.verdict);
  if (json) io.out(`${JSON.stringify(report, null, 2)}\n`);
  else {
    io.out(`\n  ${styleText(calm ? 'green' : 'red', report.verdict)}  ${report.summary}\n`);
    for (const { undo, state } of report.changes) io.out(`    ${state}: ${undo}\n`);
    for (const next of report.nextSteps) io.out(`    → ${next}\n`);
  }
  return calm ? DONE : NOT_WELL;
}
