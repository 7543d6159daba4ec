import type { Cause } from '../domain/cause.ts';
import type { NamedCause, ProbeResult } from '../domain/diagnosis.ts';
import type { Finding } from '../domain/finding.ts';

/*
 * Which cause comes first is what explains the others: a way that is cut explains time-outs and what a provider never
 * heard; a process that runs with old values explains credentials that are rejected and a fallback; and only where
 * nothing else is wrong does a hang point into the service itself.
 */
const CUTS_THE_WAY: readonly Cause[] = [
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

const ORDER: readonly (readonly Cause[])[] = [
  CUTS_THE_WAY,
  ['environment-missing', 'environment-invalid', 'stub-provider'],
  ['stale-deployment'],
  ['credentials-rejected', 'provider-suspended', 'provider-resource-missing'],
  ['fallback-in-use'],
  ['deployment-failed'],
  ['event-loop-blocked'],
];

const place = (cause: Cause): number => ORDER.findIndex((group) => group.includes(cause));
const compare = (a: string, b: string) => (a < b ? -1 : a > b ? 1 : 0);

/**
 * Names every cause that the findings in question carry, most telling first: not contradicted before contradicted,
 * then what explains more, then by how much speaks for it.
 */
export function rankCauses(
  inQuestion: readonly Finding[],
  all: readonly Finding[],
  probes: readonly ProbeResult[],
): NamedCause[] {
  const carrying = inQuestion.filter(({ status, cause }) => status === 'broken' && cause);
  const own = carrying.filter((finding) => finding.check !== 'logs');
  // What the log says of a cause that another check saw as well is one more reason, not one more cause.
  const fromLogs = carrying.filter(
    (finding) => finding.check === 'logs' && !own.some(({ cause }) => cause === finding.cause),
  );
  const named = merge([...own, ...fromLogs]).map((group) => nameCause(group, all));
  return [...named, ...blockedEventLoop(named, all, probes)].sort(
    (a, b) =>
      Number(a.contradictedBy.length > 0) - Number(b.contradictedBy.length > 0) ||
      place(a.cause) - place(b.cause) ||
      b.supportedBy.length - a.supportedBy.length ||
      compare(a.subject, b.subject),
  );
}

/** A provider is one subject however many of its doors were tried; ways and variables are each their own. */
function merge(findings: readonly Finding[]): Finding[][] {
  const groups = new Map<string, Finding[]>();
  for (const finding of findings) {
    const shared = ['providers', 'deployment', 'logs'].includes(finding.check);
    const key = shared ? `${finding.cause}` : `${finding.cause} ${finding.subject}`;
    groups.set(key, [...(groups.get(key) ?? []), finding]);
  }
  return [...groups.values()];
}

function nameCause(group: readonly Finding[], all: readonly Finding[]): NamedCause {
  const [first] = group;
  if (!first?.cause) throw new Error('a cause is named by a finding that carries it');
  const { cause, subject } = first;
  const ids = group.map(({ id }) => id);
  const others = all.filter(({ id }) => !ids.includes(id));
  const speaksFor = (other: Finding) =>
    (other.check === 'probes' && other.status === 'broken') ||
    (other.check === 'logs' && other.cause === cause) ||
    (other.id === 'logs:connect-timeout' && CUTS_THE_WAY.includes(cause));
  return {
    cause,
    subject,
    because: [...new Set(group.map(({ because }) => because))].join('; '),
    supportedBy: [...ids, ...others.filter(speaksFor).map(({ id }) => id)],
    contradictedBy: others.filter((other) => speaksAgainst(other, group)).map(({ id }) => id),
  };
}

/** Messages that went out through the very way that is said to be cut. */
const speaksAgainst = (other: Finding, [first]: readonly Finding[]): boolean =>
  other.id === 'logs:sent' && first?.check === 'egress';

/**
 * A hang with every way open, the environment right and the providers content comes from inside: a call that blocks.
 * Worker time-outs in the log say the same. Where nobody looked at the ways, it is not said.
 */
function blockedEventLoop(
  named: readonly NamedCause[],
  all: readonly Finding[],
  probes: readonly ProbeResult[],
): NamedCause[] {
  const hung = probes.filter((probe) => probe.hung);
  const ways = all.filter(({ check }) => check === 'egress');
  const waysOpen = ways.length > 0 && ways.every(({ status }) => status === 'ok');
  const elsewhere = named.some(
    ({ cause, contradictedBy }) => cause !== 'deployment-failed' && contradictedBy.length === 0,
  );
  if (hung.length === 0 || !waysOpen || elsewhere) return [];
  const workers = all.filter(({ id }) => id === 'logs:worker-timeout');
  const content = all.filter(({ check, status }) => status === 'ok' && ['environment', 'providers'].includes(check));
  const subject = hung[0]?.name ?? '';
  const seen = workers.length > 0 ? ', and the log tells of workers that were timed out' : '';
  return [
    {
      cause: 'event-loop-blocked',
      subject,
      because: `${hung[0]?.label} hangs although every dependency can be reached and nothing else is wrong${seen}`,
      supportedBy: [
        `probes:${subject}`,
        ...workers.map(({ id }) => id),
        ...ways.map(({ id }) => id),
        ...content.map(({ id }) => id),
      ],
      contradictedBy: [],
    },
  ];
}
