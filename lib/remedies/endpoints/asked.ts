import { World } from '../../egress/world.ts';
import type { Basis, EndpointService } from '../remedy.ts';
import { type BrokenService, brokenServices, hasGateway, offerOf } from './broken.ts';
import { rivalOf } from './dns.ts';
import { type Placement, placeOf } from './placement.ts';

/** A service that could do with an interface endpoint. */
export interface Asked extends BrokenService {
  readonly offer?: EndpointService;
  /** An endpoint that answers to its names already. */
  readonly rival?: string;
  readonly placement?: Placement;
  readonly subnetIds: readonly string[];
  /** What speaks against an endpoint for it. */
  readonly against?: string;
}

export const canBeHad = (asked: Asked): asked is Asked & { readonly offer: EndpointService } =>
  asked.offer !== undefined && asked.against === undefined;

/** The VPC that the connector is in: AWS takes subnets of one VPC only. */
export function homeOf({ facts, connector }: Basis): string | undefined {
  if (!connector) return undefined;
  const world = new World(facts, connector);
  return connector.subnetIds.flatMap((id) => world.subnets?.get(id)?.vpcId ?? [])[0];
}

/** What is broken and has no endpoint that costs nothing. */
export function askFor(basis: Basis): Asked[] {
  const broken = brokenServices(basis).filter(({ service }) => !hasGateway(service));
  const vpcId = homeOf(basis);
  return broken.map((one): Asked => {
    const offer = offerOf(basis, one.service, 'Interface');
    if (!offer) return { ...one, subnetIds: [], against: notOffered(one.service) };
    if (!vpcId) return { ...one, offer, subnetIds: [], against: 'the VPC of the service is not known' };
    const rival = rivalOf(basis.facts.VpcEndpoints ?? [], vpcId, offer);
    const placement = placeOf(basis, vpcId, offer, broken.length);
    const { subnetIds, check } = placement;
    const against = rival ? `${rival} holds its name already` : subnetIds.length > 0 ? undefined : check.because;
    return { ...one, offer, placement, subnetIds, ...(rival && { rival }), ...(against && { against }) };
  });
}

const notOffered = (service: string): string =>
  `AWS names no interface endpoint for it here${service === 'email' ? ' (that of email-smtp serves SMTP only)' : ''}`;
