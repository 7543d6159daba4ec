import { InvokeCommand, type LambdaClient } from '@aws-sdk/client-lambda';

type Client = Pick<LambdaClient, 'send'>;

/** Calls a door function of the deployment. Throws with the function's own sentence when it refuses. */
async function call(client: Client, functionName: string, payload: unknown): Promise<unknown> {
  const { Payload, FunctionError } = await client.send(
    new InvokeCommand({ FunctionName: functionName, Payload: Buffer.from(JSON.stringify(payload)) }),
  );
  const answer: unknown = JSON.parse(Buffer.from(Payload ?? []).toString() || 'null');
  if (!FunctionError) return answer;
  const { errorType = FunctionError, errorMessage = '' } = (answer ?? {}) as {
    errorType?: string;
    errorMessage?: string;
  };
  throw Object.assign(new Error(errorMessage), { name: errorType });
}

export interface Decision {
  readonly run: string;
  readonly decision: 'approve' | 'decline';
  readonly by: string;
  readonly planHash: string;
}

export interface DeliveryAnswer {
  readonly run: string;
  readonly delivered: boolean;
  readonly by: string;
  readonly code?: string;
}

export const answerApproval = (client: Client, decision: Decision) =>
  call(client, 'reconnect-answer-approval', decision);
export const answerDelivery = (client: Client, answer: DeliveryAnswer) =>
  call(client, 'reconnect-answer-delivery', answer);
