import type { Diagnosis, Gap, NamedCause, ProbeResult } from '../domain/diagnosis.ts';
import type { Check, Finding } from '../domain/finding.ts';

/** What one branch of the diagnosis brought: findings, or the error that ended it. */
export interface BranchResult {
  readonly check: Check;
  readonly findings?: readonly Finding[];
  readonly probes?: readonly ProbeResult[];
  readonly failed?: string;
}

/** Causes that explain why connections time out. */
const CUTS_THE_WAY: readonly string[] = [
  'no-route',
  'blackhole-route',
  'internet-gateway-without-public-address',
  'nat-unavailable',
  'nat-not-public',
  'security-group-denies',
  'network-acl-denies',
  'public-access-blocked',
  'endpoint-closed',
  'dns-disabled',
  'database-unreachable',
];

/** Puts all findings together. A branch that failed is a gap, not a failed diagnosis. */
export function conclude(branches: readonly BranchResult[], at: string): Diagnosis {
  const findings = branches.flatMap((branch) =>
    branch.failed === undefined ? (branch.findings ?? []) : [couldNotLook(branch)],
  );
  const probes = branches.flatMap((branch) => branch.probes ?? []);
  const doorOpen = probes.length > 0 && probes.every(({ ok }) => ok);
  const causes = findings
    .filter(({ check }) => !(doorOpen && check === 'logs'))
    .flatMap((finding) => nameCause(finding, findings))
    .sort((a, b) => weight(b) - weight(a) || compare(a.cause, b.cause) || compare(a.subject, b.subject));
  const gaps: Gap[] = findings
    .filter(({ status }) => status === 'unknown')
    .map(({ check, subject, because }) => ({ check, subject, because }));
  return {
    findings: [...findings],
    causes,
    gaps,
    probes: [...probes],
    healthy: isHealthy(findings, probes.length > 0, doorOpen),
    at,
  };
}

const compare = (a: string, b: string) => (a < b ? -1 : a > b ? 1 : 0);
const weight = (cause: NamedCause) => cause.supportedBy.length - cause.contradictedBy.length;

const couldNotLook = ({ check, failed = '' }: BranchResult): Finding => ({
  id: `${check}:all`,
  check,
  subject: 'all',
  status: 'unknown',
  because: `could not look: ${failed}`,
  evidence: [],
});

function nameCause(finding: Finding, all: readonly Finding[]): NamedCause[] {
  if (finding.status !== 'broken' || !finding.cause) return [];
  const { cause, subject, because } = finding;
  const others = all.filter((other) => other.id !== finding.id);
  const probesFailed = others.filter(({ check, status }) => check === 'probes' && status === 'broken');
  const timeouts = others.filter(({ id }) => id === 'logs:connect-timeout' && CUTS_THE_WAY.includes(cause));
  const signsOfLife = others.filter(({ id }) => id === 'logs:sent');
  return [
    {
      cause,
      subject,
      because,
      supportedBy: [finding, ...timeouts, ...probesFailed].map(({ id }) => id),
      contradictedBy: signsOfLife.map(({ id }) => id),
    },
  ];
}

/**
 * The user's door decides: with every probe passed, what the log said a while ago is the past. Without probes nothing
 * may be broken and nothing unknown.
 */
function isHealthy(findings: readonly Finding[], hasProbes: boolean, doorOpen: boolean): boolean {
  const present = findings.filter(({ check }) => check !== 'logs');
  if (present.some(({ status }) => status === 'broken')) return false;
  return hasProbes ? doorOpen : findings.every(({ status }) => status === 'ok');
}
