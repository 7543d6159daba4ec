import type { Option, RemedyName } from '../domain/plan.ts';
import type { EgressConnector, EgressFacts } from '../egress/facts.ts';
import { judgeEgress } from '../egress/judge.ts';
import type { Basis, Proposal, Remedy } from './remedy.ts';

/** A proposal and what the judge says of it. */
export interface Weighed {
  readonly remedy: RemedyName;
  readonly proposal: Proposal;
  readonly option: Option;
}

/** Assesses one remedy: what it would bring back, what it would take away, and what forbids it. Pure. */
export const weigh = (remedy: Remedy, basis: Basis): Weighed[] =>
  remedy.propose(basis).map((proposal) => {
    const fixes = [...(proposal.fixes ?? broughtBack(basis, proposal.after))];
    const verdict = judge(remedy.name, basis, proposal, fixes);
    const { title, monthlyCostUsd, minutes, redeploys, security, reversible, byHand } = proposal;
    const option: Option = {
      remedy: remedy.name,
      title,
      ...verdict,
      fixes,
      monthlyCostUsd,
      minutes,
      redeploys,
      security,
      reversible,
      preconditions: [...proposal.preconditions],
      affects: [...proposal.affects],
      warnings: [...proposal.warnings, ...unseenNeighbours(basis, proposal)],
      ...(byHand && { byHand: [...byHand] }),
    };
    return { remedy: remedy.name, proposal, option };
  });

/** What changes the network and not the service changes it for whoever shares it. */
function unseenNeighbours({ unseen = [] }: Basis, { after, redeploys }: Proposal): string[] {
  if (!after || redeploys || unseen.length === 0) return [];
  const [share, they] = unseen.length > 1 ? ['share', 'they'] : ['shares', 'it'];
  return [`whether ${unseen.join(', ')} ${share} the network is not known: ${they} may not be looked at`];
}

/** Nothing forbids it, but it does not suffice. */
export const NOT_ALONE = 'it alone would bring nothing back';

type Verdict = Pick<Option, 'blocked' | 'because'>;
const blocked = (because: string): Verdict => ({ blocked: true, because });

function judge(name: RemedyName, basis: Basis, proposal: Proposal, fixes: readonly string[]): Verdict {
  if (name === 'manual') return blocked('a person has to do it');
  if (basis.profile.repair.never.includes(name)) return blocked('the profile says never');
  const unmet = proposal.preconditions.filter(({ met }) => met === 'no');
  const { otherwise = { no: '', unknown: 'not known' } } = proposal;
  if (unmet.length > 0) return blocked([otherwise.no, reasons(unmet)].filter(Boolean).join(': '));
  const unseen = proposal.preconditions.filter(({ met }) => met === 'unknown');
  if (unseen.length > 0) return blocked(`${otherwise.unknown}: ${reasons(unseen)}`);
  const harm = takenAway(basis, proposal.after);
  if (harm.length > 0) return blocked(`it would cut off ${harm.join(', ')}`);
  if (fixes.length === 0) return blocked(NOT_ALONE);
  if (!proposal.step) return blocked('there is nothing that it could change');
  return { blocked: false, because: `brings back ${fixes.join(', ')}` };
}

/** Each precondition says why in its own sentence. */
const reasons = (preconditions: Proposal['preconditions']) =>
  preconditions.map(({ because }) => because.replace(/\.$/, '')).join('; ');

const statusesOf = (basis: Basis, facts: EgressFacts, connector: EgressConnector) =>
  new Map(judgeEgress(facts, connector, basis.dependencies).map(({ name, status }) => [name, status]));

function broughtBack(basis: Basis, after: EgressFacts | undefined): string[] {
  if (!after || !basis.connector) return [];
  const then = statusesOf(basis, after, basis.connector);
  return brokenDependencies(basis).filter((name) => then.get(name) === 'ok');
}

export const brokenDependencies = ({ egress }: Pick<Basis, 'egress'>): string[] =>
  egress.filter(({ status }) => status === 'broken').map(({ subject }) => subject);

/**
 * What works now, or may work, for this service or for one that shares the network, and would not any more. What a
 * neighbour needs is not known here, so it is asked about the same destinations.
 */
function takenAway(basis: Basis, after: EgressFacts | undefined): string[] {
  if (!after) return [];
  const known = new Set((basis.facts.Subnets ?? []).map(({ SubnetId }) => SubnetId));
  const seen = basis.neighbours.filter(({ connector }) => connector.subnetIds.every((id) => known.has(id)));
  const views = [
    ...(basis.connector ? [{ whose: '', connector: basis.connector }] : []),
    ...seen.map(({ name, connector }) => ({ whose: ` for ${name}`, connector })),
  ];
  return views.flatMap(({ whose, connector }) => {
    const before = statusesOf(basis, basis.facts, connector);
    const then = statusesOf(basis, after, connector);
    return [...before].flatMap(([name, status]) => (isHarmed(status, then.get(name)) ? [`${name}${whose}`] : []));
  });
}

const isHarmed = (before: string, then: string | undefined): boolean =>
  before === 'ok' ? then !== 'ok' : before !== 'broken' && then === 'broken';

/** The same basis with the network as it would be. */
export function afterwards(basis: Basis, { proposal }: Pick<Weighed, 'proposal'>): Basis {
  if (!proposal.after || !basis.connector) return basis;
  const then = judgeEgress(proposal.after, basis.connector, basis.dependencies);
  return {
    ...basis,
    facts: proposal.after,
    egress: then.map(({ name, status, cause }) => ({
      subject: name,
      status: status === 'degraded' ? 'broken' : status,
      ...(cause && { cause }),
    })),
  };
}
