import type { EgressDependency, EgressFacts } from '../../../lib/egress/facts.ts';
import type { Basis, EndpointService } from '../../../lib/remedies/remedy.ts';
import { basisOf as networkBasis } from './network.ts';

const ZONES = ['us-east-1a', 'us-east-1b', 'us-east-1c'];

export const offer = (
  service: string,
  type: EndpointService['type'],
  zones: readonly string[] = ZONES,
): EndpointService => ({
  serviceName: `com.amazonaws.us-east-1.${service}`,
  type,
  zones,
  privateDnsNames: type === 'Interface' ? [`${service}.us-east-1.amazonaws.com`] : [],
});

export const OFFERS: readonly EndpointService[] = [
  offer('s3', 'Gateway'),
  offer('s3', 'Interface'),
  offer('dynamodb', 'Gateway'),
  offer('secretsmanager', 'Interface'),
  offer('email-smtp', 'Interface'),
];

/** What a plan rests on, judged now, with what AWS offers. */
export const basisOf = (
  facts: EgressFacts,
  dependencies: readonly EgressDependency[],
  more: Partial<Basis> = {},
): Basis => networkBasis(facts, { dependencies, endpointServices: OFFERS, ...more });
