import type { AppRunnerClient } from '@aws-sdk/client-apprunner';
import { GetCommand } from '@aws-sdk/lib-dynamodb';
import { ApprovalRefused } from '../domain/errors.ts';
import type { OpenQuestion, ServiceView } from '../domain/run-view.ts';
import { listServices } from '../profile-names.ts';
import { findService } from '../target/apprunner.ts';
import type { ApprovalQuestion } from './approval.ts';
import type { DeliveryQuestion } from './delivery.ts';
import { type Holder, lockHolder } from './lock.ts';
import { type Question, readQuestion, type Topic } from './questions.ts';
import { serviceKey, type Table } from './table.ts';

export { listServices };

export interface ServiceStatus {
  /** The run that has the service now. */
  readonly holder?: Holder;
  readonly last?: NonNullable<ServiceView['last']>;
}

/** Who has the service, and how its last run ended. By its name only where App Runner may be asked for the ARN. */
export async function statusOf(
  { table, appRunner }: { readonly table: Table; readonly appRunner?: Pick<AppRunnerClient, 'send'> },
  service: string,
): Promise<ServiceStatus> {
  const arn = appRunner ? ((await findService(appRunner, service)).ServiceArn ?? service) : service;
  const [holder, last] = await Promise.all([lockHolder(table, arn), lastRun(table, arn)]);
  return {
    ...(holder && { holder: { run: holder.run, requestedBy: holder.requestedBy, since: holder.since } }),
    ...(last && { last }),
  };
}

async function lastRun(table: Table, arn: string): Promise<ServiceStatus['last']> {
  const { Item } = await table.client.send(
    new GetCommand({ TableName: table.name, Key: serviceKey(arn, 'LAST'), ConsistentRead: true }),
  );
  if (!Item) return undefined;
  const { run, verdict, at, summary } = Item as NonNullable<ServiceStatus['last']>;
  return { run, verdict, at, summary };
}

/** Undefined where nothing was asked, where it has been answered and where the time for it is over. */
async function open<T>(table: Table, run: string, topic: Topic, now: Date): Promise<Question<T> | undefined> {
  try {
    const question = await readQuestion<T>(table, run, topic);
    return question.answered || question.expiresAt <= now.toISOString() ? undefined : question;
  } catch (error) {
    if (error instanceof ApprovalRefused) return undefined;
    throw error;
  }
}

/** What the run asks people at this moment. */
export async function openQuestion(table: Table, run: string, now: Date): Promise<OpenQuestion | undefined> {
  const [approval, delivery] = await Promise.all([
    open<ApprovalQuestion>(table, run, 'APPROVAL', now),
    open<DeliveryQuestion>(table, run, 'DELIVERY', now),
  ]);
  if (delivery) {
    const { ask, verify } = delivery.delivery;
    return { topic: 'delivery', ask, takesCode: verify !== undefined, expiresAt: delivery.expiresAt };
  }
  if (!approval) return undefined;
  const { planHash, requestedBy, expiresAt } = approval;
  return { topic: 'approval', planHash, requestedBy, expiresAt };
}
