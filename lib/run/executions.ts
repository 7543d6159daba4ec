import { DescribeExecutionCommand, type DescribeExecutionCommandOutput, type SFNClient } from '@aws-sdk/client-sfn';

/** The ARN of an execution by the names of its machine and of itself. */
export const executionArnOf = (stateMachineArn: string, name: string): string =>
  `${stateMachineArn.replace(':stateMachine:', ':execution:')}:${name}`;

/** Undefined when there is none of this name. */
export async function executionOf(
  client: Pick<SFNClient, 'send'>,
  stateMachineArn: string,
  name: string,
): Promise<DescribeExecutionCommandOutput | undefined> {
  try {
    return await client.send(new DescribeExecutionCommand({ executionArn: executionArnOf(stateMachineArn, name) }));
  } catch (error) {
    if (error instanceof Error && ['ExecutionDoesNotExist', 'InvalidArn'].includes(error.name)) return undefined;
    throw error;
  }
}
