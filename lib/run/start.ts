import { type SFNClient, StartExecutionCommand } from '@aws-sdk/client-sfn';
import { canonicalJson } from '../domain/canonical.ts';

export interface Starter {
  readonly client: Pick<SFNClient, 'send'>;
  readonly stateMachineArn: string;
}

/**
 * Starts an execution. The same name again is calm: `isNew` is false, whether the first is running or over. A name may
 * have 80 characters of `0-9A-Za-z_-`. https://docs.aws.amazon.com/step-functions/latest/apireference/API_StartExecution.html
 */
export async function startRun(
  { client, stateMachineArn }: Starter,
  input: object,
  name?: string,
): Promise<{ readonly run: string; readonly executionArn: string; readonly isNew: boolean }> {
  const executionArnOf = (run: string) => `${stateMachineArn.replace(':stateMachine:', ':execution:')}:${run}`;
  try {
    const { executionArn = '' } = await client.send(
      new StartExecutionCommand({ stateMachineArn, input: canonicalJson(input), ...(name && { name }) }),
    );
    return { run: executionArn.split(':').at(-1) ?? '', executionArn, isNew: true };
  } catch (error) {
    if (!name || !(error instanceof Error) || error.name !== 'ExecutionAlreadyExists') throw error;
    return { run: name, executionArn: executionArnOf(name), isNew: false };
  }
}
