import { DescribeExecutionCommand, type SFNClient } from '@aws-sdk/client-sfn';

/** How an execution of that machine stands; undefined for one that Step Functions does not know (any more: 90 days). */
export async function statusOf(
  client: Pick<SFNClient, 'send'>,
  stateMachineArn: string,
  run: string,
): Promise<string | undefined> {
  const executionArn = `${stateMachineArn.replace(':stateMachine:', ':execution:')}:${run}`;
  try {
    return (await client.send(new DescribeExecutionCommand({ executionArn }))).status;
  } catch (error) {
    if (error instanceof Error && error.name === 'ExecutionDoesNotExist') return undefined;
    throw error;
  }
}
