import { CAUSES } from '../domain/cause.ts';
import type { ProbeResult } from '../domain/diagnosis.ts';
import type { Hop, Path } from '../domain/finding.ts';
import { CALM_VERDICTS, type Report } from '../domain/report.ts';
import { line } from '../domain/text.ts';

/*
 * What the Markdown and the HTML report have in common: the words, the clock, and the path as it is drawn.
 * No markup here, and nothing escaped: that is for each of the two.
 */

/** A value of the report in a table of words; what the table does not know is shown as it is. */
export const word = (table: Readonly<Record<string, string>>, key: string): string =>
  Object.hasOwn(table, key) ? (table[key] ?? key) : key;

/** The sign for a value of the report; what the table does not know is a question. */
export const sign = (table: Readonly<Record<string, string>>, key: string): string =>
  Object.hasOwn(table, key) ? word(table, key) : '?';

export const VERDICT_TITLES = {
  recovered: 'Recovered',
  healthy: 'Healthy',
  planned: 'Plan ready',
  'needs-human': 'Needs a person',
  declined: 'Declined',
  'not-recovered': 'Not recovered',
  undone: 'Undone',
  stuck: 'Stuck',
};

export const VERDICT_SIGNS = {
  recovered: '✔',
  healthy: '✔',
  planned: '▸',
  'needs-human': '!',
  declined: '–',
  'not-recovered': '✘',
  undone: '↩',
  stuck: '!',
};

/** Said when the run left no next steps: after these verdicts somebody has to act, and the page must say how to begin. */
const FALLBACK_STEPS: Record<string, string> = {
  'needs-human': 'Read the causes, then what each option below asks of a person and why the others are blocked.',
  declined: 'If the service is still broken, repair it by hand, or start a new run and have its plan approved.',
  'not-recovered': 'Check below that every change is undone, then read which proof failed.',
  stuck: 'Do not start another run: the lock is kept. Take the changes below back by hand, newest first.',
};

export const isCalm = ({ verdict }: Report): boolean => CALM_VERDICTS.includes(verdict);

export function nextSteps(report: Report): string[] {
  if (report.nextSteps.length > 0 || isCalm(report)) return report.nextSteps;
  return [word(FALLBACK_STEPS, report.verdict)];
}

/** A run that takes another back says which. */
export const modeOf = ({ mode, undoes }: Report): string => (undoes === undefined ? mode : `${mode} of run ${undoes}`);

/** Said where no gap is listed: a run that never looked has none either. */
export const noGaps = ({ findings, proof }: Report): string =>
  findings.length === 0 && proof === null
    ? 'None are known: this run looked at nothing.'
    : 'None. Every check could look at all it wanted to see.';

export const HEALTH_SIGNS = { ok: '✔', broken: '✘', degraded: '◐', unknown: '?' };
export const HEALTH_WORDS = { ok: 'ok', broken: 'broken', degraded: 'works in part', unknown: 'could not look' };
export const MET_SIGNS = { yes: '✔', no: '✘', unknown: '?' };
export const MET_WORDS = { yes: 'met', no: 'not met', unknown: 'could not look' };
export const APPROVAL_WORDS = {
  approved: 'Approved',
  declined: 'Declined',
  'timed-out': 'Nobody answered in time, which means no',
  drifted: 'Void, because the world changed after the plan was made',
};
export const CHANGE_WORDS = {
  pending: 'pending: the undo is written down, the change perhaps not made',
  made: 'made',
  undone: 'undone',
  'not-made': 'never made',
  left: 'left as it is, not taken back',
};
export const CHANGE_SIGNS = { pending: '?', made: '✔', undone: '↩', 'not-made': '–', left: '!' };
export const DELIVERY_WORDS = { confirmed: 'confirmed', denied: 'denied', 'no-answer': 'nobody answered' };

export const healthOf = (ok: boolean | null): 'ok' | 'broken' | 'unknown' =>
  ok === null ? 'unknown' : ok ? 'ok' : 'broken';
/** An answer that fits is not enough where something besides it could not be looked at. */
export const healthOfProbe = ({ ok, unsure }: ProbeResult): 'ok' | 'broken' | 'unknown' =>
  unsure ? 'unknown' : healthOf(ok);
export const yesNo = (yes: boolean): string => (yes ? 'yes' : 'no');
export const checkSign = (ok: boolean | null): string => (ok === null ? '–' : ok ? '✔' : '✘');
export const causeSentence = (cause: string): string => word(CAUSES, cause);

/** Words of the network as people write them. */
const KINDS = {
  address: 'Elastic IP address',
  'network-acl': 'network ACL',
  'nat-gateway': 'NAT gateway',
  'vpc-connector': 'VPC connector',
  'vpc-endpoint': 'VPC endpoint',
  endpoint: 'VPC endpoint',
};
export const kindOf = (kind: string): string =>
  Object.hasOwn(KINDS, kind) ? word(KINDS, kind) : kind.replaceAll('-', ' ');

/** `0.08` → `80 ms`, `1.84` → `1.8 s`, `440` → `7 min 20 s`. */
export function duration(seconds: number): string {
  if (!Number.isFinite(seconds) || seconds < 0) return '–';
  if (seconds > 0 && seconds < 0.9995) return `${Math.max(1, Math.round(seconds * 1000))} ms`;
  if (seconds < 9.95) return `${Number(seconds.toFixed(1))} s`;
  const whole = Math.round(seconds);
  if (whole < 60) return `${whole} s`;
  if (whole < 3600) return [`${Math.floor(whole / 60)} min`, whole % 60 ? `${whole % 60} s` : ''].join(' ').trim();
  const minutes = Math.round(whole / 60);
  return [`${Math.floor(minutes / 60)} h`, minutes % 60 ? `${minutes % 60} min` : ''].join(' ').trim();
}

export const cost = (usd: number): string => `${Number.isInteger(usd) ? usd : usd.toFixed(2)} USD`;

export const shortHash = (hash: string): string => hash.slice(0, 12);

export interface Clock {
  /** The one date of the report. */
  date: string;
  /** `HH:MM:SS` in UTC; on another day than the date, the distance in days is added. */
  time: (at: string) => string;
}

export function clockOf(report: Report): Clock {
  const started = report.timeline[0]?.at ?? report.plan.at;
  const day = (at: number) => Math.floor(at / 86_400_000);
  const zero = day(Date.parse(started));
  return {
    date: Number.isNaN(zero) ? line(started) : new Date(zero * 86_400_000).toISOString().slice(0, 10),
    time: (at) => {
      const then = Date.parse(at);
      if (Number.isNaN(then)) return line(at);
      const days = day(then) - zero;
      const text = new Date(then).toISOString().slice(11, 19);
      return days === 0 || Number.isNaN(days) ? text : `${text} (${days > 0 ? '+' : '−'}${Math.abs(days)} d)`;
    },
  };
}

/** A hop as drawn. */
export interface DrawnHop extends Hop {
  /** The path breaks here. */
  breaks: boolean;
  /** Behind a break. */
  beyond: boolean;
  /** Behind a break, and nobody looked at it. */
  waiting: boolean;
  sign: string;
  /** Said besides the sign; empty when all is well. */
  note: string;
}
/** One way through the network, shared by the subnets it is the same for. */
export interface Route {
  subnets: string[];
  cause?: string;
  hops: DrawnHop[];
  reached: boolean;
  /** The drawing has to add the destination itself, because the path ended before it. */
  endsEarly: boolean;
}
export interface Side {
  status: string;
  routes: Route[];
}
/** The way to one dependency, as found and, where it was traced again, as it is now. */
export interface Way {
  dependency: string;
  before?: Side;
  after?: Side;
}

/** Paths that differ in nothing but their subnet are one route. */
export function foldSubnets(paths: readonly Path[]): Route[] {
  const folded = new Map<string, Path[]>();
  for (const path of paths) {
    const alike = ({ id, because, ...rest }: Hop) => ({
      ...rest,
      id: id === path.subnetId ? '' : id,
      because: path.subnetId === '' ? because : because.replaceAll(path.subnetId, ''),
    });
    const key = JSON.stringify([path.status, path.cause, path.hops.map(alike)]);
    folded.set(key, [...(folded.get(key) ?? []), path]);
  }
  return [...folded.values()].map(asRoute);
}

function asRoute(alike: Path[]): Route {
  const [path] = alike as [Path, ...Path[]];
  const subnets = [...new Set(alike.map(({ subnetId }) => subnetId))].filter((id) => id !== '');
  const first = path.hops.findIndex(({ status }) => status === 'broken');
  const hops = path.hops.map((hop, index) => ({
    ...asDrawn(hop, first >= 0 && index > first),
    id: hop.id === path.subnetId ? subnets.join(', ') : hop.id,
    because: subnets.length > 1 ? hop.because.replaceAll(path.subnetId, 'the subnet') : hop.because,
  }));
  return {
    subnets,
    cause: path.cause,
    hops,
    reached: path.status === 'ok' || path.status === 'degraded',
    endsEarly: path.hops.at(-1)?.kind !== 'destination',
  };
}

function asDrawn(hop: Hop, beyond: boolean): DrawnHop {
  const { status } = hop;
  const breaks = status === 'broken';
  const waiting = beyond && status === 'unknown';
  const note = breaks ? 'broken here' : waiting ? 'not reached' : status === 'ok' ? '' : word(HEALTH_WORDS, status);
  return { ...hop, breaks, beyond, waiting, sign: waiting ? '–' : sign(HEALTH_SIGNS, status), note };
}

/** All ways worth drawing, those that are or were broken first. */
export function waysOf(report: Report): Way[] {
  const ways = new Map<string, Way>();
  const wayTo = (dependency: string) => {
    const way = ways.get(dependency) ?? { dependency };
    ways.set(dependency, way);
    return way;
  };
  const traced = report.proof?.pathsBefore.length
    ? report.proof.pathsBefore
    : report.findings
        .filter(({ check }) => check === 'egress')
        .map(({ subject, status, paths }) => ({ dependency: subject, status, paths: paths ?? [] }));
  for (const { dependency, status, paths } of traced)
    if (paths.length > 0) wayTo(dependency).before = { status, routes: foldSubnets(paths) };
  for (const { dependency, status, paths } of report.proof?.pathsAfter ?? [])
    if (paths.length > 0) wayTo(dependency).after = { status, routes: foldSubnets(paths) };
  return [...ways.values()].sort((a, b) => Number(isQuiet(a)) - Number(isQuiet(b)));
}

/** Nothing to see on this way. */
export const isQuiet = ({ before, after }: Way): boolean =>
  [before, after].every((side) => side === undefined || side.status === 'ok');

/** Worst first, otherwise in the order given. */
export function worstFirst<T extends { status: string }>(items: readonly T[]): T[] {
  const order = ['broken', 'degraded', 'unknown', 'ok'];
  return [...items].sort((a, b) => order.indexOf(a.status) - order.indexOf(b.status));
}

const CHANNELS = { slack: 'Slack', sns: 'the SNS topic', 'event-bus': 'the event bus' } as const;

/** Which channel did not take what, and which did instead. */
export function untold({ notifications }: Report): string[] {
  return notifications
    .filter(({ ok }) => !ok)
    .map(({ what, channel, because }) => {
      const instead = [
        ...new Set(notifications.filter((one) => one.ok && one.what === what).map((one) => one.channel)),
      ];
      const others = instead.length > 0 ? `; ${instead.map((one) => CHANNELS[one]).join(' and ')} took it` : '';
      return `${CHANNELS[channel]} did not take "${what}": ${because}${others}`;
    });
}
