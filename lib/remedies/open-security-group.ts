import { DescribeSecurityGroupsCommand, type IpPermission } from '@aws-sdk/client-ec2';
import * as z from 'zod/mini';
import { StateDrifted } from '../domain/errors.ts';
import type { Place, Precondition, Step } from '../domain/plan.ts';
import type { EgressFacts } from '../egress/facts.ts';
import { judgeEgress } from '../egress/judge.ts';
import type { Ledger } from '../run/ledger.ts';
import { isGone } from './changes/refusal.ts';
import { type Hands, type MakingHands, makeRule, permissionFor } from './changes/security-group-rule.ts';
import { isBegun } from './network/begun.ts';
import { type Basis, changeId, type Progress, type Proposal, type Remedy } from './remedy.ts';
import { holdersOf, neighboursWith } from './rules/holders.ts';
import { type ClosedDestination, type MissingRule, missingRules } from './rules/missing.ts';
import { ANYWHERE } from './rules/peers.ts';
import { rulesOut } from './rules/seen.ts';

const Details = z.strictObject({
  rules: z.array(
    z.strictObject({
      groupId: z.string(),
      protocol: z.enum(['tcp', 'udp']),
      port: z.int(),
      /** A block, a group or a prefix list. */
      to: z.string(),
      /** The dependencies it is for. */
      for: z.array(z.string()),
      /** Services that leave through the group already. */
      knownNeighbours: z.array(z.string()),
    }),
  ),
  /** The rules out of each group that gets one, as they were seen. */
  groups: z.array(z.strictObject({ groupId: z.string(), out: z.array(z.string()) })),
});
type Details = z.infer<typeof Details>;

/** Adds the rule out that is missing, and no other. */
export const openSecurityGroup: Remedy = {
  name: 'open-security-group',
  propose: (basis) => {
    const { rules, closed } = missingRules(basis);
    return [...(rules.length > 0 ? [open(basis, rules)] : []), ...(closed.length > 0 ? [byHand(basis, closed)] : [])];
  },
};

function open(basis: Basis, rules: readonly MissingRule[]): Proposal {
  const ids = [...new Set(rules.map(({ groupId }) => groupId))].sort();
  const groups = ids.map((groupId) => ({ groupId, out: seenOut(basis.facts, groupId) }));
  const after = withRules(basis.facts, rules);
  const wide = rules.filter(({ to }) => Object.values(ANYWHERE).includes(to));
  return {
    title: `Add ${rules.length > 1 ? `${rules.length} rules` : 'a rule'} out to ${ids.join(', ')}`,
    monthlyCostUsd: 0,
    minutes: 1,
    redeploys: false,
    security: `whatever carries ${ids.join(', ')} may send ${rules.map(({ protocol, port, to }) => `${protocol}/${port} to ${to}`).join(', ')}; nothing more is let in`,
    reversible: true,
    preconditions: groups.map(({ groupId, out }) => hasRoom(groupId, out.length + rules.length)),
    affects: ids.flatMap((id) => holdersOf(basis, id)),
    warnings: [...wide.map(tooWide), ...notEnough(basis, after, rules)],
    step: {
      target: ids.join(', '),
      changes: rules.map(whatOf),
      undo: 'take the rules back that were added here',
      details: { rules: rules.map((rule) => detailed(basis, rule)), groups } satisfies Details,
    },
    after,
  };
}

const detailed = (basis: Basis, rule: MissingRule): Details['rules'][number] => ({
  ...rule,
  for: [...rule.for],
  knownNeighbours: neighboursWith(basis, rule.groupId),
});

/** By default; an account may have more. https://docs.aws.amazon.com/vpc/latest/userguide/amazon-vpc-limits.html */
const MOST_RULES = 60;

function hasRoom(groupId: string, count: number): Precondition {
  const what = `${groupId} has room for more rules out`;
  if (count <= MOST_RULES)
    return { what, met: 'yes', because: `it would have ${count}, and ${MOST_RULES} are allowed` };
  const because = `it would have ${count} rules out, and ${MOST_RULES} are allowed unless the quota was raised`;
  return { what, met: 'unknown', because };
}

const tooWide = ({ protocol, port, to, for: names }: MissingRule): string =>
  `the addresses of ${names.join(', ')} change, so that no narrower rule holds: ${protocol}/${port} is opened to ${to}`;

/** A rule is one of the things a way needs; what else stops it is said here. */
function notEnough({ connector, dependencies }: Basis, after: EgressFacts, rules: readonly MissingRule[]): string[] {
  if (!connector) return [];
  const named = dependencies.filter(({ name }) => rules.some((rule) => rule.for.includes(name)));
  return judgeEgress(after, connector, named).flatMap(({ name, status, because }) =>
    status === 'ok' ? [] : [`${name} needs more than this: ${because.replace(/\.$/, '')}`],
  );
}

const whatOf = ({ groupId, protocol, port, to, for: names }: Details['rules'][number] | MissingRule): string =>
  `add a rule out to ${groupId}: ${protocol}/${port} to ${to}, for ${names.join(', ')}`;

const seenOut = (facts: EgressFacts, groupId: string): string[] =>
  rulesOut(facts.SecurityGroups?.find(({ GroupId }) => GroupId === groupId)?.IpPermissionsEgress as IpPermission[]);

const withRules = (facts: EgressFacts, rules: readonly MissingRule[]): EgressFacts => ({
  ...facts,
  SecurityGroups: facts.SecurityGroups?.map((group) => ({
    ...group,
    IpPermissionsEgress: [
      ...(group.IpPermissionsEgress ?? []),
      ...rules.filter(({ groupId }) => groupId === group.GroupId).map((rule) => permissionFor(rule)),
    ],
  })),
});

/** What guards the other end is somebody else's: a run does not open it. */
function byHand({ connector }: Basis, closed: readonly ClosedDestination[]): Proposal {
  const names = closed.map(({ dependency }) => dependency.name).sort();
  const from = connector?.securityGroupIds.length
    ? connector.securityGroupIds.join(' or ')
    : 'the subnets of the service';
  return {
    title: `Let ${names.join(', ')} be reached: a rule in at the other end`,
    monthlyCostUsd: 0,
    minutes: 5,
    redeploys: false,
    security: 'the destination lets the service in, and whatever else carries its groups',
    reversible: true,
    preconditions: closed.map(({ dependency, because, groups }) => ({
      what: `the groups of ${dependency.name} let the service in`,
      met: 'no',
      because: `${because.replace(/\.$/, '')}: the group of the destination, ${groups}, is to be opened by whoever owns it`,
    })),
    affects: [],
    warnings: [],
    byHand: closed.map(
      ({ dependency: { name, protocol, port }, groups }) =>
        `Add an inbound rule to ${groups.includes(',') ? `one of ${groups}` : groups}: ${protocol}/${port} from ${from}, for ${name}.`,
    ),
  };
}

/** Adds one rule after the other. Called again, it adds none twice. */
export async function apply(
  { ec2, ec2SingleTry, ledger }: MakingHands & { readonly ledger: Ledger },
  place: Place,
  step: Step,
): Promise<Progress> {
  const { rules, groups } = z.parse(Details, step.details);
  if (!(await isBegun(ledger, place))) await holdRules({ ec2 }, groups);
  for (const [index, rule] of rules.entries()) {
    const { for: _, ...wanted } = rule;
    const planned = {
      id: changeId(place, index + 1),
      service: place.service,
      remedy: step.remedy,
      target: rule.groupId,
      what: whatOf(rule),
      undo: 'take the rule back',
    };
    await makeRule({ ec2, ec2SingleTry }, ledger, planned, wanted);
  }
  return { state: 'done', because: `${rules.map(({ groupId, to }) => `${groupId} lets out to ${to}`).join(', ')}` };
}

/** The plan saw groups with just these rules out. */
async function holdRules({ ec2 }: Hands, groups: Details['groups']): Promise<void> {
  const GroupIds = groups.map(({ groupId }) => groupId);
  try {
    const { SecurityGroups = [] } = await ec2.send(new DescribeSecurityGroupsCommand({ GroupIds }));
    for (const { groupId, out } of groups) {
      const now = rulesOut(SecurityGroups.find(({ GroupId }) => GroupId === groupId)?.IpPermissionsEgress);
      if (now.join() !== out.join()) throw new StateDrifted(`the rules out of ${groupId} are others by now`);
    }
  } catch (error) {
    if (!isGone(error)) throw error;
    throw new StateDrifted(`one of the groups ${GroupIds.join(', ')} is gone`, { cause: error });
  }
}
