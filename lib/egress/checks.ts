import type { Range } from './addresses.ts';
import type { EgressDependency } from './facts.ts';
import { type AclAnswers, type CompiledAcl, EPHEMERAL, judgeAcl, judgeGroups, type Peer } from './firewall.ts';
import { broken, degraded, list, ok, type Step, unknown } from './steps.ts';
import type { Target } from './target.ts';
import type { Absent, SubnetInfo, World } from './world.ts';

/** Traffic of one dependency from one subnet of the service to one target. */
export interface Trip {
  world: World;
  subnet: SubnetInfo;
  dependency: EgressDependency;
  target: Target;
  family: 4 | 6;
}

export const service = ({ protocol, port }: Pick<EgressDependency, 'protocol' | 'port'>): string =>
  `${protocol}/${port}`;

const absence = (absent: Absent): string =>
  absent === 'not collected' ? 'was not collected' : 'is not among the collected';

/** Of a list or a thing in it that is not at hand. */
export const missing = (kind: string, id: string, absent: Absent, action: string): Step =>
  unknown(
    kind,
    id,
    `${id} ${absence(absent)}${absent === 'not collected' ? ` (${action})` : ''}, so it could not be judged.`,
  );

/**
 * A host that was not resolved is most probably not among the few addresses that a rule singles out. The reverse does not
 * hold: a rule for a few addresses may be there for that very host.
 */
const NEARLY_ALL = 0.99;

const plural = (ids: readonly string[], one: string, many: string): string => (ids.length === 1 ? one : many);

/** Rules of groups that carry traffic in or out; `where` is the kind of hop, `what` names the traffic. */
function groupStep(
  world: World,
  ids: readonly string[],
  direction: 'in' | 'out',
  { protocol, port }: EgressDependency,
  peer: Peer,
  exact: boolean,
  what: string,
  cause: 'security-group-denies' | 'endpoint-closed',
): Step {
  const { groups, missing: absent } = world.groups(ids);
  const id = list(ids);
  const kind = 'security-group';
  const { cover, share, unsure } = judgeGroups(groups, direction, protocol, port, peer);
  if (!exact && cover === 'some' && share >= NEARLY_ALL)
    return ok(kind, id, `${id} ${plural(ids, 'lets', 'let')} ${what} for all but a few addresses.`);
  if (cover === 'all') return ok(kind, id, `${id} ${plural(ids, 'lets', 'let')} ${what}.`);
  if (absent.length > 0) {
    const why = world.facts.SecurityGroups ? 'not among the collected' : 'not collected (ec2:DescribeSecurityGroups)';
    return unknown(
      kind,
      id,
      `Whether ${what} is allowed is not known: ${list(absent)} ${plural(absent, 'is', 'are')} ${why}.`,
    );
  }
  if (unsure.length > 0)
    return unknown(kind, id, `Whether ${id} ${plural(ids, 'lets', 'let')} ${what} is not known: ${unsure.join('; ')}.`);
  if (cover === 'none') return broken(kind, id, cause, `No rule of ${id} lets ${what}.`);
  if (exact)
    return degraded(kind, id, cause, `${id} ${plural(ids, 'lets', 'let')} ${what} for a part of the addresses only.`);
  return unknown(
    kind,
    id,
    `${id} ${plural(ids, 'lets', 'let')} ${what} for some addresses only, and it is not known which one is used.`,
  );
}

/** Rules out, over all groups of the connector together. Without a group App Runner takes the default group of the VPC. */
export function outboundGroups(trip: Trip): Step {
  const { world, subnet, target } = trip;
  const key = world.connector.securityGroupIds.length > 0 ? target.key : `${subnet.vpcId} ${target.key}`;
  let step = world.outboundCache.get(key);
  if (!step) {
    step = computeOutboundGroups(trip);
    world.outboundCache.set(key, step);
  }
  return step;
}

function computeOutboundGroups({ world, subnet, dependency, target }: Trip): Step {
  const own = world.connector.securityGroupIds;
  const fallback = own.length > 0 ? undefined : world.defaultGroup(subnet.vpcId);
  const ids = fallback ? [fallback] : own;
  if (ids.length === 0)
    return unknown(
      'security-group',
      'default group',
      'The connector names no security group and the default group of the VPC is not among the collected.',
    );
  const peer: Peer = { ranges: target.ranges, prefixListIds: target.prefixListIds, groups: target.groups };
  const what = `${service(dependency)} out to ${target.label}`;
  return groupStep(world, ids, 'out', dependency, peer, target.exact, what, 'security-group-denies');
}

/** Rules in of the groups at the destination, for traffic from the groups or the addresses of the connector. */
export function inboundGroups(trip: Trip, ids: readonly string[], owner: string): Step {
  const { world, subnet, dependency, family, target } = trip;
  const own = world.connector.securityGroupIds;
  const peer: Peer = { ranges: world.sources(subnet, family), groups: own.length > 0 ? own : undefined };
  const what = `${service(dependency)} from the service in ${subnet.id} in to ${owner}`;
  return groupStep(
    world,
    ids,
    'in',
    dependency,
    peer,
    true,
    what,
    target.endpointId ? 'endpoint-closed' : 'security-group-denies',
  );
}

interface Leg {
  answers: AclAnswers;
  exact: boolean;
  what: string;
}

function aclStep(acl: CompiledAcl, subnetId: string, legs: readonly Leg[], summary: string): Step {
  const kind = 'network-acl';
  const name = `${acl.id} of ${subnetId}`;
  const doubts: Step[] = [];
  let partial: Step | undefined;
  let missed = 0;
  for (const { answers, exact, what } of legs) {
    const { none, nearly } = answers;
    const all = answers.all + nearly;
    const some = answers.some - nearly;
    missed = Math.max(missed, answers.denied);
    const total = all + some + none;
    if ((!some && !none) || (!exact && all / total >= NEARLY_ALL)) continue;
    if (none && !all && !some) return broken(kind, acl.id, 'network-acl-denies', `${name} denies ${what}.`);
    if (exact || !(all || none))
      partial ??= degraded(kind, acl.id, 'network-acl-denies', `${name} lets only a part of ${what} through.`);
    else
      doubts.push(
        unknown(
          kind,
          acl.id,
          `${name} lets ${what} through for some addresses only, and it is not known which one is used.`,
        ),
      );
  }
  const { from, to } = EPHEMERAL;
  const remark = missed > 0 ? `, but for ${missed} of the ${to - from + 1} ports ${from}-${to}` : '';
  return partial ?? doubts[0] ?? ok(kind, acl.id, `${name} lets ${summary}${remark}.`);
}

/** ACLs are stateless: the request and the answer are judged each for itself. */
function legsToTarget(acl: CompiledAcl, dependency: EgressDependency, { key, ranges, exact, label }: Target): Leg[] {
  const { protocol, port } = dependency;
  let answers = acl.toTargets.get(key);
  if (!answers) {
    answers = {
      out: judgeAcl(acl, 'out', protocol, ranges, { from: port, to: port }),
      in: judgeAcl(acl, 'in', protocol, ranges, EPHEMERAL),
    };
    acl.toTargets.set(key, answers);
  }
  return [
    { answers: answers.out, exact, what: `${service(dependency)} out to ${label}` },
    {
      answers: answers.in,
      exact,
      what: `the answers of ${label} back in to the ports ${EPHEMERAL.from}-${EPHEMERAL.to}`,
    },
  ];
}

function legsFromSubnet(
  acl: CompiledAcl,
  dependency: EgressDependency,
  from: SubnetInfo,
  sources: readonly Range[],
): Leg[] {
  const { protocol, port } = dependency;
  return [
    {
      answers: judgeAcl(acl, 'in', protocol, sources, { from: port, to: port }),
      exact: true,
      what: `${service(dependency)} in from ${from.id}`,
    },
    {
      answers: judgeAcl(acl, 'out', protocol, sources, EPHEMERAL),
      exact: true,
      what: `the answers out to ${from.id} on the ports ${EPHEMERAL.from}-${EPHEMERAL.to}`,
    },
  ];
}

const missingAcl = (subnetId: string, absent: Absent): Step =>
  missing('network-acl', `the network ACL of ${subnetId}`, absent, 'ec2:DescribeNetworkAcls');

/** Request out and answer in, at the subnet of the service. */
export function connectorAcl({ world, subnet, dependency, target }: Trip): Step {
  const acl = world.aclOf(subnet.id);
  if (typeof acl === 'string') return missingAcl(subnet.id, acl);
  const legs = legsToTarget(acl, dependency, target);
  return aclStep(acl, subnet.id, legs, `${service(dependency)} out to ${target.label} and the answers back in`);
}

/** Request in and answer out, at the subnet of the destination. */
export function destinationAcl({ world, subnet, dependency, family }: Trip, destination: SubnetInfo): Step {
  const acl = world.aclOf(destination.id);
  if (typeof acl === 'string') return missingAcl(destination.id, acl);
  const legs = legsFromSubnet(acl, dependency, subnet, world.sources(subnet, family));
  return aclStep(acl, destination.id, legs, `${service(dependency)} in from ${subnet.id} and the answers out`);
}

/** Four evaluations at the subnet of a NAT gateway: in from the service, out to the target, and the answers both ways. */
export function natAcl(
  { world, subnet, dependency, family, target }: Trip,
  from: SubnetInfo,
  natSubnet: SubnetInfo,
): Step {
  const acl = world.aclOf(natSubnet.id);
  if (typeof acl === 'string') return missingAcl(natSubnet.id, acl);
  const sources = from.id === subnet.id ? world.sources(subnet, family) : family === 4 ? from.v4 : from.v6;
  const [inward, backOut] = legsFromSubnet(acl, dependency, from, sources);
  const legs = [inward, ...legsToTarget(acl, dependency, target), backOut].filter((leg) => leg !== undefined);
  return aclStep(
    acl,
    natSubnet.id,
    legs,
    `${service(dependency)} from ${from.id} through to ${target.label} and the answers back`,
  );
}

/**
 * VPC Block Public Access. The state of the subnet is the most specific, then that of the VPC, then the account's; an
 * exclusion lifts each. `block-ingress` leaves NAT gateways and egress-only internet gateways alone.
 * https://docs.aws.amazon.com/vpc/latest/userguide/security-vpc-bpa.html
 */
export function publicAccess(
  world: World,
  vpcId: string,
  subnet: SubnetInfo | undefined,
  outboundOnly: boolean,
): Step[] {
  const kind = 'block-public-access';
  const { Vpcs, VpcBlockPublicAccessOptions: account, VpcBlockPublicAccessExclusions: exclusions } = world.facts;
  const levels: [string, string | undefined][] = [
    ...(subnet ? [[subnet.id, subnet.blockMode] as [string, string | undefined]] : []),
    [vpcId, world.vpcBlockMode(vpcId)],
    ['the account', account?.InternetGatewayBlockMode],
  ];
  const [where, mode] = levels.find(([, value]) => value !== undefined) ?? [];
  if (mode === undefined) {
    if (Vpcs || account) return [];
    return [
      unknown(kind, vpcId, `Whether VPC Block Public Access is on in ${vpcId} was not collected (ec2:DescribeVpcs).`),
    ];
  }
  if (mode === 'off' || (mode === 'block-ingress' && outboundOnly)) return [];
  const excluded = (exclusions ?? []).some(
    ({ ResourceArn, State, InternetGatewayExclusionMode: exclusion }) =>
      (State === undefined || State === 'create-complete' || State === 'update-complete') &&
      (exclusion === 'allow-bidirectional' || (exclusion === 'allow-egress' && outboundOnly)) &&
      [vpcId, subnet?.id].some((id) => id && ResourceArn?.endsWith(`/${id}`)),
  );
  if (excluded) return [];
  if (mode === 'block-bidirectional' || mode === 'block-ingress') {
    const managed = account?.ManagedBy === 'declarative-policy' ? ', set by a policy of the organization' : '';
    return [
      broken(
        kind,
        subnet?.id ?? vpcId,
        'public-access-blocked',
        `VPC Block Public Access is ${mode} on ${where}${managed}: traffic to the internet is dropped, however good the routes look.`,
      ),
    ];
  }
  return [
    unknown(
      kind,
      subnet?.id ?? vpcId,
      `VPC Block Public Access is in the mode ${mode} on ${where}, which this check does not know.`,
    ),
  ];
}
