/**
 * US dollars an hour, list prices of us-east-1 on 2026-11-20. A profile may give others.
 * https://aws.amazon.com/vpc/pricing/ https://aws.amazon.com/privatelink/pricing/
 */
export const LIST_PRICES = {
  natGatewayHour: 0.045,
  publicIpv4Hour: 0.005,
  /** For each availability zone. */
  interfaceEndpointHour: 0.01,
} as const;

export type Prices = Readonly<Record<keyof typeof LIST_PRICES, number>>;

const HOURS_A_MONTH = 730;

/** In cents' precision, for 730 hours, without traffic. */
export const aMonth = (perHour: number): number => Math.round(perHour * HOURS_A_MONTH * 100) / 100;
