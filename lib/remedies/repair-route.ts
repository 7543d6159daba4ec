import * as z from 'zod/mini';
import { StateDrifted } from '../domain/errors.ts';
import type { Place, Precondition, Step } from '../domain/plan.ts';
import { lower, World } from '../egress/world.ts';
import type { Ledger } from '../run/ledger.ts';
import { holdAsSeen, makeRoute } from './changes/route.ts';
import { neighboursOn, sharersOf } from './network/affected.ts';
import { isBegun } from './network/begun.ts';
import { byHandOnly, isForNat } from './network/dead-routes.ts';
import { ofAnotherAccount } from './network/gateway-conditions.ts';
import { best, healthyNats, hindrances, isPrivateNat } from './network/gateways.ts';
import { type Lack, lacksOf, type Table, tablesOf } from './network/lacks.ts';
import { type Ec2, natGatewayById } from './network/look.ts';
import { DEFAULT_ROUTE, leadsTo, PlannedRoute, takesOver, wasMeantFor, wayBack, withRoutes } from './network/routes.ts';
import { type Basis, changeId, type Progress, type Proposal, type Remedy } from './remedy.ts';

const Repaired = z.extend(PlannedRoute, { natGatewayId: z.string() });
type Repaired = z.infer<typeof Repaired>;
const Details = z.strictObject({ routes: z.array(Repaired).check(z.minLength(1)) });

/** Free and done at once: leads to a NAT gateway that works what leads nowhere. */
export const repairRoute: Remedy = {
  name: 'repair-route',
  propose(basis) {
    if (!basis.connector) return [];
    const world = new World(basis.facts, basis.connector);
    const tables = tablesOf(basis, world);
    const lacks = lacksOf(basis, world, tables);
    const right = lacks.filter((lack) => isForNat(world, lack));
    const wrong = lacks.filter((lack) => !right.includes(lack));
    const byHand = wrong.length > 0 ? [byHandOnly(basis, wrong, `Make ${named(wrong)} lead somewhere again`)] : [];
    return [...leadToNat(basis, world, tables, right), ...byHand];
  },
};

function leadToNat(basis: Basis, world: World, tables: readonly Table[], lacks: readonly Lack[]): Proposal[] {
  const vpcId = tables[0]?.vpcId ?? '';
  const nats = healthyNats(world, vpcId);
  const isKnown = world.natGateways !== undefined && world.facts.InternetGateways !== undefined;
  // What is missing altogether is not this remedy's to make; what leads nowhere is shown even when it cannot be repaired.
  if (nats.length === 0 && !lacks.some(({ before }) => before)) return [];
  const routes = nats.length > 0 ? chooseNats(basis, tables, lacks, nats) : [];
  const takers = routes.map((route) => (route.before ? takerOf(basis, route) : undefined));
  const ids = [...new Set(routes.map(({ natGatewayId }) => natGatewayId))].sort();
  if (lacks.length === 0) return [];
  return [
    {
      title: `Lead ${named(lacks)} to ${ids.join(', ') || 'a NAT gateway that works'}`,
      monthlyCostUsd: 0,
      minutes: 1,
      redeploys: false,
      security: `every subnet on ${tableIds(lacks)} gets a way out to ${reach(lacks)}; nothing gets a way in, and security groups still say what may leave`,
      reversible: takers.every((taker) => taker === undefined),
      preconditions: [natIsThere(ids, vpcId, isKnown), ...(world.isShared(vpcId) ? [ofAnotherAccount(vpcId)] : [])],
      affects: sharersOf(
        basis,
        lacks.map(({ routeTableId }) => routeTableId),
      ),
      warnings: [...new Set([...routes.flatMap((route, index) => cautions(world, route, takers[index])), TRAFFIC])],
      ...(routes.length > 0 && {
        after: withRoutes(basis.facts, routes),
        step: {
          target: [...new Set(routes.map(({ routeTableId }) => routeTableId))].join(', '),
          changes: routes.map(
            ({ destination, routeTableId, before, natGatewayId }) =>
              `${destination} of ${routeTableId}, which ${leadsTo(before)} → ${natGatewayId}`,
          ),
          undo: routes.map((route, index) => wayBack(route, takers[index])).join('; '),
          details: { routes },
        },
      }),
    },
  ];
}

const TRAFFIC = 'traffic through a NAT gateway is billed, about $0.045 a GB';

const named = (lacks: readonly Lack[]) =>
  lacks.map(({ destination, routeTableId }) => `${destination} of ${routeTableId}`).join(', ');
const tableIds = (lacks: readonly Lack[]) => [...new Set(lacks.map(({ routeTableId }) => routeTableId))].join(', ');
const reach = (lacks: readonly Lack[]) =>
  lacks.some(({ destination }) => destination === DEFAULT_ROUTE)
    ? 'the whole internet'
    : lacks.map(({ destination }) => destination).join(', ');

function natIsThere(ids: readonly string[], vpcId: string, isKnown: boolean): Precondition {
  const what = 'a NAT gateway of the VPC works';
  if (ids.length > 0)
    return { what, met: 'yes', because: `${ids.join(', ')}: public, available, with a way to the internet` };
  if (isKnown) return { what, met: 'no', because: `${vpcId} has no public NAT gateway with a way to the internet` };
  return { what, met: 'unknown', because: `the NAT gateways or internet gateways of ${vpcId} were not seen` };
}

/** The one with which most gets through, then the one in the zone of the subnets. */
function chooseNats(
  basis: Basis,
  tables: readonly Table[],
  lacks: readonly Lack[],
  nats: ReturnType<typeof healthyNats>,
) {
  const routes: Repaired[] = [];
  for (const { routeTableId, destination, before } of lacks) {
    const zones = tables.find((table) => table.routeTableId === routeTableId)?.zones ?? [];
    const knownNeighbours = neighboursOn(basis, [routeTableId]);
    const led = (natGatewayId: string): Repaired => ({
      routeTableId,
      destination,
      before,
      knownNeighbours,
      natGatewayId,
    });
    const chosen = best(nats, zones, ({ natGatewayId }) =>
      hindrances(basis, withRoutes(basis.facts, [...routes, led(natGatewayId)])),
    );
    if (chosen) routes.push(led(chosen.natGatewayId));
  }
  return routes;
}

const takerOf = ({ facts }: Basis, { routeTableId, destination }: PlannedRoute) =>
  takesOver(facts.RouteTables?.find((table) => table.RouteTableId === routeTableId)?.Routes, destination);

function cautions(world: World, route: Repaired, taker: string | undefined): string[] {
  const { routeTableId, destination, before, natGatewayId } = route;
  const led = before?.by === 'NatGatewayId' && !isPrivateNat(world, before.id);
  const meant = before && !led ? [wasMeantFor(route, before.id, natGatewayId)] : [];
  return taker
    ? [...meant, `${destination} of ${routeTableId} may not be put back: ${taker} would take its traffic`]
    : meant;
}

export interface Hands {
  readonly ec2: Ec2;
  readonly ledger: Ledger;
}

/** Sets every route of the step in one call. A call after a lost answer finds what is set and sets the rest. */
export async function apply(hands: Hands, place: Place, step: Step): Promise<Progress> {
  const { routes } = z.parse(Details, step.details);
  if (!(await isBegun(hands.ledger, place))) {
    for (const route of routes) await holdAsSeen(hands, route);
    for (const id of new Set(routes.map(({ natGatewayId }) => natGatewayId))) await holdAvailable(hands.ec2, id);
  }
  for (const [index, route] of routes.entries()) {
    const planned = { id: changeId(place, index + 1), service: place.service, remedy: step.remedy };
    await makeRoute(hands, hands.ledger, planned, route);
  }
  const because = routes.map(({ destination, routeTableId }) => `${destination} of ${routeTableId}`).join(', ');
  return { state: 'done', because: `${because} was set` };
}

async function holdAvailable(ec2: Ec2, id: string): Promise<void> {
  const nat = await natGatewayById(ec2, id);
  if (lower(nat?.State) === 'available') return;
  throw new StateDrifted(
    `${id} is ${nat?.State ?? 'gone'}, and was available when the plan was made; nothing was changed`,
  );
}
