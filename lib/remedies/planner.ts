import { canonicalJson, contentHash } from '../domain/canonical.ts';
import type { EarlierPlan, Option, Plan, Step } from '../domain/plan.ts';
import { addGatewayEndpoint } from './add-gateway-endpoint.ts';
import { addInterfaceEndpoints } from './add-interface-endpoints.ts';
import { addNatGateway } from './add-nat-gateway.ts';
import { choose, type Stage, weighAll } from './choose.ts';
import { withinReach } from './fit.ts';
import { manual } from './manual.ts';
import { openSecurityGroup } from './open-security-group.ts';
import { redeploy } from './redeploy.ts';
import type { Basis, Remedy } from './remedy.ts';
import { repairRoute } from './repair-route.ts';
import { setEnvironment } from './set-environment.ts';
import { useDefaultEgress } from './use-default-egress.ts';
import { useVpcEgress } from './use-vpc-egress.ts';

const REMEDIES: readonly Remedy[] = [
  repairRoute,
  openSecurityGroup,
  addGatewayEndpoint,
  addInterfaceEndpoints,
  setEnvironment,
  redeploy,
  useVpcEgress,
  useDefaultEgress,
  addNatGateway,
  manual,
];

/** The plans of a run so far, oldest first. */
export const plansUntil = (plan: Plan | undefined): EarlierPlan[] => {
  if (!plan) return [];
  const { earlier, options: _, cut: __, ...last } = plan;
  return [...earlier, last];
};

/**
 * Weighs every remedy that has to do with what is broken and chooses the smallest that suffices. `earlier`: the plans of
 * the rounds before; what the last of them did in its round is done. Nothing is chosen for a healthy service.
 */
export function makePlan(basis: Basis, at: string, earlier: readonly EarlierPlan[] = []): Plan {
  const last = earlier.at(-1);
  const options = weighAll(REMEDIES, basis).map(({ option }) => option);
  const hindrance = whyNotNow(basis) ?? (last && whyNotAgain(basis, last));
  const stages = hindrance === undefined ? choose(REMEDIES, basis) : [];
  const steps = stages.flatMap(stepsOf);
  const now = stages[0]?.length ?? 0;
  return withinReach({
    round: earlier.length + 1,
    hash: steps.length > 0 ? planHash(steps, basis) : null,
    options,
    steps,
    now,
    approvedBefore: now > 0 && steps.slice(0, now).every((step) => isApproved(step, earlier)),
    because: hindrance ?? reason(basis, options, stages),
    at,
    earlier: [...earlier],
  });
}

const stepsOf = (stage: Stage, index: number): Step[] =>
  stage.flatMap(({ remedy, proposal, option }) =>
    proposal.step
      ? [
          {
            remedy,
            title: proposal.title,
            ...proposal.step,
            fixes: option.fixes,
            monthlyCostUsd: proposal.monthlyCostUsd,
            minutes: proposal.minutes,
            redeploys: proposal.redeploys,
            security: proposal.security,
            affects: option.affects,
            warnings: option.warnings,
            stage: index + 1,
          },
        ]
      : [],
  );

/** Nobody answers at the door of such a service. https://docs.aws.amazon.com/apprunner/latest/api/API_Service.html */
const UNFIT: Readonly<Record<string, (arn: string) => string>> = {
  PAUSED: (arn) =>
    `the service is PAUSED. Resume it first (aws apprunner resume-service --service-arn ${arn} --region ${arn.split(':')[3]}), then start again`,
  CREATE_FAILED: () =>
    'the service is CREATE_FAILED. Delete it and create it again: App Runner brings it back in no other way',
  DELETE_FAILED: () => 'the service is DELETE_FAILED: somebody wants it gone',
};

/** A repair that could not be proved is not begun. */
function whyNotNow({ diagnosis: { healthy, probes }, configuration, service }: Basis): string | undefined {
  if (healthy) return 'nothing is broken';
  const unfit = Object.hasOwn(UNFIT, configuration.status) ? UNFIT[configuration.status]?.(service.arn) : undefined;
  if (unfit) return `a repair could not be proved: ${unfit}`;
  const firstBad = probes.find(({ ok }) => !ok);
  if (firstBad && !firstBad.sent) return `a repair could not be proved: ${firstBad.label} was ${firstBad.because}`;
  return undefined;
}

/** Another round is for a repair that helped, but not enough. */
function whyNotAgain({ diagnosis }: Basis, { steps, now }: EarlierPlan): string | undefined {
  const promised = steps.slice(0, now).flatMap(({ fixes }) => fixes);
  const works = (name: string) => {
    const seen = diagnosis.findings.filter(({ subject }) => subject === name);
    return seen.length > 0 && seen.every(({ status }) => status === 'ok');
  };
  if (promised.some(works)) return undefined;
  return `what was done did not help: ${promised.join(', ')} ${promised.length === 1 ? 'is' : 'are'} broken as before`;
}

/** On which place of the plan it stood is no part of it. */
const contentOf = ({ stage: _, ...content }: Step) => canonicalJson(content);

/** Word for word a step that was kept for later in a plan that a person approved. */
const isApproved = (step: Step, plans: readonly EarlierPlan[]) =>
  plans
    .filter(({ approvedBefore }) => !approvedBefore)
    .some(({ steps, now }) => steps.slice(now).some((other) => contentOf(other) === contentOf(step)));

/** Binds an approval to what is done, to what, and on which facts. Sentences that quote addresses are not among them. */
export const planHash = (
  steps: readonly Step[],
  { service, configuration, egress, exposure, references, image }: Basis,
): string =>
  contentHash({
    steps,
    service,
    configuration,
    egress,
    exposure: exposure.map(({ name, reachableFromInternet }) => ({ name, reachableFromInternet })),
    references: references.map(({ reference, state }) => ({ reference, state })),
    image: image?.digest,
  });

function reason(basis: Basis, options: readonly Option[], stages: readonly Stage[]): string {
  const [first, ...later] = stages.map((stage) => stage.map(({ option }) => `${option.title}: ${option.because}`));
  if (first) {
    const then = later.map((stage) => `; and only if that is not enough: ${stage.join(', then ')}`).join('');
    return `${first.join(', then ')}${then}${staysBroken(basis, stages.flat())}${whyNotCheaper(options, stages.flat())}`;
  }
  if (options.length === 0) return 'no remedy has to do with what is broken';
  const why = options.map(({ title, because }) => `${title}: ${because}`).join('; ');
  return `no repair is safe or would help (${why})`;
}

/** What no chosen step brings back: whoever approves is to know before that the door may not answer all the same. */
function staysBroken({ egress, diagnosis }: Basis, chosen: Stage): string {
  const fixed = chosen.flatMap(({ option }) => option.fixes);
  const ways = egress.filter(({ status }) => status === 'broken');
  const providers = diagnosis.causes.filter(({ supportedBy }) => supportedBy.some((id) => id.startsWith('providers:')));
  const left = [...ways, ...providers].filter(({ subject }) => !fixed.includes(subject));
  const names = new Set(left.map(({ subject, cause = 'cause not known' }) => `${subject} (${cause})`));
  return names.size > 0 ? `; stays broken, a person first: ${[...names].join(', ')}` : '';
}

/** A paid step that is chosen although a free one would do, and what that one would mean. */
function whyNotCheaper(options: readonly Option[], chosen: Stage): string {
  const paid = chosen.filter(({ option }) => option.monthlyCostUsd > 0).flatMap(({ option }) => option.fixes);
  const free = options.find(
    ({ blocked, monthlyCostUsd, fixes, title }) =>
      !blocked &&
      monthlyCostUsd === 0 &&
      paid.length > 0 &&
      paid.every((name) => fixes.includes(name)) &&
      !chosen.some(({ option }) => option.title === title),
  );
  return free ? `. Free, and not chosen because it opens more: ${free.title} (${free.security})` : '';
}
