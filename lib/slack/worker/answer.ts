import { InvokeCommand, type LambdaClient } from '@aws-sdk/client-lambda';
import { ApprovalRefused, RetryLater } from '../../domain/errors.ts';
import type { ApprovalQuestion } from '../../run/approval.ts';
import type { DeliveryQuestion } from '../../run/delivery.ts';
import { findQuestion, type Question, readQuestion, type Topic } from '../../run/questions.ts';
import type { Table } from '../../run/table.ts';
import type { Slack } from '../client.ts';
import type { Work } from '../work.ts';
import { groupsOf } from './groups.ts';
import { refusal } from './refusal.ts';

export interface Desk {
  readonly table: Table;
  readonly slack: Slack;
  readonly lambda: Pick<LambdaClient, 'send'>;
  /** Names or ARNs of the functions that take answers. */
  readonly doors: { readonly approval: string; readonly delivery: string };
}

type Of<K extends Work['kind']> = Extract<Work, { kind: K }>;

/** Takes a decision to its door, as the one who clicked. Returns what to say: why it was refused, or that it counts. */
export async function decide(desk: Desk, { decision, question: id, user: by }: Of<'decide'>): Promise<string> {
  let unsure: readonly string[] = [];
  try {
    const { run, question } = await current<ApprovalQuestion>(desk.table, id, 'APPROVAL');
    const mayAnyway = decision === 'decline' && by === question.requestedBy;
    const groups = await groupsOf(desk.slack, by, mayAnyway ? [] : question.approvers);
    unsure = groups.unsure;
    const { memberOf } = groups;
    // The hash of the plan that was asked about under this very id: a button of another plan cannot approve this one.
    const { planHash } = question;
    await invoke(desk.lambda, desk.doors.approval, { run, decision, by, planHash, memberOf });
    return decision === 'approve' ? `Approved: run \`${run}\` goes on.` : `Declined: run \`${run}\` ends.`;
  } catch (error) {
    if (!(error instanceof ApprovalRefused)) throw error;
    return refusal(error, unsure);
  }
}

/** Says to the run that nothing arrived. */
export async function denyDelivery(desk: Desk, { question: id, user: by }: Of<'deny-delivery'>): Promise<string> {
  try {
    const { run } = await current<DeliveryQuestion>(desk.table, id, 'DELIVERY');
    await invoke(desk.lambda, desk.doors.delivery, { run, delivered: false, by });
    return `Noted: it did not arrive. Run \`${run}\` goes on with that.`;
  } catch (error) {
    if (!(error instanceof ApprovalRefused)) throw error;
    return refusal(error);
  }
}

/** The question behind a button. Throws `ApprovalRefused` for a button that asks nothing any more. */
async function current<T>(table: Table, id: string, topic: Topic): Promise<{ run: string; question: Question<T> }> {
  const found = await findQuestion(table, id);
  if (found?.topic !== topic) throw new ApprovalRefused('this button belongs to no question that is known here');
  const question = await readQuestion<T>(table, found.run, topic);
  if (question.id !== id) {
    throw new ApprovalRefused(
      `this button belongs to an earlier question of run ${found.run}: its message has the latest one`,
    );
  }
  return { run: found.run, question };
}

/** Asks a function of ours. Throws its `ApprovalRefused` as one; what may pass as `RetryLater`. */
async function invoke(lambda: Desk['lambda'], FunctionName: string, input: object): Promise<void> {
  const { FunctionError, Payload } = await lambda.send(
    new InvokeCommand({ FunctionName, Payload: Buffer.from(JSON.stringify(input)) }),
  );
  if (!FunctionError) return;
  const { errorType, errorMessage } = JSON.parse(Buffer.from(Payload ?? '{}').toString()) as Record<string, string>;
  if (errorType === 'ApprovalRefused') throw new ApprovalRefused(errorMessage ?? '');
  // Saying the same again is no second answer, so it may be tried again.
  throw new RetryLater(`the answer was not taken: ${errorType}`);
}
