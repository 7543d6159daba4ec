import type { Finding } from '../../domain/finding.ts';
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

/** The input of the state machine that sets variables: the same for whoever starts it, wherever from. */
export const requestWith = ({ service }: Basis, environment: Record<string, Record<string, string>>): string =>
  JSON.stringify({ service: service.name, mode: 'repair', requestedBy: '<who asks>', environment });

export const askFor = (basis: Basis, environment: Record<string, Record<string, string>>): string =>
  `start a run that sets it, with an approval and a way back: ${requestWith(basis, environment)}`;

/** A run with nothing more than the service: it finds by itself that the deployment is older than the secret. */
export const redeployBy = ({ service }: Basis): string =>
  `redeploy ${service.name}, because it reads secrets only at deployment: start a run with mode "repair", or aws apprunner start-deployment --service-arn ${service.arn}`;

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
