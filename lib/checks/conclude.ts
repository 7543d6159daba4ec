import type { Diagnosis, Gap, ProbeResult } from '../domain/diagnosis.ts';
import type { Check, Finding } from '../domain/finding.ts';
import { rankCauses } from './causes.ts';

/** What one branch of the diagnosis brought: findings, or the error that ended it. */
export interface BranchResult {
  readonly check: Check;
  readonly findings?: readonly Finding[];
  readonly probes?: readonly ProbeResult[];
  readonly failed?: string;
}

/** Looks at how things went, not at how they are: silent about the present while the user's door answers. */
const ABOUT_THE_PAST: readonly Check[] = ['logs', 'deployment'];

/** Puts all findings together. A branch that failed is a gap, not a failed diagnosis. */
export function conclude(branches: readonly BranchResult[], at: string): Diagnosis {
  const findings = branches.flatMap((branch) =>
    branch.failed === undefined ? (branch.findings ?? []) : [couldNotLook(branch)],
  );
  const probes = branches.flatMap((branch) => branch.probes ?? []);
  const doorOpen = probes.length > 0 && probes.every(({ ok }) => ok);
  const present = findings.filter(({ check }) => !ABOUT_THE_PAST.includes(check));
  const gaps: Gap[] = findings
    .filter(({ status }) => status === 'unknown')
    .map(({ check, subject, because }) => ({ check, subject, because }));
  return {
    findings: [...findings],
    causes: rankCauses(doorOpen ? present : findings, findings, probes),
    gaps,
    probes: [...probes],
    healthy: isHealthy(findings, present, probes.length > 0, doorOpen),
    at,
  };
}

const couldNotLook = ({ check, failed = '' }: BranchResult): Finding => ({
  id: `${check}:all`,
  check,
  subject: 'all',
  status: 'unknown',
  because: `could not look: ${failed}`,
  evidence: [],
});

/**
 * The user's door decides: with every probe passed, the log and the last deployment are the past. Without probes
 * nothing may be broken and nothing unknown.
 */
function isHealthy(
  findings: readonly Finding[],
  present: readonly Finding[],
  hasProbes: boolean,
  doorOpen: boolean,
): boolean {
  if (present.some(({ status }) => status === 'broken')) return false;
  return hasProbes ? doorOpen : findings.every(({ status }) => status === 'ok');
}
