import { LambdaClient } from '@aws-sdk/client-lambda';
import { SFNClient, StartExecutionCommand } from '@aws-sdk/client-sfn';
import { messageOf } from '../lib/domain/failure.ts';
import type { Report } from '../lib/domain/report.ts';
import type { Mode } from '../lib/domain/request.ts';
import { runTable } from '../lib/run/client.ts';
import { readReport } from '../lib/run/records.ts';
import { startSandbox } from '../sandbox/index.ts';
import { deployProduct } from '../sandbox/product.ts';
import { describeExecution, follow } from './follow.ts';
import { OnCall } from './on-call.ts';
import { Progress, type Say } from './progress.ts';

export interface DemoOptions {
  readonly scenario: string;
  readonly mode: Mode;
  readonly speed: number;
  readonly decline: boolean;
  readonly say: Say;
}

/** How a run ended: with its report, or with the error that kept it from having one. */
export type Ending =
  | { readonly report: Report }
  | { readonly report?: undefined; readonly error: string; readonly because: string };

const POLL_MS = 50;

/** Plays one scenario in a sandbox of its own, from the broken service to the report. */
export async function playDemo({ scenario, mode, speed, decline, say }: DemoOptions): Promise<Ending> {
  const sandbox = await startSandbox({ scenario, speed });
  const product = await deployProduct(sandbox);
  try {
    const client = new SFNClient({});
    const input = { service: Object.keys(sandbox.urls)[0], mode, requestedBy: 'demo' };
    const { executionArn = '' } = await client.send(
      new StartExecutionCommand({ stateMachineArn: product.stateMachineArn, input: JSON.stringify(input) }),
    );
    const progress = new Progress(say);
    const onCall = new OnCall({
      sandbox,
      lambda: new LambdaClient({}),
      decision: decline ? 'decline' : 'approve',
      say,
    });
    for await (const event of follow(client, executionArn, POLL_MS)) {
      progress.tell(event);
      void onCall.watch(event).catch((error: unknown) => say(`         ☎ could not answer: ${String(error)}`));
    }
    const ending = await endingOf(client, executionArn);
    // People are told off the path of the run: some of it is still on its way.
    await product.idle();
    return ending;
  } finally {
    product.stop();
    await sandbox.close();
  }
}

/** A run that failed has no output; where it got as far as a report, the report is in the table. */
async function endingOf(client: SFNClient, executionArn: string): Promise<Ending> {
  const { status, output, error = status ?? '', cause = '', name = '' } = await describeExecution(client, executionArn);
  if (status === 'SUCCEEDED' && output) return { report: JSON.parse(output) as Report };
  const report = await readReport(runTable(), name);
  return report ? { report } : { error, because: messageOf({ Error: error, Cause: cause }) };
}
