import { INTERNET4, isPrivate, parseAddress, type Range } from '../../egress/addresses.ts';
import type { EgressDependency } from '../../egress/facts.ts';
import { type CompiledRoute, chooseRoutes, mainChoice } from '../../egress/route.ts';
import { lower, type World } from '../../egress/world.ts';
import type { Basis } from '../remedy.ts';
import { brokenDependencies } from '../weigh.ts';
import { DEFAULT_ROUTE, type SeenRoute, seenRoute } from './routes.ts';
import { connectorTables, isKnown } from './tables.ts';

/** A route table that subnets of the connector obey, and where it sends what it has no better route for. */
export interface Table {
  readonly routeTableId: string;
  readonly vpcId: string;
  /** Those of the connector. */
  readonly subnetIds: readonly string[];
  /** Of these subnets. */
  readonly zones: readonly string[];
  /** The one that wins, by whatever it came there. */
  readonly byDefault: CompiledRoute | undefined;
  /** `none`, or a next hop that is there no more: nothing is lost when a default route is set. */
  readonly isFree: boolean;
}

/** A route that a broken dependency lacks: there is none, or one that leads nowhere. */
export interface Lack {
  readonly routeTableId: string;
  readonly destination: string;
  /** Null where nobody set one: there is none, or it is propagated. */
  readonly before: SeenRoute | null;
  /** What it leads to, however it came there. */
  readonly hop: Pick<SeenRoute, 'id' | 'state'> | null;
  /** False: nothing that lacks it is on the internet. */
  readonly isPublic: boolean;
}

export function tablesOf(basis: Basis, world: World): Table[] {
  const known = connectorTables(basis).filter(isKnown);
  return [...new Set(known.map(({ routeTableId }) => routeTableId))].sort().map((routeTableId) => {
    const own = known.filter((one) => one.routeTableId === routeTableId);
    const vpcId = own[0]?.vpcId ?? '';
    const table = world.tableById(routeTableId);
    const entries = typeof table === 'string' ? [] : table.entries;
    const byDefault = entries.find(({ family, bits }) => family === 4 && bits === 0)?.route;
    return {
      routeTableId,
      vpcId,
      subnetIds: own.map(({ subnetId }) => subnetId),
      zones: [...new Set(own.flatMap(({ zone }) => zone ?? []))].sort(),
      byDefault,
      isFree: !byDefault || isDead(world, byDefault, vpcId),
    };
  });
}

/** EC2 marks a route to a NAT gateway that failed as a blackhole only with time. */
export function isDead(world: World, { kind, id, state }: CompiledRoute, vpcId: string): boolean {
  if (state !== 'active') return true;
  if (kind !== 'nat-gateway' || !world.natGateways) return false;
  const nat = world.natGateways.get(id);
  return nat ? ['failed', 'deleting', 'deleted'].includes(lower(nat.State)) : !world.isShared(vpcId);
}

const rangesOf = ({ addresses = [], rds }: EgressDependency): Range[][] => {
  if (addresses.length === 0) return rds ? [] : [[...INTERNET4]];
  return addresses.flatMap((text) => parseAddress(text) ?? []).flatMap((one) => (one.family === 4 ? [[one]] : []));
};

/** What the tables of the connector lack for what is broken, by table and from the narrowest destination. */
export function lacksOf(basis: Basis, world: World, tables: readonly Table[]): Lack[] {
  const broken = new Set(brokenDependencies(basis));
  const lacks = new Map<string, Lack>();
  for (const { routeTableId, vpcId } of tables)
    for (const dependency of basis.dependencies.filter(({ name }) => broken.has(name)))
      for (const ranges of rangesOf(dependency)) {
        const lack = lackOf(world, routeTableId, vpcId, ranges);
        if (!lack) continue;
        const key = `${routeTableId} ${lack.destination}`;
        lacks.set(key, { ...lack, isPublic: lack.isPublic || lacks.get(key)?.isPublic === true });
      }
  return [...lacks.values()].sort(narrowestFirst);
}

function lackOf(world: World, routeTableId: string, vpcId: string, ranges: Range[]): Lack | undefined {
  const table = world.tableById(routeTableId);
  if (typeof table === 'string') return undefined;
  const route = mainChoice(chooseRoutes(table, { ranges, prefixListIds: [] }))?.route;
  const isPublic = !ranges.every(isPrivate);
  if (!route)
    return isPublic ? { routeTableId, destination: DEFAULT_ROUTE, before: null, hop: null, isPublic } : undefined;
  if (!isDead(world, route, vpcId)) return undefined;
  const { destination, id, state } = route;
  const raw = world.facts.RouteTables?.find((one) => one.RouteTableId === routeTableId);
  const before = seenRoute(raw?.Routes, destination);
  return { routeTableId, destination, before, hop: { id, state }, isPublic };
}

const bitsOf = ({ destination }: { destination: string }) => Number(destination.split('/')[1] ?? 32);

/** The undo goes the other way: broader routes go first, so that none takes over what a narrower one leaves. */
export const narrowestFirst = (
  a: { routeTableId: string; destination: string },
  b: { routeTableId: string; destination: string },
): number => compare(a.routeTableId, b.routeTableId) || bitsOf(b) - bitsOf(a) || compare(a.destination, b.destination);

export const compare = (a: string, b: string): number => (a < b ? -1 : a > b ? 1 : 0);
