import { CreateRouteCommand, DeleteRouteCommand, ReplaceRouteCommand, type RouteTable } from '@aws-sdk/client-ec2';
import * as z from 'zod/mini';
import { RetryLater, StateDrifted, UndoFailed } from '../../domain/errors.ts';
import { type Entry, type Ledger, markLeft, markNotMade, markUndone, type NewEntry } from '../../run/ledger.ts';
import { type Ec2, routeTableById } from '../network/look.ts';
import { type Newcomers, newcomersIn, stays } from '../network/newcomers.ts';
import {
  asDestination,
  leadsTo,
  PlannedRoute,
  type SeenRoute,
  seenRoute,
  takesOver,
  wayBack,
} from '../network/routes.ts';
import type { Undone } from './change.ts';
import { changeLate, isRecent, mayShowYet } from './late.ts';
import { codeOf } from './refusal.ts';

const UndoData = z.extend(PlannedRoute, { natGatewayId: z.string() });
export type RouteToNat = z.infer<typeof UndoData>;

interface Hands {
  readonly ec2: Ec2;
}

type Planned = Pick<NewEntry, 'id' | 'service' | 'remedy'>;

const isOurs = (now: SeenRoute | null, natGatewayId: string) => now?.by === 'NatGatewayId' && now.id === natGatewayId;

/** A dead route that came alive again, or leads elsewhere now, is somebody's. */
const isAsBefore = (now: SeenRoute | null, before: SeenRoute | null) =>
  now?.by === before?.by && now?.id === before?.id && !(before?.state !== 'active' && now?.state === 'active');

const routesOf = (table: RouteTable | undefined) => table?.Routes;

export async function holdAsSeen({ ec2 }: Hands, { routeTableId, destination, before }: PlannedRoute): Promise<void> {
  const table = await routeTableById(ec2, routeTableId);
  const now = seenRoute(routesOf(table), destination);
  if (table && isAsBefore(now, before)) return;
  const what = table ? `the route ${destination} of ${routeTableId} ${leadsTo(now)}` : `${routeTableId} is gone`;
  throw new StateDrifted(`${what}: when the plan was made it ${leadsTo(before)}; it was not changed`);
}

/** Leads one destination of a route table to a NAT gateway. Throws `StateDrifted` when the route is not as it was seen. */
export async function makeRoute(hands: Hands, ledger: Ledger, planned: Planned, route: RouteToNat): Promise<Entry> {
  const { ec2 } = hands;
  const { routeTableId, destination, before, natGatewayId } = route;
  const look = async () => seenRoute(routesOf(await routeTableById(ec2, routeTableId)), destination);
  const taker = takesOver(routesOf(await routeTableById(ec2, routeTableId)), destination);
  const entry: NewEntry = {
    ...planned,
    kind: 'route',
    target: routeTableId,
    what: `route ${destination} of ${routeTableId} → ${natGatewayId}`,
    undo: wayBack(route, taker),
    undoData: route,
  };
  const command = {
    RouteTableId: routeTableId,
    ...asDestination(destination),
    NatGatewayId: natGatewayId,
  };
  return changeLate(ledger, entry, {
    find: async () => (isOurs(await look(), natGatewayId) ? {} : undefined),
    make: async ({ id, at }, isRetry) => {
      try {
        await holdAsSeen(hands, route);
        await (before ? ec2.send(new ReplaceRouteCommand(command)) : ec2.send(new CreateRouteCommand(command)));
      } catch (error) {
        if (!(error instanceof StateDrifted) && codeOf(error) !== 'RouteAlreadyExists') throw error;
        const now = await look();
        const isInTheWay = codeOf(error) === 'RouteAlreadyExists';
        // The SDK tries again by itself when an answer is lost: then the route that is in the way is this one.
        if ((isInTheWay || isRetry) && isOurs(now, natGatewayId)) return {};
        if (isInTheWay && isAsBefore(now, before) && isRecent(ledger, at))
          throw new RetryLater(`EC2 does not show yet where ${destination} of ${routeTableId} leads`, { cause: error });
        await markNotMade(ledger, id);
        if (error instanceof StateDrifted) throw error;
        const because = `a route ${destination} was made in ${routeTableId} by somebody else; it was not changed`;
        throw new StateDrifted(because, { cause: error });
      }
      return {};
    },
  });
}

/**
 * Puts the route back: once AWS answered, it is. Left, when somebody led it elsewhere, when another service came to need
 * it, or when a broader route would take its traffic.
 */
export async function undo({ ec2, appRunner }: Newcomers, ledger: Ledger, entry: Entry): Promise<Undone> {
  const route = z.parse(UndoData, entry.undoData);
  const { routeTableId, destination, before, natGatewayId } = route;
  const table = await routeTableById(ec2, routeTableId);
  const now = seenRoute(routesOf(table), destination);
  if (!isOurs(now, natGatewayId)) {
    if (now && !isAsBefore(now, before)) {
      await markLeft(
        ledger,
        entry.id,
        `${destination} of ${routeTableId} leads to ${now.id} now, set by somebody else`,
      );
      return 'settled';
    }
    if (mayShowYet(ledger, entry)) return 'going';
    await (entry.state === 'made' ? markUndone(ledger, entry.id) : markNotMade(ledger, entry.id));
    return 'settled';
  }
  const scope = { vpcId: table?.VpcId ?? '', own: entry.service, known: route.knownNeighbours, since: entry.at };
  const newcomers = await newcomersIn({ ec2, appRunner }, { ...scope, routeTableIds: [routeTableId] });
  if (newcomers.length > 0) {
    await markLeft(ledger, entry.id, stays(`${destination} of ${routeTableId} to ${natGatewayId}`, newcomers));
    return 'settled';
  }
  if (before && (await isLedBack(ec2, route, before))) {
    await markUndone(ledger, entry.id);
    return 'settled';
  }
  const taker = before && takesOver(routesOf(table), destination);
  if (taker) {
    const why = `${before?.id} cannot be set again, and without this route the traffic would leave by ${taker}`;
    await markLeft(ledger, entry.id, `${destination} of ${routeTableId} still leads to ${natGatewayId}: ${why}`);
    return 'settled';
  }
  await remove(ec2, route);
  await markUndone(ledger, entry.id);
  return 'settled';
}

/** A next hop that is gone, or that no route can be led to in its state. */
const REFUSED =
  /NotFound$|^InvalidParameter|^Incorrect\w*State$|^Invalid\w*State|^InvalidInstanceID|\.(InvalidState|Malformed|NotAttached)$|^UnsupportedOperation$/;

async function isLedBack(ec2: Ec2, { routeTableId, destination }: RouteToNat, { by, id }: SeenRoute): Promise<boolean> {
  const command = { RouteTableId: routeTableId, ...asDestination(destination), [by]: id };
  try {
    await ec2.send(new ReplaceRouteCommand(command));
    return true;
  } catch (error) {
    if (REFUSED.test(codeOf(error))) return false;
    throw forGood(error, `lead ${destination} of ${routeTableId} back to ${id}`);
  }
}

async function remove(ec2: Ec2, { routeTableId, destination }: RouteToNat): Promise<void> {
  try {
    await ec2.send(new DeleteRouteCommand({ RouteTableId: routeTableId, ...asDestination(destination) }));
  } catch (error) {
    if (['InvalidRoute.NotFound', 'InvalidRouteTableID.NotFound'].includes(codeOf(error))) return;
    throw forGood(error, `delete the route ${destination} of ${routeTableId}`);
  }
}

function forGood(error: unknown, byHand: string): unknown {
  if (codeOf(error) !== 'UnauthorizedOperation') return error;
  return new UndoFailed(`AWS does not let this function put the route back; by hand: ${byHand}`, { cause: error });
}
