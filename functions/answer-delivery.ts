import { SendTaskSuccessCommand } from '@aws-sdk/client-sfn';
import * as z from 'zod/mini';
import { secretsManager, ssm, stepFunctions } from '../lib/aws.ts';
import { sendProbe } from '../lib/checks/probes.ts';
import { clock } from '../lib/clock.ts';
import type { DeliveryProof } from '../lib/domain/proof.ts';
import { reveal } from '../lib/reveal.ts';
import { runTable } from '../lib/run/client.ts';
import type { DeliveryQuestion } from '../lib/run/delivery.ts';
import { answerOnce, readQuestion } from '../lib/run/questions.ts';
import { step } from '../lib/step.ts';

const Input = z.strictObject({
  run: z.string().check(z.minLength(1)),
  delivered: z.boolean(),
  by: z.string().check(z.minLength(1), z.maxLength(128)),
  /** The one-time code that arrived. Used here, once, and forgotten. */
  code: z.optional(z.string().check(z.regex(/^[A-Za-z0-9-]{3,16}$/))),
});

/** The door for "has it arrived?": tries the code where one was given, wakes the run with what came of it. */
export const handler = step(Input, async ({ run, delivered, by, code }): Promise<DeliveryProof> => {
  const question = await readQuestion<DeliveryQuestion>(runTable(), run, 'DELIVERY');
  const at = clock.now().toISOString();
  await answerOnce(runTable(), run, 'DELIVERY', question.token, { answer: delivered ? 'confirmed' : 'denied', by, at });
  const { verify } = question.delivery;
  const door = {
    url: question.service.url,
    clock,
    reveal: (reference: Parameters<typeof reveal>[0]) => reveal(reference, { ssm, secretsManager }, code),
    maySend: async () => true,
  };
  const verification = delivered && verify && code !== undefined ? await sendProbe(verify, door) : undefined;
  const proof: DeliveryProof = {
    status: delivered ? 'confirmed' : 'denied',
    by,
    at,
    ...(verification && { verification }),
  };
  await stepFunctions().send(new SendTaskSuccessCommand({ taskToken: question.token, output: JSON.stringify(proof) }));
  return proof;
});
