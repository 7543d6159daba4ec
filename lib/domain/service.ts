import * as z from 'zod/mini';

/** How the service reaches out. `vpc`: only what the routes of its connector's subnets lead to. */
export const Egress = z.strictObject({
  type: z.enum(['DEFAULT', 'VPC']),
  vpcConnectorArn: z.optional(z.string()),
});
export type Egress = z.infer<typeof Egress>;

/** Which service: small enough to travel through every state. */
export const ServiceRef = z.strictObject({
  name: z.string(),
  arn: z.string(),
  id: z.string(),
  /** The user's door, without a slash at the end. */
  url: z.string(),
});
export type ServiceRef = z.infer<typeof ServiceRef>;

/** What a service is set to, without a single value of its environment. */
export const ServiceConfiguration = z.strictObject({
  status: z.string(),
  source: z.string(),
  egress: Egress,
  publiclyAccessible: z.boolean(),
  ipAddressType: z.string(),
  /** The role that the instances use; without one App Runner takes no secrets. */
  instanceRoleArn: z.optional(z.string()),
  /** False: the values live in `apprunner.yaml`, which App Runner does not show. */
  environmentIsVisible: z.boolean(),
  environmentNames: z.array(z.string()),
  secretNames: z.array(z.string()),
  /** Of each variable and secret by its name, a keyed digest over what it is set to, and whether it is a secret. */
  environment: z.record(z.string(), z.string()),
  /** Keyed hash over everything but egress and the environment; says "the same" without saying what. */
  fingerprint: z.string(),
});
export type ServiceConfiguration = z.infer<typeof ServiceConfiguration>;

/** One variable as the service sees it. Stays inside the function that reads it. */
export interface EnvironmentVariable {
  readonly name: string;
  /** Absent when the value comes from a secret. */
  readonly value?: string;
  readonly secretReference?: string;
}

/** `going`: look again. */
export type OperationState = 'going' | 'succeeded' | 'rolled-back' | 'failed';

export interface Operation {
  readonly id: string;
  readonly type: string;
  readonly status: string;
  readonly state: OperationState;
  readonly startedAt: Date | undefined;
}
