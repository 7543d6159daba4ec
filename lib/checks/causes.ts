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
  const felt = all.some(({ check, status }) => status === 'broken' && ['probes', 'providers'].includes(check));
  const carrying = inQuestion.filter(
    // A secret is changed for many reasons: that a process is older than it matters only where something is wrong.
    ({ status, cause }) => status === 'broken' && cause && (cause !== 'stale-deployment' || felt),
  );
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
      Number(a.subject === THE_INTERNET) - Number(b.subject === THE_INTERNET) ||
      Number(isInLog(b, all)) - Number(isInLog(a, all)) ||
      b.supportedBy.length - a.supportedBy.length ||
      compare(a.subject, b.subject),
  );
}

/** What is judged for want of a profile: worth naming only after everything that has a name. */
const THE_INTERNET = 'the internet';

/** Lines about time-outs name the host that was meant. */
const isInLog = ({ subject, because }: NamedCause, all: readonly Finding[]): boolean => {
  const names = [subject, because.split(' ')[0] ?? subject];
  return all.some(({ check, evidence }) => check === 'logs' && names.some((name) => evidence.join().includes(name)));
};

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

/** Whoever messages are sent through. */
const MESSENGER = /twilio|smtp|mail|\bses\b|\bsns\b|sendgrid|postmark|brevo/i;

/** Messages that went out through the very way that is said to be cut. */
const speaksAgainst = (other: Finding, [first]: readonly Finding[]): boolean =>
  other.id === 'logs:sent' && first?.check === 'egress' && MESSENGER.test(`${first.subject} ${first.because}`);

/** What the log says when the network is to blame, whatever the configuration looks like. */
const NETWORK_SIGNS = ['logs:connect-timeout', 'logs:no-way', 'logs:name-not-found', 'logs:connection-refused'];

/** Causes that a hang may have nothing to do with. */
const ASIDE: readonly Cause[] = ['deployment-failed', 'stale-deployment'];

/**
 * A hang with every way open and nothing else wrong comes from inside: a call that blocks. Workers that were timed out
 * say the same, and then no way need be known to be open, as long as none is known to be cut. Where the log speaks of
 * the network and not of workers, it is not said.
 */
function blockedEventLoop(
  named: readonly NamedCause[],
  all: readonly Finding[],
  probes: readonly ProbeResult[],
): NamedCause[] {
  const hung = probes.filter((probe) => probe.hung);
  const workers = all.filter(({ id }) => id === 'logs:worker-timeout');
  const network = all.filter(({ id }) => NETWORK_SIGNS.includes(id));
  const ways = all.filter(({ check }) => check === 'egress');
  const open = ways.filter(({ status }) => status === 'ok');
  const waysFit = workers.length > 0 ? open.length > 0 : open.length > 0 && open.length === ways.length;
  const content = all.filter(({ check, status }) => status === 'ok' && ['environment', 'providers'].includes(check));
  const onlyInLogs = ({ supportedBy }: NamedCause) => supportedBy[0]?.startsWith('logs:') ?? false;
  const providersContent = content.some(({ check }) => check === 'providers');
  const elsewhere = named.some(
    (cause) =>
      !ASIDE.includes(cause.cause) && cause.contradictedBy.length === 0 && !(onlyInLogs(cause) && providersContent),
  );
  if (hung.length === 0 || !waysFit || elsewhere || (network.length > 0 && workers.length === 0)) return [];
  const subject = hung[0]?.name ?? '';
  const seen = workers.length > 0 ? ', and the log tells of workers that were timed out' : '';
  const unseen = ['environment', 'providers'].filter((check) => !content.some((one) => one.check === check));
  const caveat = unseen.length > 0 ? ` (${unseen.join(' and ')} could not be looked at, or declare nothing)` : '';
  return [
    {
      cause: 'event-loop-blocked',
      subject,
      because: `${hung[0]?.label} hangs although no way to a dependency is cut and nothing else is wrong${seen}${caveat}`,
      supportedBy: [
        `probes:${subject}`,
        ...workers.map(({ id }) => id),
        ...open.map(({ id }) => id),
        ...content.map(({ id }) => id),
      ],
      contradictedBy: network.map(({ id }) => id),
    },
  ];
}
