import type { NatGateway } from '@aws-sdk/client-ec2';
import * as z from 'zod/mini';
import { NotRepairable, OperationStuck, StateDrifted } from '../domain/errors.ts';
import type { Place, Step } from '../domain/plan.ts';
import { World } from '../egress/world.ts';
import type { Entry, Ledger } from '../run/ledger.ts';
import { makeAddress } from './changes/address.ts';
import { makeNatGateway } from './changes/nat-gateway.ts';
import { holdAsSeen, makeRoute } from './changes/route.ts';
import { neighboursOn, sharersOf } from './network/affected.ts';
import { isBegun } from './network/begun.ts';
import { gatewayConditions } from './network/gateway-conditions.ts';
import { type GatewayPlan, planGateways, withGateways } from './network/gateway-plan.ts';
import { healthyNats, isPrivateNat, publicSubnets } from './network/gateways.ts';
import { lacksOf, type Table, tablesOf } from './network/lacks.ts';
import { type Ec2, natGatewayById, routeTableById } from './network/look.ts';
import { DEFAULT_ROUTE, leadsTo, PlannedRoute, seenRoute, takesOver, wasMeantFor, wayBack } from './network/routes.ts';
import { aMonth } from './prices.ts';
import { type Basis, changeId, type Progress, type Proposal, type Remedy } from './remedy.ts';

const Details = z.strictObject({
  vpcId: z.string(),
  gateways: z
    .array(
      z.strictObject({
        subnetId: z.string(),
        /** The way out of that subnet, as it was seen. */
        routeTableId: z.string(),
        internetGatewayId: z.string(),
      }),
    )
    .check(z.minLength(1)),
  /** `gateway`: index of the one it is led to. */
  routes: z.array(z.extend(PlannedRoute, { gateway: z.int().check(z.gte(0)) })).check(z.minLength(1)),
});
type Details = z.infer<typeof Details>;

/** Gives the private subnets a way to the internet: an Elastic IP address, a NAT gateway and the default routes to it. */
export const addNatGateway: Remedy = {
  name: 'add-nat-gateway',
  propose(basis) {
    if (!basis.connector) return [];
    const world = new World(basis.facts, basis.connector);
    const tables = tablesOf(basis, world);
    const lacks = lacksOf(basis, world, tables);
    const free = tables.filter(({ isFree }) => isFree);
    const isWanted = free.some(({ routeTableId }) =>
      lacks.some((lack) => lack.routeTableId === routeTableId && lack.destination === DEFAULT_ROUTE),
    );
    return isWanted || isPublicButBroken(basis, tables) ? [proposalFor(basis, world, tables, free)] : [];
  },
};

/** The connector stands in public subnets: that a NAT gateway is no help there is worth saying. */
const isPublicButBroken = ({ egress }: Basis, tables: readonly Table[]) =>
  egress.some(({ cause }) => cause === 'internet-gateway-without-public-address') &&
  tables.some(({ byDefault }) => byDefault?.kind === 'internet-gateway');

function proposalFor(basis: Basis, world: World, tables: readonly Table[], free: readonly Table[]): Proposal {
  const vpcId = tables[0]?.vpcId ?? '';
  const candidates = publicSubnets(world, vpcId);
  const usable = candidates.filter(({ blocked, freeAddresses }) => !blocked && freeAddresses !== 0);
  const plan = free.length > 0 && usable.length > 0 ? planGateways(basis, free, usable) : undefined;
  const count = plan?.subnets.length ?? 1;
  const ids = free.map(({ routeTableId }) => routeTableId);
  const { natGatewayHour, publicIpv4Hour } = basis.prices;
  return {
    title: `Add ${count === 1 ? 'a NAT gateway' : `${count} NAT gateways`} and lead the private subnets to ${count === 1 ? 'it' : 'them'}`,
    monthlyCostUsd: aMonth((natGatewayHour + publicIpv4Hour) * count),
    minutes: 5,
    redeploys: false,
    security: `every subnet on ${ids.join(', ') || 'the route tables'} gets a way out to the whole internet; nothing gets a way in, and security groups still say what may leave`,
    reversible: true,
    preconditions: gatewayConditions(basis, world, tables, candidates),
    affects: sharersOf(basis, ids),
    warnings: [
      ...(plan ? [...diversions(world, free, plan), TRAFFIC, ...zoneWarnings(free, plan)] : [TRAFFIC]),
      ...existing(world, vpcId),
    ],
    ...(plan && { after: withGateways(basis.facts, plan), step: stepFor(basis, vpcId, free, plan) }),
  };
}

const TRAFFIC = 'traffic through a NAT gateway is billed on top, about $0.045 a GB';

function existing(world: World, vpcId: string): string[] {
  const ids = healthyNats(world, vpcId).map(({ natGatewayId }) => natGatewayId);
  return ids.length > 0 ? [`${ids.join(', ')} works in this VPC already: routes to it would cost nothing more`] : [];
}

const diversions = (world: World, tables: readonly Table[], { subnets, gatewayOf }: GatewayPlan): string[] =>
  tables.flatMap(({ routeTableId, byDefault }) => {
    const gateway = subnets[gatewayOf.get(routeTableId) ?? 0];
    if (!gateway || !byDefault) return [];
    if (byDefault.kind === 'nat-gateway' && !isPrivateNat(world, byDefault.id)) return [];
    const route = { routeTableId, destination: DEFAULT_ROUTE };
    return [wasMeantFor(route, byDefault.id, `the NAT gateway in ${gateway.subnetId}`)];
  });

function zoneWarnings(tables: readonly Table[], { subnets, gatewayOf }: GatewayPlan): string[] {
  return tables.flatMap(({ routeTableId, zones }) => {
    const gateway = subnets[gatewayOf.get(routeTableId) ?? 0];
    const others = zones.filter((zone) => zone !== gateway?.zone);
    if (!gateway || others.length === 0) return [];
    return [
      `${routeTableId} leads from ${others.join(', ')} to ${gateway.subnetId} in ${gateway.zone ?? 'a zone that was not seen'}: traffic between zones is billed, about $0.01 a GB each way, and it stops when that zone does`,
    ];
  });
}

function stepFor(basis: Basis, vpcId: string, tables: readonly Table[], plan: GatewayPlan): Proposal['step'] {
  const { facts } = basis;
  const gateways = plan.subnets.map(({ subnetId, routeTableId, internetGatewayId }) => ({
    subnetId,
    routeTableId,
    internetGatewayId,
  }));
  const routesOf = (id: string) => facts.RouteTables?.find(({ RouteTableId }) => RouteTableId === id)?.Routes;
  const routes = tables.map(({ routeTableId }) => ({
    routeTableId,
    destination: DEFAULT_ROUTE,
    before: seenRoute(routesOf(routeTableId), DEFAULT_ROUTE),
    knownNeighbours: neighboursOn(basis, [routeTableId]),
    gateway: plan.gatewayOf.get(routeTableId) ?? 0,
  }));
  const leads = new Map(tables.map(({ routeTableId, byDefault = null }) => [routeTableId, leadsTo(byDefault)]));
  const backs = routes.map((route) => wayBack(route, takesOver(routesOf(route.routeTableId), DEFAULT_ROUTE)));
  return {
    target: vpcId,
    changes: [
      ...gateways.map(({ subnetId }) => `a new Elastic IP address for the NAT gateway in ${subnetId}`),
      ...gateways.map(({ subnetId }) => `a new public NAT gateway in ${subnetId}`),
      ...routes.map(
        ({ routeTableId, destination, gateway }) =>
          `${destination} of ${routeTableId}, which ${leads.get(routeTableId)} → the NAT gateway in ${gateways[gateway]?.subnetId}`,
      ),
    ],
    undo: `${backs.join('; ')}; then the NAT gateway is deleted and its address released, unless something else leads to it by then`,
    details: { vpcId, gateways, routes },
  };
}

export interface Hands {
  readonly ec2: Ec2;
  /** Without retries of its own, for AllocateAddress. */
  readonly ec2SingleTry: Ec2;
  readonly ledger: Ledger;
}

/** Makes addresses and gateways in the first call, waits for the gateways in the next ones, and sets the routes in the last. */
export async function apply(hands: Hands, place: Place, step: Step): Promise<Progress> {
  const details = z.parse(Details, step.details);
  if (!(await isBegun(hands.ledger, place))) await holdWorldAsSeen(hands.ec2, details);
  const made = await makeGateways(hands, place, step, details);
  const waiting = await lookAt(hands, made);
  if (waiting) return waiting;
  for (const [index, { gateway, ...route }] of details.routes.entries()) {
    const natGatewayId = made[gateway]?.resource ?? '';
    const id = changeId(place, 2 * details.gateways.length + index + 1);
    const planned = { id, service: place.service, remedy: step.remedy };
    await makeRoute(hands, hands.ledger, planned, { ...route, natGatewayId });
  }
  const tables = details.routes.map(({ routeTableId }) => routeTableId).join(', ');
  return {
    state: 'done',
    because: `${tables} ${details.routes.length > 1 ? 'lead' : 'leads'} to ${made.map(({ resource }) => resource).join(', ')}`,
  };
}

async function holdWorldAsSeen(ec2: Ec2, { gateways, routes }: Details): Promise<void> {
  for (const { subnetId, routeTableId, internetGatewayId } of gateways) {
    const now = seenRoute((await routeTableById(ec2, routeTableId))?.Routes, DEFAULT_ROUTE);
    if (now?.id === internetGatewayId && now.state === 'active') continue;
    const because = `${subnetId} left by ${internetGatewayId} when the plan was made, and its default route ${leadsTo(now)} now`;
    throw new StateDrifted(`${because}; nothing was changed`);
  }
  for (const route of routes) await holdAsSeen({ ec2 }, route);
}

async function makeGateways(hands: Hands, place: Place, step: Step, { vpcId, gateways }: Details): Promise<Entry[]> {
  const { ledger } = hands;
  const planned = (nn: number) => ({ id: changeId(place, nn), service: place.service, remedy: step.remedy });
  const addresses: Entry[] = [];
  for (const [index, { subnetId }] of gateways.entries())
    addresses.push(await makeAddress(hands, ledger, planned(index + 1), { vpcId, subnetId }));
  const made: Entry[] = [];
  for (const [index, { subnetId }] of gateways.entries()) {
    const allocationId = addresses[index]?.resource ?? '';
    made.push(await makeNatGateway(hands, ledger, planned(gateways.length + index + 1), { subnetId, allocationId }));
  }
  return made;
}

/** One is available after a minute or two. */
const PATIENCE_MINUTES = 15;

/** Undefined: all are available. */
async function lookAt({ ec2, ledger }: Hands, made: readonly Entry[]): Promise<Progress | undefined> {
  for (const { resource: id = '', at } of made) {
    const gateway = await natGatewayById(ec2, id);
    if (gateway?.State === 'available') continue;
    if (gateway && gateway.State !== 'pending') throw new NotRepairable(failureOf(gateway));
    if (ledger.clock.now().getTime() - Date.parse(at) > PATIENCE_MINUTES * 60_000)
      throw new OperationStuck(`${id} is still not available after ${PATIENCE_MINUTES} minutes: ask AWS about it`);
    return { state: 'going', because: `${id} is being made` };
  }
  return undefined;
}

const failureOf = ({ NatGatewayId, State, FailureCode, FailureMessage }: NatGateway) =>
  [`${NatGatewayId} is ${State}`, FailureCode, FailureMessage].filter(Boolean).join(': ');
