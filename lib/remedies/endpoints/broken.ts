import type { Precondition } from '../../domain/plan.ts';
import type { EgressDependency } from '../../egress/facts.ts';
import { canonicalService, isServiceName } from '../../egress/services.ts';
import { World } from '../../egress/world.ts';
import type { Basis, EndpointService } from '../remedy.ts';
import { brokenDependencies } from '../weigh.ts';

/** An AWS service of this region that cannot be reached, and the dependencies that are it. */
export interface BrokenService {
  /** As endpoints call it: `s3`, `email-smtp`. */
  readonly service: string;
  readonly dependencies: readonly EgressDependency[];
}

/** S3 and DynamoDB have endpoints that cost nothing. https://docs.aws.amazon.com/vpc/latest/privatelink/gateway-endpoints.html */
export const hasGateway = (service: string): boolean => service === 's3' || service === 'dynamodb';

/** By name of the service. A dependency that is known by a host name only is nobody's endpoint. */
export function brokenServices(basis: Basis): BrokenService[] {
  const broken = new Set(brokenDependencies(basis));
  const byService = new Map<string, EgressDependency[]>();
  for (const dependency of basis.dependencies) {
    if (!dependency.aws || !broken.has(dependency.name)) continue;
    const service = canonicalService(dependency.aws);
    byService.set(service, [...(byService.get(service) ?? []), dependency]);
  }
  return [...byService]
    .map(([service, dependencies]) => ({ service, dependencies }))
    .sort((a, b) => (a.service < b.service ? -1 : 1));
}

export const offerOf = (
  { endpointServices, region }: Basis,
  service: string,
  type: EndpointService['type'],
): EndpointService | undefined =>
  endpointServices.find((offer) => offer.type === type && isServiceName(offer.serviceName, service, region));

/** Services that are offered and those that are not. An empty list may mean that nobody could look. */
export function isOffered(basis: Basis, services: readonly string[], type: EndpointService['type']): Precondition {
  const what = `AWS offers ${type.toLowerCase()} endpoints for ${services.join(', ')} in ${basis.region}`;
  const missing = services.filter((service) => !offerOf(basis, service, type));
  if (missing.length === 0) return { what, met: 'yes', because: 'they are among the endpoint services of the region' };
  const smtp = missing.includes('email')
    ? '; the endpoint of email-smtp serves SMTP only, not the SES API that an SDK calls'
    : '';
  if (basis.endpointServices.length > 0)
    return { what, met: 'no', because: `AWS names no such endpoint service for ${missing.join(', ')}${smtp}` };
  const because = `AWS named no endpoint service for ${missing.join(', ')}: it offers none, or could not be asked${smtp}`;
  return { what, met: 'unknown', because };
}

/** What belongs to another account cannot be changed from here. https://docs.aws.amazon.com/vpc/latest/userguide/vpc-sharing.html */
export function isOwn({ facts, connector }: Basis, vpcId: string): Precondition {
  const shared = connector !== null && new World(facts, connector).isShared(vpcId);
  return {
    what: `${vpcId} belongs to this account`,
    met: shared ? 'no' : 'yes',
    because: shared
      ? `${vpcId} is shared by another account: its owner has to make the endpoint`
      : `nothing says that ${vpcId} is another account's`,
  };
}

/** What the proposal adds to must be known. */
export function areSeen({ facts }: Basis, what: string, list: 'VpcEndpoints' | 'SecurityGroups'): Precondition {
  const seen = facts[list] !== undefined;
  const because = seen ? 'they were looked at' : `they could not be looked at (ec2:Describe${list})`;
  return { what, met: seen ? 'yes' : 'unknown', because };
}
