import { randomBytes } from 'node:crypto';
import { GetCommand, PutCommand, UpdateCommand } from '@aws-sdk/lib-dynamodb';
import { type Answer, SILENCE, whoseCounts } from '../domain/answer.ts';
import type { ProbeResult } from '../domain/diagnosis.ts';
import { ApprovalRefused } from '../domain/errors.ts';
import { isConditionFailed, runKey, type Table } from './table.ts';

/*
 * A question to a person, open in the machine under a task token. The token is a bearer credential: it stays in the
 * table, and who answers names the run instead.
 */

/** An answer as it is kept. */
export interface Kept extends Answer {
  /** What came of the code that was given with it. */
  readonly verification?: ProbeResult;
}

export type Question<T> = T & {
  /** Random; a button carries it, and finds the run by it. */
  readonly id: string;
  readonly token: string;
  readonly expiresAt: string;
  readonly answered?: Kept;
};

export type Topic = 'APPROVAL' | 'DELIVERY';

/** Stores the question before anybody is told of it. A retry of the state brings a fresh token and replaces it. */
export async function ask<T extends object>(
  table: Table,
  run: string,
  topic: Topic,
  question: Omit<Question<T>, 'id'>,
): Promise<string> {
  const id = randomBytes(16).toString('hex');
  await table.client.send(new PutCommand({ TableName: table.name, Item: { ...questionKey(id), run, topic } }));
  await table.client.send(new PutCommand({ TableName: table.name, Item: { ...runKey(run, topic), ...question, id } }));
  return id;
}

const questionKey = (id: string) => ({ pk: `QUESTION#${id}`, sk: 'RUN' });

/** Which run a button belongs to; undefined for an id that was never given out. */
export async function findQuestion(table: Table, id: string): Promise<{ run: string; topic: Topic } | undefined> {
  const { Item } = await table.client.send(new GetCommand({ TableName: table.name, Key: questionKey(id) }));
  return Item && { run: String(Item.run), topic: Item.topic as Topic };
}

/** Undefined where nothing was asked. */
export async function askedOf<T>(table: Table, run: string, topic: Topic): Promise<Question<T> | undefined> {
  const { Item } = await table.client.send(
    new GetCommand({ TableName: table.name, Key: runKey(run, topic), ConsistentRead: true }),
  );
  return Item as Question<T> | undefined;
}

/** Throws `ApprovalRefused` where nothing was asked. */
export async function readQuestion<T>(table: Table, run: string, topic: Topic): Promise<Question<T>> {
  const question = await askedOf<T>(table, run, topic);
  if (question) return question;
  throw new ApprovalRefused(`run ${run} asks nothing: look at its name, or whether it has got that far`, {
    runs: [run],
  });
}

const refusal = ({ answered, expiresAt }: Question<object>): ApprovalRefused =>
  new ApprovalRefused(
    answered && answered.answer !== SILENCE
      ? whoseCounts(answered)
      : `too late: the question was open until ${expiresAt}`,
  );

/** Saying the same again is no second answer: the run may not have heard the first. */
const isRepeated = ({ answered }: Question<object>, answer: Answer): boolean =>
  answered !== undefined && answered.answer === answer.answer && answered.by === answer.by;

/** Throws `ApprovalRefused` when an answer would come too late or second. */
export function assertOpen(question: Question<object>, answer: Answer): void {
  const closed = question.answered ? !isRepeated(question, answer) : question.expiresAt <= answer.at;
  if (closed) throw refusal(question);
}

/** A question with its answer, and the token under which the run waits at that moment: a reminder replaces it. */
export type Answered = Question<object> & { readonly answered: Kept };

/**
 * The first answer counts, and is returned whenever the same is said again. Throws `ApprovalRefused` that names who was
 * first, or that it came too late.
 */
export async function answerOnce(table: Table, run: string, topic: Topic, id: string, answer: Kept): Promise<Answered> {
  try {
    const { Attributes } = await table.client.send(
      new UpdateCommand({
        TableName: table.name,
        Key: runKey(run, topic),
        UpdateExpression: 'SET answered = :answer',
        ConditionExpression: 'attribute_not_exists(answered) AND #id = :id AND expiresAt > :now',
        ExpressionAttributeNames: { '#id': 'id' },
        ExpressionAttributeValues: { ':answer': answer, ':id': id, ':now': answer.at },
        ReturnValues: 'ALL_NEW',
      }),
    );
    return Attributes as Answered;
  } catch (error) {
    if (!isConditionFailed(error)) throw error;
    const question = await readQuestion(table, run, topic);
    if (!isRepeated(question, answer)) throw refusal(question);
    return question as Answered;
  }
}

/**
 * The run waits under another token from now on, for the same answer. A question that was answered keeps the token that
 * the answer found: nobody is going to use the new one.
 */
export async function waitUnder<T>(table: Table, run: string, topic: Topic, token: string): Promise<Question<T>> {
  try {
    const { Attributes } = await table.client.send(
      new UpdateCommand({
        TableName: table.name,
        Key: runKey(run, topic),
        UpdateExpression: 'SET #token = :token',
        ConditionExpression: 'attribute_exists(pk) AND attribute_not_exists(answered)',
        ExpressionAttributeNames: { '#token': 'token' },
        ExpressionAttributeValues: { ':token': token },
        ReturnValues: 'ALL_NEW',
      }),
    );
    return Attributes as Question<T>;
  } catch (error) {
    if (!isConditionFailed(error)) throw error;
    return readQuestion<T>(table, run, topic);
  }
}

/** Takes no more answers: what was not answered by now is answered with silence. An answer is heard or refused, never lost. */
export async function closeQuestion<T>(table: Table, run: string, topic: Topic, at: string): Promise<Question<T>> {
  try {
    const { Attributes } = await table.client.send(
      new UpdateCommand({
        TableName: table.name,
        Key: runKey(run, topic),
        UpdateExpression: 'SET answered = :silence',
        ConditionExpression: 'attribute_exists(pk) AND attribute_not_exists(answered)',
        ExpressionAttributeValues: { ':silence': { answer: SILENCE, by: 'nobody', at } },
        ReturnValues: 'ALL_NEW',
      }),
    );
    return Attributes as Question<T>;
  } catch (error) {
    if (!isConditionFailed(error)) throw error;
    return readQuestion<T>(table, run, topic);
  }
}
