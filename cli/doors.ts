import { InvokeCommand, type LambdaClient } from '@aws-sdk/client-lambda';
import type { DeliveryProof } from '../lib/domain/proof.ts';
import type { RunView, ServiceView } from '../lib/domain/run-view.ts';

export type Client = Pick<LambdaClient, 'send'>;

/** Calls a door function of the deployment. Throws with the function's own sentence when it refuses. */
async function call(
  client: Client,
  functionName: string,
  payload: { readonly run?: string; readonly service?: string | undefined },
): Promise<unknown> {
  const { Payload, FunctionError } = await client.send(
    new InvokeCommand({ FunctionName: functionName, Payload: Buffer.from(JSON.stringify(payload)) }),
  );
  const answer: unknown = JSON.parse(Buffer.from(Payload ?? []).toString() || 'null');
  if (!FunctionError) return answer;
  const { errorType = FunctionError, errorMessage = '' } = (answer ?? {}) as {
    errorType?: string;
    errorMessage?: string;
  };
  throw Object.assign(new Error(errorMessage), {
    name: errorType,
    runs: payload.run === undefined ? [] : [payload.run],
  });
}

export interface Decision {
  readonly run: string;
  readonly decision: 'approve' | 'decline';
  readonly by: string;
  readonly planHash: string;
}

/** What a decision came to. */
export interface Decided {
  readonly run: string;
  readonly answer: string;
  readonly by: string;
  readonly at: string;
}

export interface DeliveryAnswer {
  readonly run: string;
  readonly delivered: boolean;
  readonly by: string;
  readonly code?: string;
}

export const answerApproval = async (client: Client, decision: Decision): Promise<Decided> =>
  (await call(client, 'reconnect-answer-approval', decision)) as Decided;
export const answerDelivery = async (client: Client, answer: DeliveryAnswer): Promise<DeliveryProof> =>
  (await call(client, 'reconnect-answer-delivery', answer)) as DeliveryProof;

/** Throws `RunNotFound` when nobody knows it. */
export const showRun = async (client: Client, run: string): Promise<RunView> =>
  (await call(client, 'reconnect-show-run', { run })) as RunView;

export const showServices = async (client: Client, service?: string): Promise<readonly ServiceView[]> =>
  ((await call(client, 'reconnect-show-services', { service })) as { services: ServiceView[] }).services;
