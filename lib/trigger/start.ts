import type { AppRunnerClient } from '@aws-sdk/client-apprunner';
import type { SSMClient } from '@aws-sdk/client-ssm';
import { ProfileNotFound, ServiceNotFound } from '../domain/errors.ts';
import type { Operation } from '../domain/service.ts';
import { readProfile } from '../profiles.ts';
import { lockHolder } from '../run/lock.ts';
import { generatedName } from '../run/names.ts';
import { runBehind } from '../run/operations.ts';
import { type Starter, startRun } from '../run/start.ts';
import type { Table } from '../run/table.ts';
import { findService, recentOperations } from '../target/apprunner.ts';
import type { Trigger } from './event.ts';

export interface Around {
  readonly appRunner: Pick<AppRunnerClient, 'send'>;
  readonly ssm: Pick<SSMClient, 'send'>;
  readonly table: Table;
  readonly starter: Starter;
}

export interface Answer {
  readonly started: boolean;
  readonly run?: string;
  readonly because: string;
}

const not = (because: string): Answer => ({ started: false, because });

/** Starts one run of mode `plan` for what happened, however often it is told; nothing for what is none of our business. */
export async function startFor(trigger: Trigger, around: Around): Promise<Answer> {
  const { appRunner, table } = around;
  const service = await known(trigger, around);
  if (!service) return not(`${trigger.service} is not there, or has no profile`);
  const operation = failedOne(trigger, await recentOperations(appRunner, service.arn));
  const behind = operation && (await runBehind(table, service.arn, operation.id));
  if (behind) return not(`operation ${operation.id} is of run ${behind}, which looks after it itself`);
  const holder = await lockHolder(table, service.arn);
  if (holder) return not(`run ${holder.run} has ${service.name} already`);
  const name = generatedName('event', [service.arn, operation?.id ?? trigger.key]);
  const reason = operation ? `${trigger.what}: operation ${operation.id}` : trigger.what;
  const request = { service: service.arn, mode: 'plan', requestedBy: 'eventbridge', reason };
  const { run, isNew } = await startRun(around.starter, request, name);
  return { started: isNew, run, because: isNew ? reason : `run ${run} has been started for this before` };
}

async function known({ service }: Trigger, { appRunner, ssm }: Around) {
  try {
    const { ServiceArn: arn = '', ServiceName: name = '' } = await findService(appRunner, service);
    await readProfile(ssm, name);
    return { arn, name };
  } catch (error) {
    if (error instanceof ServiceNotFound || error instanceof ProfileNotFound) return undefined;
    throw error;
  }
}

/**
 * The operation that the event is about: the newest of its kind that began before it, because a service has one at a
 * time. So an event that comes late, or again, is not taken for news of a later operation.
 */
export function failedOne({ operationType, at }: Trigger, operations: readonly Operation[]): Operation | undefined {
  if (!operationType) return undefined;
  const ofKind = operations.filter(({ type }) => type === operationType);
  if (!at) return ofKind.find(({ state }) => state === 'failed' || state === 'rolled-back');
  return ofKind.find(({ startedAt }) => startedAt !== undefined && startedAt <= at);
}
