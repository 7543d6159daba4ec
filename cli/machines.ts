import { ListStateMachinesCommand, type ListStateMachinesCommandOutput, type SFNClient } from '@aws-sdk/client-sfn';
import { InvalidRequest } from '../lib/domain/errors.ts';
import { executionOf } from '../lib/run/executions.ts';

export type MachineName = 'reconnect' | 'undo';
type Client = Pick<SFNClient, 'send'>;

const known = new WeakMap<Client, Promise<ReadonlyMap<string, string>>>();

/** The state machine of the deployment in this account and region. */
export async function findMachine(client: Client, name: MachineName): Promise<string> {
  const found = known.get(client) ?? list(client);
  known.set(client, found);
  const arn = (await found).get(name);
  if (arn) return arn;
  throw new InvalidRequest(
    `no state machine ${name} in this account and region: is reconnect deployed here? Look at --region and --profile`,
  );
}

async function list(client: Client): Promise<ReadonlyMap<string, string>> {
  const arns = new Map<string, string>();
  let nextToken: string | undefined;
  try {
    do {
      const page: ListStateMachinesCommandOutput = await client.send(
        new ListStateMachinesCommand({ maxResults: 100, nextToken }),
      );
      for (const { name = '', stateMachineArn = '' } of page.stateMachines ?? []) arns.set(name, stateMachineArn);
      nextToken = page.nextToken;
    } while (nextToken);
  } catch (error) {
    if (!(error instanceof Error) || !/AccessDenied|NotAuthorized|Unauthorized/.test(error.name)) throw error;
    throw new InvalidRequest(
      'these credentials may not look for the state machine: states:ListStateMachines is needed, or --state-machine with its ARN',
      { cause: error },
    );
  }
  return arns;
}

/** The execution of a run, whichever machine it is of. A run may be given by the ARN of its execution. */
export async function findExecution(client: Client, run: string, stateMachineArn?: string): Promise<string> {
  if (/^arn:aws[a-z-]*:states:[^:]+:\d{12}:execution:[^:]+:[^:]+$/.test(run)) return run;
  if (!/^[0-9A-Za-z_-]{1,80}$/.test(run)) throw new InvalidRequest('run: must be the name of a run, or its ARN');
  const machines = stateMachineArn
    ? [stateMachineArn]
    : [await findMachine(client, 'reconnect'), await findMachine(client, 'undo')];
  for (const machine of machines) {
    const { executionArn } = (await executionOf(client, machine, run)) ?? {};
    if (executionArn) return executionArn;
  }
  throw new InvalidRequest(`run: nobody knows a run called ${run} here; reconnect status shows what is going on`);
}

export const nameOf = (run: string): string => run.split(':').at(-1) ?? run;
