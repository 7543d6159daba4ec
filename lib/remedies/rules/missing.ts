import { outboundGroups, service } from '../../egress/checks.ts';
import type { EgressDependency } from '../../egress/facts.ts';
import { judgeEgress } from '../../egress/judge.ts';
import { planFor } from '../../egress/plan.ts';
import type { Target } from '../../egress/target.ts';
import { type SubnetInfo, World } from '../../egress/world.ts';
import type { Basis } from '../remedy.ts';
import { fewestHolders, groupsOf } from './holders.ts';
import { destinationsOf } from './peers.ts';

/** One rule out that is not there. */
export interface MissingRule {
  readonly groupId: string;
  readonly protocol: 'tcp' | 'udp';
  readonly port: number;
  readonly to: string;
  /** Names of dependencies. */
  readonly for: readonly string[];
}

/** What is let out, but not in at the other end. */
export interface ClosedDestination {
  readonly dependency: EgressDependency;
  readonly because: string;
  /** The groups at the other end, as the judge names them. */
  readonly groups: string;
}

export interface Missing {
  readonly rules: readonly MissingRule[];
  readonly closed: readonly ClosedDestination[];
}

/** Of each dependency that a security group stops: the rule out that it lacks, or the groups that do not let it in. */
export function missingRules(basis: Basis): Missing {
  const { connector, facts } = basis;
  if (!connector) return { rules: [], closed: [] };
  const world = new World(facts, connector);
  const subnets = connector.subnetIds.flatMap((id) => world.subnets?.get(id) ?? []);
  const stopped = new Set(
    basis.egress
      .filter(({ status, cause }) => status === 'broken' && cause === 'security-group-denies')
      .map(({ subject }) => subject),
  );
  const groupId = fewestHolders(basis, groupsOf(facts, connector));
  const rules = new Map<string, MissingRule>();
  const closed: ClosedDestination[] = [];
  for (const [index, dependency] of basis.dependencies.entries()) {
    if (!stopped.has(dependency.name)) continue;
    const denied = deniedTargets(world, subnets, dependency, index);
    if (denied.length === 0) closed.push(...closedFor(basis, dependency));
    if (!groupId) continue;
    for (const to of new Set(denied.flatMap((target) => destinationsOf(basis, world, dependency, target)))) {
      const { protocol, port, name } = dependency;
      const key = `${groupId} ${service(dependency)} ${to}`;
      rules.set(key, { groupId, protocol, port, to, for: [...(rules.get(key)?.for ?? []), name].sort() });
    }
  }
  return { rules: [...rules].sort(([a], [b]) => (a < b ? -1 : 1)).map(([, rule]) => rule), closed };
}

/** Where the dependency is, as far as the groups of the connector do not let it out there. */
function deniedTargets(
  world: World,
  subnets: readonly SubnetInfo[],
  dependency: EgressDependency,
  index: number,
): Target[] {
  const homes = new Map(subnets.map((subnet) => [subnet.vpcId, subnet]));
  return [...homes.values()].flatMap((subnet) =>
    planFor(world, subnet.vpcId, dependency, `${index} ${subnet.vpcId}`).targets.filter((target) => {
      const family = target.ranges[0]?.family ?? 4;
      const speaks = subnets.some(({ v4, v6 }) => (family === 4 ? v4.length > 0 : v6.length > 0));
      if (!speaks) return false;
      const { status } = outboundGroups({ world, subnet, dependency, target, family });
      return status === 'broken' || status === 'degraded';
    }),
  );
}

/** The connector lets it out, so what the judge found closed is the other end. */
function closedFor({ facts, connector }: Basis, dependency: EgressDependency): ClosedDestination[] {
  if (!connector) return [];
  const [result] = judgeEgress(facts, connector, [dependency]);
  const hop = result?.subnets
    .flatMap(({ hops }) => hops)
    .find(({ kind, status }) => kind === 'security-group' && (status === 'broken' || status === 'degraded'));
  return hop ? [{ dependency, because: hop.because, groups: hop.id }] : [];
}
