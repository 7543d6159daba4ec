import type { AppRunnerClient } from '@aws-sdk/client-apprunner';
import { GetCommand } from '@aws-sdk/lib-dynamodb';
import type { Answer } from '../domain/answer.ts';
import type { LastRun, OpenQuestion, RunView } from '../domain/run-view.ts';
import { listServices } from '../profile-names.ts';
import { findService } from '../target/apprunner.ts';
import type { ApprovalQuestion } from './approval.ts';
import type { DeliveryQuestion } from './delivery.ts';
import { type Holder, lockHolder } from './lock.ts';
import { askedOf, type Question } from './questions.ts';
import { serviceKey, type Table } from './table.ts';

export { listServices };

export interface ServiceStatus {
  /** The run that has the service now. */
  readonly holder?: Holder;
  readonly last?: LastRun;
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

async function lastRun(table: Table, arn: string): Promise<LastRun | undefined> {
  const { Item } = await table.client.send(
    new GetCommand({ TableName: table.name, Key: serviceKey(arn, 'LAST'), ConsistentRead: true }),
  );
  if (!Item) return undefined;
  const { run, verdict, at, summary } = Item as LastRun;
  return { run, verdict, at, summary };
}

/** What the run asks people at this moment, and what they said when it asked last. */
export type Asked = Pick<RunView, 'question' | 'answered'>;

export async function askedBy(table: Table, run: string, now: Date): Promise<Asked> {
  const [approval, delivery] = await Promise.all([
    askedOf<ApprovalQuestion>(table, run, 'APPROVAL'),
    askedOf<DeliveryQuestion>(table, run, 'DELIVERY'),
  ]);
  const question = openOf(approval, delivery, now);
  const answered = {
    ...(approval?.answered && { approval: { ...asAnswer(approval.answered), planHash: approval.planHash } }),
    ...(delivery?.answered && { delivery: asAnswer(delivery.answered) }),
  };
  return { ...(question && { question }), ...(Object.keys(answered).length > 0 && { answered }) };
}

const asAnswer = ({ answer, by, at }: Answer): Answer => ({ answer, by, at });

type Maybe<T> = Question<T> | undefined;

function openOf(
  approval: Maybe<ApprovalQuestion>,
  delivery: Maybe<DeliveryQuestion>,
  now: Date,
): OpenQuestion | undefined {
  if (delivery && isOpen(delivery, now)) {
    const { ask, verify } = delivery.delivery;
    return { topic: 'delivery', ask, takesCode: verify !== undefined, expiresAt: delivery.expiresAt };
  }
  if (!approval || !isOpen(approval, now)) return undefined;
  const { planHash, requestedBy, expiresAt } = approval;
  return { topic: 'approval', planHash, requestedBy, expiresAt };
}

const isOpen = ({ answered, expiresAt }: Question<object>, now: Date): boolean =>
  !answered && expiresAt > now.toISOString();
