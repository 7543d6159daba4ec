import { placeOf } from '../../domain/start-command.ts';
import { INTERNET4, parseCidr, without } from '../../egress/addresses.ts';
import type { World } from '../../egress/world.ts';
import type { Basis, Proposal } from '../remedy.ts';
import { isPrivateNat } from './gateways.ts';
import type { Lack } from './lacks.ts';
import { isPrefixList, leadsTo, type SeenRoute } from './routes.ts';

/** AWS changes such a route with its endpoint. https://docs.aws.amazon.com/vpc/latest/privatelink/gateway-endpoints.html */
const isOfEndpoint = ({ destination, before }: Lack) => before?.by === 'VpcEndpointId' && isPrefixList(destination);

const isPropagated = ({ before, hop }: Lack) => before === null && hop !== null;

/** A NAT gateway is the way to the internet and to nothing else; what led to one may lead to another, whatever its block. */
export function isForNat(world: World, lack: Lack): boolean {
  const { destination, before, isPublic } = lack;
  if (!isPublic || isPropagated(lack) || isOfEndpoint(lack)) return false;
  if (before?.by === 'NatGatewayId' && !isPrivateNat(world, before.id)) return true;
  const blocks = isPrefixList(destination)
    ? (world.prefixListRanges(destination) ?? [])
    : [parseCidr(destination)].flatMap((block) => block ?? []);
  return blocks.length > 0 && blocks.every((block) => block.bits === 0 || without([block], INTERNET4).length === 0);
}

function whyNot(lack: Lack): string {
  if (isPropagated(lack)) return 'and is propagated: what announces it has to be put right';
  if (isOfEndpoint(lack)) return 'and only its endpoint changes that route';
  if (!lack.isPublic) return 'and what goes there is private: no public NAT gateway leads to it';
  return 'and a NAT gateway is no way to all that was behind it';
}

/** Dead routes that no remedy may set. */
export const byHandOnly = ({ service }: Basis, lacks: readonly Lack[], title: string): Proposal => ({
  title,
  monthlyCostUsd: 0,
  minutes: 30,
  redeploys: false,
  security: 'depends on what the route leads to',
  reversible: true,
  preconditions: lacks.map((lack) => ({
    what: `${lack.destination} of ${lack.routeTableId} is a way to the internet`,
    met: 'no',
    because: `${lack.destination} of ${lack.routeTableId} ${leadsTo(lack.hop)}, ${whyNot(lack)}`,
  })),
  affects: [],
  warnings: [],
  byHand: lacks.flatMap((lack) => stepsFor(lack, `--region ${placeOf(service.arn).region}`)),
});

function stepsFor(lack: Lack, region: string): string[] {
  const { routeTableId, destination, before, hop } = lack;
  const id = hop?.id ?? 'what the route leads to';
  if (isPropagated(lack))
    return [
      `Find out why ${id} announces ${destination} to ${routeTableId}, and no traffic gets there: https://docs.aws.amazon.com/vpc/latest/userguide/route-tables-priority.html`,
    ];
  if (isOfEndpoint(lack))
    return [
      `look what became of ${id}: aws ec2 describe-vpc-endpoints ${region} --filters Name=vpc-endpoint-id,Values=${id}`,
      `give ${routeTableId} an endpoint that works: https://docs.aws.amazon.com/vpc/latest/privatelink/gateway-endpoints.html`,
    ];
  const to = isPrefixList(destination) ? '--destination-prefix-list-id' : '--destination-cidr-block';
  return [
    `Make ${id} anew, or find out what took its place`,
    `lead the route there: aws ec2 replace-route ${region} --route-table-id ${routeTableId} ${to} ${destination} ${before ? optionFor(before) : '--gateway-id'} <the new one>`,
  ];
}

/** `NatGatewayId` → `--nat-gateway-id`. */
const optionFor = ({ by }: SeenRoute) => `-${by.replaceAll(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`)}`;
