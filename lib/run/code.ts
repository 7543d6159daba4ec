import { UpdateCommand } from '@aws-sdk/lib-dynamodb';
import { sendProbe } from '../checks/probes.ts';
import type { Clock } from '../clock.ts';
import type { ProbeResult } from '../domain/diagnosis.ts';
import { ApprovalRefused } from '../domain/errors.ts';
import type { Probe } from '../domain/profile.ts';
import { assertOpen, type Kept, readQuestion } from './questions.ts';
import { runKey, type Table, tookEffect } from './table.ts';

type Door = Parameters<typeof sendProbe>[1];

export interface Trial {
  readonly table: Table;
  readonly run: string;
  /** The question that the code is an answer to. */
  readonly id: string;
  readonly answer: Kept;
  readonly clock: Pick<Clock, 'now'>;
}

/**
 * Tries a one-time code, once for each question: the provider takes it once, and whoever came second would hear that it
 * is wrong. Undefined when the same was answered meanwhile. Throws `ApprovalRefused` for whoever is not the first.
 */
export async function tryCode(trial: Trial, verify: Probe, door: Door): Promise<ProbeResult | undefined> {
  if (!(await claim(trial))) return whenTaken(trial);
  try {
    return await sendProbe(verify, door);
  } catch (error) {
    // It throws only before the code has left.
    await drop(trial);
    throw error;
  }
}

async function whenTaken({ table, run, answer }: Trial): Promise<undefined> {
  const question = await readQuestion<object>(table, run, 'DELIVERY');
  assertOpen(question, answer);
  if (question.answered) return undefined;
  throw new ApprovalRefused(
    'code: somebody is trying a code at this moment, or what came of it got lost, and a code is tried only once: if the run still asks in two minutes, answer without a code',
  );
}

async function claim({ table, run, id, clock }: Trial): Promise<boolean> {
  return tookEffect(
    table.client.send(
      new UpdateCommand({
        TableName: table.name,
        Key: runKey(run, 'DELIVERY'),
        UpdateExpression: 'SET codeTriedAt = :now',
        ConditionExpression: '#id = :id AND attribute_not_exists(answered) AND attribute_not_exists(codeTriedAt)',
        ExpressionAttributeNames: { '#id': 'id' },
        ExpressionAttributeValues: { ':id': id, ':now': clock.now().toISOString() },
      }),
    ),
  );
}

const drop = ({ table, run, id }: Trial) =>
  table.client.send(
    new UpdateCommand({
      TableName: table.name,
      Key: runKey(run, 'DELIVERY'),
      UpdateExpression: 'REMOVE codeTriedAt',
      ConditionExpression: '#id = :id',
      ExpressionAttributeNames: { '#id': 'id' },
      ExpressionAttributeValues: { ':id': id },
    }),
  );
