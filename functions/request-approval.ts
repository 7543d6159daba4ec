import * as z from 'zod/mini';
import { lambda } from '../lib/aws.ts';
import { clock } from '../lib/clock.ts';
import { NamedCause } from '../lib/domain/diagnosis.ts';
import { Plan } from '../lib/domain/plan.ts';
import { Profile } from '../lib/domain/profile.ts';
import { ServiceRef } from '../lib/domain/service.ts';
import type { ApprovalQuestion } from '../lib/run/approval.ts';
import { runTable } from '../lib/run/client.ts';
import { ask } from '../lib/run/questions.ts';
import { step } from '../lib/step.ts';
import { announce } from '../lib/tell/announce.ts';

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
  const question = await ask<ApprovalQuestion>(runTable(), run, 'APPROVAL', {
    token,
    expiresAt,
    planHash: plan.hash ?? '',
    requestedBy,
    approvers,
    requesterMayApprove,
  });
  await announce(lambda, { kind: 'asked', run, service: service.name, requestedBy, causes, plan, expiresAt, question });
  return { expiresAt, because: `people were asked; open until ${expiresAt}` };
});
