import * as z from 'zod/mini';
import { stepFunctions } from '../lib/aws.ts';
import { clock } from '../lib/clock.ts';
import { ApprovalRefused } from '../lib/domain/errors.ts';
import { Name } from '../lib/domain/plain.ts';
import { type ApprovalQuestion, assertMayDecide } from '../lib/run/approval.ts';
import { runTable } from '../lib/run/client.ts';
import { executionOf } from '../lib/run/executions.ts';
import { answerOnce, readQuestion } from '../lib/run/questions.ts';
import { wake } from '../lib/run/wake.ts';
import { setting } from '../lib/settings.ts';
import { step } from '../lib/step.ts';

const Input = z.strictObject({
  run: z.string().check(z.minLength(1)),
  decision: z.enum(['approve', 'decline']),
  /** Who decides. */
  by: Name,
  /** Groups that the one who decides is in, as the caller looked them up. */
  memberOf: z._default(z.array(z.string()), []),
  /** The hash of the plan that was read; needed to approve. */
  planHash: z._default(z.string(), ''),
});

/** The door for decisions: checks who and which plan, takes the first answer, wakes the run. */
export const handler = step(Input, async ({ run, decision, by, memberOf, planHash }) => {
  const question = await readQuestion<ApprovalQuestion>(runTable(), run, 'APPROVAL');
  assertMayDecide(question, decision, { by, memberOf }, planHash);
  const answer = { answer: decision === 'approve' ? 'approved' : 'declined', by, at: clock.now().toISOString() };
  const { token } = await answerOnce(runTable(), run, 'APPROVAL', question.id, answer);
  try {
    await wake(stepFunctions(), token, { decided: true });
  } catch (error) {
    // Between two tokens nobody waits, but the answer stands, and the run reads it before it goes on. When the same is
    // said again, it has read it, and may be over.
    if (!(error instanceof ApprovalRefused) || !(await reads(run))) throw error;
  }
  return { run, ...answer };
});

/** Whether the run is going to read the answer, or has: one that succeeded closed the question before. */
async function reads(run: string): Promise<boolean> {
  const execution = await executionOf(stepFunctions(), setting('RECONNECT_STATE_MACHINE_ARN'), run);
  return execution?.status === 'RUNNING' || execution?.status === 'SUCCEEDED';
}
