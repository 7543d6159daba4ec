import * as z from 'zod/mini';
import { appRunner, ec2, ecr, rds, secretsManager, ssm } from '../lib/aws.ts';
import { clock } from '../lib/clock.ts';
import { Diagnosis } from '../lib/domain/diagnosis.ts';
import { Plan } from '../lib/domain/plan.ts';
import { Profile } from '../lib/domain/profile.ts';
import { WantedEnvironment } from '../lib/domain/request.ts';
import { ServiceRef } from '../lib/domain/service.ts';
import { fitPlan } from '../lib/remedies/fit.ts';
import { gatherBasis } from '../lib/remedies/gather.ts';
import { makePlan, plansUntil } from '../lib/remedies/planner.ts';
import { runTable } from '../lib/run/client.ts';
import { keepWhole, wholeOf } from '../lib/run/whole.ts';
import { step } from '../lib/step.ts';

const Input = z.strictObject({
  run: z.string(),
  service: ServiceRef,
  profile: Profile,
  environment: WantedEnvironment,
  diagnosis: Diagnosis,
  /** The plan of the round before. */
  before: z.optional(Plan),
});

/** Weighs the remedies side by side and chooses; changes nothing. */
export const handler = step(Input, async ({ before, ...matter }) => {
  const table = runTable();
  const diagnosis = await wholeOf(table, matter.run, 'DIAGNOSIS', matter.diagnosis);
  const sources = { appRunner: appRunner(), ec2, rds, ecr, ssm, secretsManager, table };
  const basis = await gatherBasis(sources, { ...matter, diagnosis });
  const plan = makePlan(basis, clock.now().toISOString(), plansUntil(before));
  const short = fitPlan(plan);
  if (short.cut) await keepWhole(table, matter.run, 'PLAN', plan);
  return short;
});
