import type { DynamoDBDocumentClient } from '@aws-sdk/lib-dynamodb';

/** The one table of the product: `pk` says whose, `sk` says what. */
export interface Table {
  readonly client: Pick<DynamoDBDocumentClient, 'send'>;
  readonly name: string;
}

export const runKey = (run: string, what: string) => ({ pk: `RUN#${run}`, sk: what });
export const serviceKey = (serviceArn: string, what: string) => ({ pk: `SERVICE#${serviceArn}`, sk: what });

/** Whether a conditional write took effect: false when its condition does not hold. */
export async function tookEffect(write: Promise<unknown>): Promise<boolean> {
  try {
    await write;
    return true;
  } catch (error) {
    if (isConditionFailed(error)) return false;
    throw error;
  }
}

export const isConditionFailed = (error: unknown): boolean =>
  error instanceof Error && error.name === 'ConditionalCheckFailedException';
