import type { Finding } from '../../domain/finding.ts';
import { placeOf, startCommand } from '../../domain/start-command.ts';
import type { Basis } from '../remedy.ts';

/** What a person does, step by step. */
export interface ByHand {
  readonly title: string;
  readonly steps: readonly string[];
  readonly minutes: number;
  readonly redeploys: boolean;
  readonly security: string;
  readonly reversible: boolean;
  readonly monthlyCostUsd?: number;
  readonly warnings?: readonly string[];
}

/** `subjects`: what the cause was found in, by the names that the findings use. Undefined: something else does it. */
export type Guide = (basis: Basis, subjects: readonly string[]) => ByHand | undefined;

export const list = (names: readonly string[]): string => names.join(', ');

type Environment = Record<string, Record<string, string>>;

/** A command stands at the end of its step, after a colon: it is shown as something to copy. */
export const askFor = ({ service }: Basis, environment: Environment): string =>
  `start a run that sets it, with an approval and a way back: ${startCommand(service, { environment })}`;

/** A run with nothing more than the service: it finds by itself that the deployment is older than the secret. */
export const redeployBy = ({ service }: Basis): string[] => [
  `${service.name} reads secrets only at deployment: start a run that redeploys it and proves that it works: ${startCommand(service)}`,
  `if that run finds nothing broken, because users get through by another provider, deploy it yourself: aws apprunner start-deployment --region ${placeOf(service.arn).region} --service-arn ${service.arn}`,
];

export const proveIt = ({ service }: Basis): string =>
  `then look again: ${startCommand(service, { mode: 'diagnose' })}`;

/** Ids of what stands in the way, of one kind, as the findings of these subjects name them. */
export function idsOf({ diagnosis }: Basis, subjects: readonly string[], kind: string): string[] {
  const found = diagnosis.findings.filter(({ check, subject }) => check === 'egress' && subjects.includes(subject));
  const hops = found.flatMap(({ paths = [] }) => paths.flatMap((path) => path.hops));
  const ids = hops.filter((hop) => hop.kind === kind && hop.status === 'broken').map(({ id }) => id);
  return [...new Set(ids)].sort();
}

/** Why, in the words of the findings. */
export const reasonsOf = ({ diagnosis }: Basis, subjects: readonly string[], check: Finding['check']): string[] =>
  diagnosis.findings
    .filter((finding) => finding.check === check && finding.status === 'broken' && subjects.includes(finding.subject))
    .map(({ because }) => because);

/** Port and protocol of each, for whoever writes a rule. */
export const destinations = ({ dependencies }: Basis, subjects: readonly string[]): string =>
  list(
    dependencies
      .filter(({ name }) => subjects.includes(name))
      .map(({ name, host, protocol, port }) => `${host ?? name} ${protocol}/${port}`),
  ) || list(subjects);
