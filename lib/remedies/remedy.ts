import type { Finding } from '../domain/finding.ts';
import type { Option, Step } from '../domain/plan.ts';
import type { ServiceConfiguration, ServiceRef } from '../domain/service.ts';
import type { Exposure } from '../egress/privacy.ts';

/** What a plan rests on: when any of it is different at the time of the repair, the plan is void. */
export interface Basis {
  readonly service: ServiceRef;
  readonly configuration: ServiceConfiguration;
  readonly egress: readonly Pick<Finding, 'subject' | 'status' | 'cause'>[];
  readonly exposure: readonly Exposure[];
}

/** A kind of repair, as the planner sees it: pure. */
export interface Remedy {
  assess(basis: Basis): Option;
  /** The step that an unblocked option becomes. */
  step(basis: Basis): Step;
}
