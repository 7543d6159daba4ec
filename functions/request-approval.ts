import * as z from 'zod/mini';
import { sns } from '../lib/aws.ts';
import { clock } from '../lib/clock.ts';
import { NamedCause } from '../lib/domain/diagnosis.ts';
import { Plan } from '../lib/domain/plan.ts';
import { Profile } from '../lib/domain/profile.ts';
import { redact } from '../lib/domain/redact.ts';
import { ServiceRef } from '../lib/domain/service.ts';
import { tell } from '../lib/notify.ts';
import type { ApprovalQuestion } from '../lib/run/approval.ts';
import { runTable } from '../lib/run/client.ts';
import { ask } from '../lib/run/questions.ts';
import { step } from '../lib/step.ts';

const Input = z.strictObject({
  run: z.string(),
  service: ServiceRef,
  profile: Profile,
  requestedBy: z.string(),
  causes: z.array(NamedCause),
  plan: Plan,
  patience: z.number(),
  token: z.string(),
});

/** Stores the question under the hash of the plan, then tells people. */
export const handler = step(Input, async ({ run, service, profile, requestedBy, causes, plan, patience, token }) => {
  const expiresAt = new Date(clock.now().getTime() + patience * 1000).toISOString();
  const { approvers, requesterMayApprove } = profile.approval;
  await ask<ApprovalQuestion>(runTable(), run, 'APPROVAL', {
    token,
    expiresAt,
    planHash: plan.hash ?? '',
    requestedBy,
    approvers,
    requesterMayApprove,
  });
  await tell(
    sns,
    `reconnect: approve the repair of ${service.name}?`,
    message(run, service.name, causes, plan, expiresAt),
  );
  return { expiresAt };
});

/** All that is needed to decide, and how to. */
function message(run: string, service: string, causes: readonly NamedCause[], plan: Plan, expiresAt: string): string {
  const because = causes.map(({ cause, subject, because }) => `- ${cause} (${subject}): ${because}`);
  const steps = plan.steps.map(({ title, undo }) => `- ${title}\n  way back: ${undo}`);
  const answer = JSON.stringify({ run, decision: 'approve', by: '<you>', planHash: plan.hash });
  return [
    redact(
      [`Run ${run} asks to repair ${service}.`, ...because, 'It would:', ...steps, `Why: ${plan.because}`].join('\n'),
    ),
    `Open until ${expiresAt}; silence means no. To approve (or "decline"):`,
    `aws lambda invoke --function-name reconnect-answer-approval --cli-binary-format raw-in-base64-out --payload '${answer}' /dev/stdout`,
  ].join('\n\n');
}
