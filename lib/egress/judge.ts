import type { Cause } from '../domain/cause.ts';
import type { Health, Hop, Path } from '../domain/finding.ts';
import { service } from './checks.ts';
import type { EgressConnector, EgressDependency, EgressFacts, EgressResult } from './facts.ts';
import { judgeTarget } from './path.ts';
import { type Plan, planFor } from './plan.ts';
import { alternatives, broken, inSeries, list, type Step, together, unknown, type Way } from './steps.ts';
import type { Target } from './target.ts';
import { type SubnetInfo, World } from './world.ts';

export type { EgressConnector, EgressDependency, EgressFacts, EgressResult } from './facts.ts';

/** A service uses IPv6 only where its interface has such an address; where no interface is seen, the subnet decides. */
function families(world: World, subnet: SubnetInfo): { v4: boolean; v6: boolean } {
  const own = world.connectorInterfaces(subnet.id);
  const v6 =
    subnet.v6.length > 0 && (own.length === 0 || own.some(({ Ipv6Addresses }) => (Ipv6Addresses ?? []).length > 0));
  return { v4: subnet.v4.length > 0 || subnet.v6.length === 0, v6 };
}

function usable(world: World, subnet: SubnetInfo, targets: readonly Target[]): Target[] {
  const can = families(world, subnet);
  return targets.filter(({ ranges }) => (ranges[0]?.family === 6 ? can.v6 : can.v4));
}

interface Tried {
  target: Target;
  family: 4 | 6;
  way: Way;
}

/** Whether the service has IPv6 is a guess where no interface was seen: where IPv4 is perfect, a closed IPv6 proves nothing. */
function withoutGuessedFamily(world: World, subnet: SubnetInfo, tried: readonly Tried[]): readonly Tried[] {
  if (world.connectorInterfaces(subnet.id).length > 0) return tried;
  const four = tried.filter(({ family }) => family === 4);
  if (four.length === 0 || four.some(({ way }) => way.status !== 'ok')) return tried;
  return tried.filter(({ family, way }) => family === 4 || way.status !== 'broken');
}

function judgeSubnet(world: World, subnet: SubnetInfo, dependency: EgressDependency, plan: Plan): Way {
  if (plan.targets.length === 0) return inSeries(plan.steps);
  const targets = usable(world, subnet, plan.targets);
  if (targets.length === 0) {
    const family = plan.targets[0]?.ranges[0]?.family ?? 4;
    const because = `${dependency.host ?? dependency.name} has IPv${family} addresses only, and the service has none in ${subnet.id}.`;
    return inSeries([...plan.steps, broken('subnet', subnet.id, 'no-route', because)]);
  }
  const tried = targets.map((target) => {
    const family = target.ranges[0]?.family ?? 4;
    return { target, family, way: judgeTarget({ world, subnet, dependency, target, family }) };
  });
  const kept = withoutGuessedFamily(world, subnet, tried);
  const ways = kept.map(({ way }) => way);
  const [only] = ways;
  const labels = kept.map(({ target }) => labelOf(target));
  const way = only && ways.length === 1 ? only : alternatives(ways, labels, true);
  const before: Step[] = [...plan.steps];
  // What is about to be there may do what the other way does not.
  const hope = plan.unused?.status === 'unknown' && way.status !== 'ok' ? plan.unused : undefined;
  if (plan.unused && !hope) {
    if (way.status === 'broken') before.push(plan.unused);
    else
      before.push({
        kind: plan.unused.kind,
        id: plan.unused.id,
        status: 'ok',
        because: `${plan.unused.because} The traffic takes the other way.`,
      });
  }
  const whole = inSeries([...before, ...way.steps]);
  const doubt = plan.doubt ?? hope;
  return doubt ? { status: 'unknown', steps: [doubt, ...whole.steps] } : whole;
}

const labelOf = ({ label, ranges }: Target): string => (ranges[0]?.family === 6 ? `${label} (IPv6)` : label);

const hopOf = ({ kind, id, status, because }: Step): Hop => ({ kind, id, status, because });

const toPath = (subnetId: string, { status, cause, steps }: Way): Path => ({
  subnetId,
  status,
  ...(cause && { cause }),
  hops: steps.map(hopOf),
});

/** The cause most subnets share; between equals the one that comes first in the alphabet. */
function mainCause(paths: readonly Path[], status: Health): Cause | undefined {
  const counts = new Map<Cause, number>();
  for (const path of paths)
    if (path.cause && path.status === status) counts.set(path.cause, (counts.get(path.cause) ?? 0) + 1);
  return [...counts].sort(([a, m], [b, n]) => n - m || (a < b ? -1 : 1))[0]?.[0];
}

const reasons = (path: Path): string[] =>
  path.hops.filter(({ status }) => status === path.status && status !== 'ok').map(({ because }) => because);

function explain(paths: readonly Path[], status: Health, cause: Cause | undefined, to: string): string {
  const count = paths.length;
  const [first] = paths;
  if (!first) return 'The connector names no subnet.';
  if (status === 'ok')
    return `${to} can be reached from ${count === 1 ? first.subnetId : `all ${count} subnets`} of the service.`;
  const worst: Health = paths.some((path) => path.status === 'broken') ? 'broken' : status;
  const bad = paths.filter((path) => path.status === worst).sort((a, b) => (a.subnetId < b.subnetId ? -1 : 1));
  const chosen = bad.find((path) => path.cause === cause) ?? bad[0];
  const why = chosen ? [...new Set(reasons(chosen))].join(' Also: ') : '';
  const names = (wanted: Health): string =>
    list(paths.filter((path) => path.status === wanted).map((path) => path.subnetId));
  if (worst === 'broken' && bad.length < count) {
    const rest = (['ok', 'degraded', 'unknown'] as const)
      .flatMap((health) => (names(health) ? [`${names(health)}: ${health}`] : []))
      .join('; ');
    return `Intermittent: ${to} cannot be reached from ${bad.length} of ${count} subnets: ${names('broken')} (${rest}). ${why}`;
  }
  const where = bad.length < count || count === 1 ? names(worst) : `any of the ${count} subnets`;
  if (status === 'broken') return `${to} cannot be reached from ${where} of the service. ${why}`;
  if (status === 'degraded') return `${to} can be reached only in part from ${where}. ${why}`;
  return `Whether ${to} can be reached from ${where} is not known. ${why}`;
}

function judgeDependency(world: World, dependency: EgressDependency, index: number): EgressResult {
  const plans = new Map<string, Plan>();
  const planIn = (vpcId: string): Plan => {
    let plan = plans.get(vpcId);
    if (!plan) {
      plan = planFor(world, vpcId, dependency, `${index} ${vpcId}`);
      plans.set(vpcId, plan);
    }
    return plan;
  };
  const subnets = [...new Set(world.connector.subnetIds)].map((subnetId): Path => {
    const subnet = world.subnets?.get(subnetId);
    if (subnet) return toPath(subnetId, judgeSubnet(world, subnet, dependency, planIn(subnet.vpcId)));
    const why = world.subnets ? 'is not among the collected subnets' : 'was not collected (ec2:DescribeSubnets)';
    return toPath(
      subnetId,
      inSeries([unknown('subnet', subnetId, `${subnetId} ${why}, so nothing can be said about it.`)]),
    );
  });
  const status = together(subnets.map((path) => path.status));
  const worst: Health = subnets.some((path) => path.status === 'broken') ? 'broken' : status;
  const cause = status === 'broken' || status === 'degraded' ? mainCause(subnets, worst) : undefined;
  const to = `${dependency.host ?? dependency.rds ?? dependency.aws ?? dependency.addresses?.join(', ') ?? dependency.name} (${service(dependency)})`;
  return {
    name: dependency.name,
    status,
    ...(cause && { cause }),
    because: explain(subnets, status, cause, to).trim(),
    subnets,
  };
}

/**
 * Judges, for every subnet of the connector, whether traffic to each dependency gets there and back. A pure function of
 * `describe-*` output: no calls, no clock; the order of the lists does not matter. See docs/egress.md for the facts it
 * takes and what it does not see. Any instance of a service may leave through any of the subnets, so one bad subnet of
 * three is an intermittent failure: `degraded`. https://docs.aws.amazon.com/apprunner/latest/dg/network-vpc.html
 */
export function judgeEgress(
  facts: EgressFacts,
  connector: EgressConnector,
  dependencies: readonly EgressDependency[],
): EgressResult[] {
  const world = new World(facts, connector);
  return dependencies.map((dependency, index) => judgeDependency(world, dependency, index));
}
