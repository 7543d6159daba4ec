import * as z from 'zod/mini';
import { secretsManager, ssm, stepFunctions } from '../lib/aws.ts';
import { clock } from '../lib/clock.ts';
import { ApprovalRefused } from '../lib/domain/errors.ts';
import { Name } from '../lib/domain/plain.ts';
import type { Reference } from '../lib/domain/profile.ts';
import type { DeliveryProof } from '../lib/domain/proof.ts';
import { reveal } from '../lib/reveal.ts';
import { runTable } from '../lib/run/client.ts';
import { tryCode } from '../lib/run/code.ts';
import type { DeliveryQuestion } from '../lib/run/delivery.ts';
import { answerOnce, assertOpen, readQuestion } from '../lib/run/questions.ts';
import { wake } from '../lib/run/wake.ts';
import { step } from '../lib/step.ts';

const Input = z.strictObject({
  run: z.string().check(z.minLength(1)),
  delivered: z.boolean(),
  by: Name,
  /** The one-time code that arrived. Used here, once, and forgotten. */
  code: z.optional(z.string().check(z.regex(/^[A-Za-z0-9-]{3,16}$/))),
});

/** The door for "has it arrived?": tries the code where one was given, wakes the run with what came of it. */
export const handler = step(Input, async ({ run, delivered, by, code }): Promise<DeliveryProof> => {
  const [table, at] = [runTable(), clock.now().toISOString()];
  const question = await readQuestion<DeliveryQuestion>(table, run, 'DELIVERY');
  const { id, delivery, answered: before } = question;
  const answer = { answer: delivered ? 'confirmed' : 'denied', by, at } as const;
  assertOpen(question, answer);
  const { verify } = delivery;
  const tries = delivered && !before && verify && code !== undefined;
  const tried = tries && (await tryCode({ table, run, id, answer, clock }, verify, doorFor(question, code)));
  const { token, answered } = await answerOnce(table, run, 'DELIVERY', id, {
    ...answer,
    ...(tried && { verification: tried }),
  });
  const { verification } = answered;
  const proof: DeliveryProof = { status: answer.answer, by, at: answered.at, ...(verification && { verification }) };
  try {
    await wake(stepFunctions(), token, proof);
  } catch (error) {
    // When the same is said again, the run has heard it.
    if (!(error instanceof ApprovalRefused) || !before) throw error;
  }
  return proof;
});

const doorFor = ({ service }: DeliveryQuestion, code: string) => ({
  url: service.url,
  clock,
  reveal: (reference: Reference) => reveal(reference, { ssm, secretsManager }, code),
});
