import * as z from 'zod/mini';
import { ssm } from '../lib/aws.ts';
import { clock } from '../lib/clock.ts';
import { listServices } from '../lib/run/status.ts';
import { step } from '../lib/step.ts';

/** The services that have a profile. Whatever starts the sweep says nothing that is needed. */
export const handler = step(z.unknown(), async () => {
  const services = await listServices(ssm());
  return { services, at: clock.now().toISOString(), because: `${services.length} services have a profile` };
});
