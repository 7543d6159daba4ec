import { SendTaskSuccessCommand, type SFNClient } from '@aws-sdk/client-sfn';
import { ApprovalRefused } from '../domain/errors.ts';

const NO_LONGER_WAITS = ['TaskTimedOut', 'TaskDoesNotExist', 'InvalidToken'];

/** Wakes the run that waits under this token. Throws `ApprovalRefused` when it waits no more. */
export async function wake(client: Pick<SFNClient, 'send'>, token: string, output: unknown): Promise<void> {
  try {
    await client.send(new SendTaskSuccessCommand({ taskToken: token, output: JSON.stringify(output) }));
  } catch (error) {
    if (!(error instanceof Error) || !NO_LONGER_WAITS.includes(error.name)) throw error;
    throw new ApprovalRefused('the run no longer waits for this answer: it has gone on, ended or was stopped', {
      cause: error,
    });
  }
}
