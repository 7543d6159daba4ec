import { DescribeExecutionCommand, type SFNClient } from '@aws-sdk/client-sfn';
import { InvalidRequest } from '../domain/errors.ts';
import { setting } from '../settings.ts';
import { readPlace } from './place.ts';
import type { Table } from './table.ts';

interface Around {
  readonly table: Table;
  readonly stepFunctions: () => Pick<SFNClient, 'send'>;
}

/**
 * A run that died wrote no report: Step Functions knows whether it is over, the table which service it had. Throws
 * `InvalidRequest` for a run that is unknown or goes on.
 */
export async function readDeadRun(
  { table, stepFunctions }: Around,
  run: string,
): Promise<{ service: string; serviceArn: string }> {
  const place = await readPlace(table, run);
  const status = place && (await statusOf(stepFunctions(), run));
  if (!place || !status) throw new InvalidRequest(`run: nobody knows a run called ${run}`, { runs: [run] });
  if (status === 'RUNNING')
    throw new InvalidRequest(
      `run: run ${run} has not ended: until then it takes its own changes back, when it is told no`,
      { runs: [run] },
    );
  return place;
}

/** Undefined for one that Step Functions does not know (any more: 90 days). */
async function statusOf(client: Pick<SFNClient, 'send'>, run: string): Promise<string | undefined> {
  const machine = setting('RECONNECT_STATE_MACHINE_ARN');
  const executionArn = `${machine.replace(':stateMachine:', ':execution:')}:${run}`;
  try {
    return (await client.send(new DescribeExecutionCommand({ executionArn }))).status;
  } catch (error) {
    if (error instanceof Error && error.name === 'ExecutionDoesNotExist') return undefined;
    throw error;
  }
}
