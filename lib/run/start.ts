import { type SFNClient, StartExecutionCommand } from '@aws-sdk/client-sfn';
import { canonicalJson } from '../domain/canonical.ts';
import { InvalidRequest, NameTaken } from '../domain/errors.ts';
import { executionArnOf, executionOf } from './executions.ts';

export interface Starter {
  readonly client: Pick<SFNClient, 'send'>;
  readonly stateMachineArn: string;
}

/** What Step Functions takes: https://docs.aws.amazon.com/step-functions/latest/dg/service-quotas.html */
const LARGEST_INPUT = 262_144;

const bytesOf = (value: unknown): number => Buffer.byteLength(canonicalJson(value));

/** Throws `InvalidRequest` that names the largest part of an input that Step Functions would not take. */
function assertFits(input: object): void {
  const bytes = bytesOf(input);
  if (bytes <= LARGEST_INPUT) return;
  const [[field, size] = ['input', bytes]] = Object.entries(input)
    .filter(([, value]) => value !== undefined)
    .map(([name, value]): [string, number] => [name, bytesOf(value)])
    .sort(([, a], [, b]) => b - a);
  throw new InvalidRequest(
    `${field}: too large: ${size} bytes of a request of ${bytes}, and Step Functions takes ${LARGEST_INPUT}`,
  );
}

/**
 * Starts an execution. Throws `InvalidRequest` for one that is too large. The same name again is calm: `isNew` is false, whether the first is running or over. A name may
 * have 80 characters of `0-9A-Za-z_-`. https://docs.aws.amazon.com/step-functions/latest/apireference/API_StartExecution.html
 */
export async function startRun(
  { client, stateMachineArn }: Starter,
  input: object,
  name?: string,
): Promise<{ readonly run: string; readonly executionArn: string; readonly isNew: boolean }> {
  assertFits(input);
  try {
    const { executionArn = '' } = await client.send(
      new StartExecutionCommand({ stateMachineArn, input: canonicalJson(input), ...(name && { name }) }),
    );
    return { run: executionArn.split(':').at(-1) ?? '', executionArn, isNew: true };
  } catch (error) {
    if (!name || !(error instanceof Error) || error.name !== 'ExecutionAlreadyExists') throw error;
    return { run: name, executionArn: executionArnOf(stateMachineArn, name), isNew: false };
  }
}

/** Where the name of a run comes from: a name, or a key that a name is made of and that alone its giver knows. */
export type NamedBy = 'name' | '--name' | 'Idempotency-Key';

/**
 * Starts a run under a name of the caller's. The same request under the same name is the same run, also when that is
 * over. Looks first, because Step Functions answers a second start of what still runs as if it were the first. Throws
 * `NameTaken` when it was another request.
 */
export async function startNamed(starter: Starter, input: object, name: string, by: NamedBy) {
  const { client, stateMachineArn } = starter;
  const before = await executionOf(client, stateMachineArn, name);
  const started = before
    ? { run: name, executionArn: executionArnOf(stateMachineArn, name), isNew: false }
    : await startRun(starter, input, name);
  if (started.isNew) return started;
  const execution = before ?? (await executionOf(client, stateMachineArn, name));
  if (execution?.input === undefined || execution.input === canonicalJson(input)) return started;
  throw by === 'Idempotency-Key'
    ? new NameTaken(`${by}: a run was started with this key and another request; choose another key`)
    : new NameTaken(`${by}: a run called ${name} was started with another request; choose another name`, {
        runs: [name],
      });
}
