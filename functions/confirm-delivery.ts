import * as z from 'zod/mini';
import { sns } from '../lib/aws.ts';
import { clock } from '../lib/clock.ts';
import { Delivery } from '../lib/domain/profile.ts';
import { ServiceRef } from '../lib/domain/service.ts';
import { tell } from '../lib/notify.ts';
import { deliveryMessage } from '../lib/report/delivery-message.ts';
import { runTable } from '../lib/run/client.ts';
import type { DeliveryQuestion } from '../lib/run/delivery.ts';
import { ask } from '../lib/run/questions.ts';
import { step } from '../lib/step.ts';

const Input = z.strictObject({
  run: z.string(),
  service: ServiceRef,
  delivery: Delivery,
  patience: z.number(),
  token: z.string(),
});

/** Asks a person whether what was sent has arrived. */
export const handler = step(Input, async ({ run, service, delivery, patience, token }) => {
  const expiresAt = new Date(clock.now().getTime() + patience * 1000).toISOString();
  await ask<DeliveryQuestion>(runTable(), run, 'DELIVERY', { token, expiresAt, service, delivery });
  await tell(sns, `reconnect: ${delivery.ask}`, deliveryMessage(run, service.name, delivery, expiresAt));
  return { expiresAt };
});
