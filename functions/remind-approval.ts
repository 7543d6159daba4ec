import * as z from 'zod/mini';
import { lambda, stepFunctions } from '../lib/aws.ts';
import { Plan } from '../lib/domain/plan.ts';
import { ServiceRef } from '../lib/domain/service.ts';
import type { ApprovalQuestion } from '../lib/run/approval.ts';
import { runTable } from '../lib/run/client.ts';
import { waitUnder } from '../lib/run/questions.ts';
import { wake } from '../lib/run/wake.ts';
import { step } from '../lib/step.ts';
import { announce } from '../lib/tell/announce.ts';

const Input = z.strictObject({ run: z.string(), service: ServiceRef, plan: Plan, token: z.string() });

/**
 * Warns that silence is about to mean no. The question stays the same, with the same end; only the token is another. An
 * answer that came while nobody waited is there already: then this wakes itself.
 */
export const handler = step(Input, async ({ run, service, plan, token }) => {
  const { id, expiresAt, answered } = await waitUnder<ApprovalQuestion>(runTable(), run, 'APPROVAL', token);
  if (answered) {
    await wake(stepFunctions(), token, { decided: true });
    return { because: `${answered.by} has ${answered.answer} meanwhile` };
  }
  await announce(lambda, { kind: 'reminded', run, service: service.name, plan, expiresAt, question: id });
  return { because: `nobody has decided yet; open until ${expiresAt}` };
});
