import { contentHash } from '../domain/canonical.ts';
import type { Diagnosis } from '../domain/diagnosis.ts';
import type { Option, Plan, RemedyName, Step } from '../domain/plan.ts';
import type { Basis, Remedy } from './remedy.ts';
import { useDefaultEgress } from './use-default-egress.ts';

/** From the one that costs and touches least to the one that costs and touches most. */
const REMEDIES: Readonly<Record<RemedyName, Remedy>> = { 'use-default-egress': useDefaultEgress };

/** Weighs every remedy and chooses the first that is not blocked. Nothing is chosen for a healthy service. */
export function makePlan(diagnosis: Diagnosis, basis: Basis, at: string): Plan {
  const remedies = Object.values(REMEDIES);
  const options = remedies.map((remedy) => remedy.assess(basis));
  const hindrance = whyNotNow(diagnosis);
  const chosen = hindrance ? undefined : options.find(({ blocked }) => !blocked);
  const steps = chosen ? [REMEDIES[chosen.remedy].step(basis)] : [];
  return {
    hash: steps.length > 0 ? planHash(steps, basis) : null,
    options,
    steps,
    because: hindrance ?? reason(options, chosen),
    at,
  };
}

/** A repair that could not be proved is not begun. */
function whyNotNow({ healthy, probes }: Diagnosis): string | undefined {
  if (healthy) return 'nothing is broken';
  const firstBad = probes.find(({ ok }) => !ok);
  if (firstBad && !firstBad.sent) return `a repair could not be proved: ${firstBad.label} was ${firstBad.because}`;
  return undefined;
}

/** Binds an approval to what is done, to what, and on which facts. */
export const planHash = (steps: readonly Step[], basis: Basis): string =>
  contentHash({ steps, basis: { ...basis, exposure: basis.exposure.map(withoutSentence) } });

/** Sentences quote addresses, and those of a provider change every few minutes. */
const withoutSentence = ({ name, reachableFromInternet }: Basis['exposure'][number]) => ({
  name,
  reachableFromInternet,
});

function reason(options: readonly Option[], chosen: Option | undefined): string {
  if (chosen) return `${chosen.title}: ${chosen.because}`;
  const why = options.map(({ remedy, because }) => `${remedy}: ${because}`).join('; ');
  return `no repair is safe or would help (${why})`;
}
