import * as z from 'zod/mini';
import { appRunner, ec2, ecr, rds, secretsManager, ssm } from '../lib/aws.ts';
import { clock } from '../lib/clock.ts';
import { SILENCE } from '../lib/domain/answer.ts';
import type { Approval } from '../lib/domain/approval.ts';
import { Diagnosis } from '../lib/domain/diagnosis.ts';
import { Plan } from '../lib/domain/plan.ts';
import { Profile } from '../lib/domain/profile.ts';
import { WantedEnvironment } from '../lib/domain/request.ts';
import { ServiceRef } from '../lib/domain/service.ts';
import { gatherBasis } from '../lib/remedies/gather.ts';
import { makePlan } from '../lib/remedies/planner.ts';
import type { ApprovalQuestion } from '../lib/run/approval.ts';
import { runTable } from '../lib/run/client.ts';
import { closeQuestion } from '../lib/run/questions.ts';
import { wholeOf } from '../lib/run/whole.ts';
import { step } from '../lib/step.ts';

const Input = z.strictObject({
  run: z.string(),
  service: ServiceRef,
  profile: Profile,
  environment: WantedEnvironment,
  diagnosis: Diagnosis,
  plan: Plan,
});

/**
 * Reads the decision where the door wrote it, and takes none after that: what came through the task token is not
 * trusted. No answer means no.
 * An approval holds only while the facts of now lead to the very plan that was approved.
 */
export const handler = step(Input, async ({ plan, ...matter }): Promise<Approval> => {
  const now = clock.now().toISOString();
  const question = await closeQuestion<ApprovalQuestion>(runTable(), matter.run, 'APPROVAL', now);
  const { answered, planHash: asked } = question;
  if (!answered || answered.answer === SILENCE) {
    return { decision: 'timed-out', planHash: asked, because: 'nobody decided in time, and silence means no', at: now };
  }
  const { by, at } = answered;
  if (answered.answer !== 'approved')
    return { decision: 'declined', by, planHash: asked, because: `${by} declined`, at };
  const diagnosis = await wholeOf(runTable(), matter.run, 'DIAGNOSIS', matter.diagnosis);
  const sources = { appRunner: appRunner(), ec2, rds, ecr, ssm, secretsManager, table: runTable() };
  const { hash } = makePlan(await gatherBasis(sources, { ...matter, diagnosis }), now, plan.earlier);
  if (hash !== asked || asked !== plan.hash) {
    const because =
      'the service, its network or its dependencies changed after the plan was made: the approval is void';
    return { decision: 'drifted', by, planHash: asked, because, at: now };
  }
  return { decision: 'approved', by, planHash: asked, because: `${by} approved this plan`, at };
});
