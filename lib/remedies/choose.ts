import type { RemedyName } from '../domain/plan.ts';
import type { Basis, Remedy } from './remedy.ts';
import { afterwards, brokenDependencies, NOT_ALONE, type Weighed, weigh } from './weigh.ts';

/** Steps that only together bring something back. After each stage the door is tried. */
export type Stage = readonly Weighed[];

/** A run has three rounds, and each of them does one stage. */
const MOST_STAGES = 3;

/**
 * From the least to the most that is paid, interrupted or opened: what is free, needs no deployment and opens one way
 * only; the same, paid; a way that is there for subnets that had none; what redeploys; what is paid and opens the whole
 * internet. docs/decisions/0007.
 */
const ORDER: readonly RemedyName[] = [
  'open-security-group',
  'add-gateway-endpoint',
  'add-interface-endpoints',
  'repair-route',
  'set-environment',
  'redeploy',
  'use-vpc-egress',
  'use-default-egress',
  'add-nat-gateway',
  'manual',
];

/** A route that leads nowhere is put right before anything new is made. */
const rank = (remedy: RemedyName, basis: Basis): number =>
  remedy === 'repair-route' && basis.egress.some(({ cause }) => cause === 'blackhole-route')
    ? -1
    : ORDER.indexOf(remedy);

/** Every remedy that has to do with what is broken, the smallest first. */
export const weighAll = (remedies: readonly Remedy[], basis: Basis): Weighed[] =>
  remedies
    .flatMap((remedy) => weigh(remedy, basis))
    .sort(
      (a, b) =>
        Number(a.option.blocked) - Number(b.option.blocked) ||
        rank(a.remedy, basis) - rank(b.remedy, basis) ||
        a.option.monthlyCostUsd - b.option.monthlyCostUsd,
    );

/**
 * Chooses stage by stage: the smallest remedy that brings back something that is still broken, then the next for the
 * rest. What a later stage does anyway is left out when it costs money, or when the service leaves the network it is in.
 */
export function choose(
  remedies: readonly Remedy[],
  basis: Basis,
  without: readonly RemedyName[] = [],
): readonly Stage[] {
  const usable = remedies.filter(({ name }) => !without.includes(name));
  const stages: Stage[] = [];
  const fixed = new Set<string>();
  let current = basis;
  while (stages.length < MOST_STAGES) {
    const stage = nextStage(usable, current, fixed);
    if (!stage) break;
    stages.push(stage);
    for (const { option } of stage) for (const name of option.fixes) fixed.add(name);
    for (const weighed of stage) current = afterwards(current, weighed);
  }
  const needless = stages
    .slice(0, -1)
    .flat()
    .find((early) => isNeedless(early, stages, usable, basis));
  return needless ? choose(remedies, basis, [...without, needless.remedy]) : stages;
}

const bringsNew = ({ option }: Weighed, fixed: ReadonlySet<string>) =>
  !option.blocked && option.fixes.some((name) => !fixed.has(name));

function nextStage(remedies: readonly Remedy[], basis: Basis, fixed: ReadonlySet<string>): Stage | undefined {
  const all = weighAll(remedies, basis);
  const single = all.find((weighed) => bringsNew(weighed, fixed));
  const open = brokenDependencies(basis).filter((name) => !fixed.has(name));
  const alone = new Set(all.flatMap(({ option }) => (option.blocked ? [] : option.fixes)));
  if (!single) return open.every((name) => alone.has(name)) ? undefined : pairFor(remedies, all, basis, fixed);
  const smaller = remedies.filter(({ name }) => rank(name, basis) < rank(single.remedy, basis));
  return pairFor(smaller, weighAll(smaller, basis), basis, fixed) ?? [single];
}

/**
 * Two network changes of which neither brings anything back alone: a route and a rule, say. The rule comes second: what
 * it has to let out is narrower once the way is known.
 */
function pairFor(
  remedies: readonly Remedy[],
  all: readonly Weighed[],
  basis: Basis,
  fixed: ReadonlySet<string>,
): Stage | undefined {
  const isRule = ({ remedy }: Weighed) => remedy === 'open-security-group';
  for (const first of all.filter(isHalf).sort((a, b) => Number(isRule(a)) - Number(isRule(b)))) {
    const second = weighAll(remedies, afterwards(basis, first)).find(
      (weighed) => weighed.remedy !== first.remedy && weighed.proposal.after && bringsNew(weighed, fixed),
    );
    if (second) return [first, second];
  }
  return undefined;
}

const isHalf = ({ option, proposal }: Weighed) =>
  option.because === NOT_ALONE && proposal.after !== undefined && proposal.step !== undefined;

function isNeedless(early: Weighed, stages: readonly Stage[], remedies: readonly Remedy[], basis: Basis): boolean {
  const at = stages.findIndex((stage) => stage.includes(early));
  const later = stages.slice(at + 1).flat();
  return later.some(({ remedy }) => {
    const leaves = remedy === 'use-default-egress';
    if (early.option.monthlyCostUsd === 0 && !(leaves && early.proposal.after)) return false;
    const alone = remedies
      .filter(({ name }) => name === remedy)
      .flatMap((candidate) => weigh(candidate, basis))
      .filter(({ option }) => !option.blocked)
      .flatMap(({ option }) => option.fixes);
    return early.option.fixes.every((name) => alone.includes(name));
  });
}
