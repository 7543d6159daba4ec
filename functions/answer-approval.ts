import * as z from 'zod/mini';
import { stepFunctions } from '../lib/aws.ts';
import { clock } from '../lib/clock.ts';
import { type ApprovalQuestion, assertMayDecide } from '../lib/run/approval.ts';
import { runTable } from '../lib/run/client.ts';
import { answerOnce, readQuestion } from '../lib/run/questions.ts';
import { wake } from '../lib/run/wake.ts';
import { step } from '../lib/step.ts';

const Input = z.strictObject({
  run: z.string().check(z.minLength(1)),
  decision: z.enum(['approve', 'decline']),
  /** Who decides. */
  by: z.string().check(z.minLength(1), z.maxLength(128)),
  /** The hash of the plan that was read; needed to approve. */
  planHash: z._default(z.string(), ''),
});

/** The door for decisions: checks who and which plan, takes the first answer, wakes the run. */
export const handler = step(Input, async ({ run, decision, by, planHash }) => {
  const question = await readQuestion<ApprovalQuestion>(runTable(), run, 'APPROVAL');
  assertMayDecide(question, decision, by, planHash);
  const answer = { answer: decision === 'approve' ? 'approved' : 'declined', by, at: clock.now().toISOString() };
  await answerOnce(runTable(), run, 'APPROVAL', question.token, answer);
  await wake(stepFunctions(), question.token, { decided: true });
  return { run, ...answer };
});
