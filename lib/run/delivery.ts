import type { Delivery } from '../domain/profile.ts';
import type { ServiceRef } from '../domain/service.ts';

export interface DeliveryQuestion {
  readonly service: ServiceRef;
  readonly delivery: Delivery;
}
