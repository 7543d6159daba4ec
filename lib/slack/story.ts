import type { Announcement } from '../domain/announcement.ts';
import type { Approval } from '../domain/approval.ts';
import type { Plan, Step } from '../domain/plan.ts';
import type { Verdict } from '../domain/report.ts';
import type { Purpose } from '../domain/request.ts';
import { told } from './text.ts';

/*
 * What the one message of a run tells, in parts that come one by one and in any order. It is kept in the table, so it is
 * short and already redacted, however large the plan.
 */

/** Of two tellings of the same part the one with the greater order counts: a late retry does not take anything back. */
interface Part {
  readonly order: string;
}

export interface ShownStep {
  readonly title: string;
  readonly what: readonly string[];
  readonly monthlyCostUsd: number;
  readonly minutes?: number;
  readonly redeploys?: boolean;
  readonly risk: string;
  readonly undo: string;
  /** Only if the steps before it do not suffice. */
  readonly later: boolean;
}

export interface ShownPlan {
  readonly round: number;
  readonly hash: string;
  readonly because: string;
  readonly steps: readonly ShownStep[];
  /** So many steps are not shown. */
  readonly more: number;
  readonly nowUsd: number;
  readonly allUsd: number;
  readonly affects: readonly string[];
  readonly others: readonly { readonly title: string; readonly because: string }[];
}

export interface Story {
  readonly run: string;
  readonly service: string;
  readonly began?: Part & { readonly mode: Purpose; readonly requestedBy: string };
  readonly diagnosed?: Part & { readonly lines: readonly string[]; readonly healthy: boolean };
  readonly asked?: Part & { readonly plan: ShownPlan; readonly question: string; readonly expiresAt: string };
  readonly decided?: Part & Approval;
  readonly progressed?: Part & { readonly what: string };
  readonly delivery?: Part & {
    readonly ask: string;
    readonly question: string;
    readonly expiresAt: string;
    readonly takesCode: boolean;
  };
  readonly finished?: Part & {
    readonly verdict: Verdict;
    readonly summary: string;
    readonly nextSteps: readonly string[];
  };
  readonly died?: Part & { readonly status: string; readonly because: string };
}

export type PartName = Exclude<keyof Story, 'run' | 'service'>;
export type NamedPart = { [N in PartName]: { readonly name: N; readonly part: NonNullable<Story[N]> } }[PartName];
export type OfRun = Exclude<Announcement, { kind: 'swept' }>;

const sentence = (text: string) => told(text, 500);
/** A hash is no secret, though it looks like one. */
const digits = (hash: string) => hash.replace(/[^0-9a-f]/gi, '').slice(0, 64);

/** The part that an announcement adds. `at`: when it is told. */
export function partOf(announcement: OfRun, at: string): NamedPart {
  switch (announcement.kind) {
    case 'began': {
      const { mode, requestedBy } = announcement;
      return { name: 'began', part: { order: at, mode, requestedBy: told(requestedBy, 128) } };
    }
    case 'diagnosed': {
      const { healthy } = announcement;
      return { name: 'diagnosed', part: { order: at, healthy, lines: diagnosisLines(announcement) } };
    }
    case 'asked':
    case 'reminded': {
      const { kind, plan, question, expiresAt } = announcement;
      const order = `${String(plan.round).padStart(3, '0')} ${expiresAt} ${kind}`;
      return { name: 'asked', part: { order, plan: shownPlan(plan), question, expiresAt } };
    }
    case 'decided': {
      const { approval } = announcement;
      const by = approval.by === undefined ? {} : { by: told(approval.by, 128) };
      return {
        name: 'decided',
        part: {
          order: approval.at,
          ...approval,
          ...by,
          planHash: digits(approval.planHash),
          because: sentence(approval.because),
        },
      };
    }
    case 'progressed':
      return { name: 'progressed', part: { order: at, what: sentence(announcement.what) } };
    case 'delivery-asked': {
      const { ask, question, expiresAt, takesCode } = announcement;
      return { name: 'delivery', part: { order: at, ask: sentence(ask), question, expiresAt, takesCode } };
    }
    case 'finished': {
      const { verdict, summary, nextSteps } = announcement;
      const steps = nextSteps.slice(0, 5).map(sentence);
      return { name: 'finished', part: { order: at, verdict, summary: told(summary, 1000), nextSteps: steps } };
    }
    case 'died': {
      const { status, because } = announcement;
      return { name: 'died', part: { order: at, status: told(status, 40), because: sentence(because) } };
    }
  }
}

/** Three lines: what it is, why it is thought so, and how far that was looked at. */
function diagnosisLines({ healthy, causes, gaps, probes }: Extract<Announcement, { kind: 'diagnosed' }>): string[] {
  const [first, ...others] = causes;
  const failed = probes.filter(({ ok, sent }) => sent && !ok);
  const door =
    probes.length === 0
      ? 'Its door was not tried'
      : failed.length === 0
        ? `Its door answers as it should (${probes.length} of ${probes.length})`
        : `At its door ${failed.length} of ${probes.length} fail: ${failed.map(({ label }) => label).join(', ')}`;
  const blind = gaps.length === 0 ? '' : `; could not look at ${gaps.map(({ subject }) => subject).join(', ')}`;
  const more = others.length > 0 ? `, and ${others.map(({ cause }) => cause).join(', ')}` : '';
  return [
    first
      ? `${first.cause} (${first.subject})${more}`
      : healthy
        ? 'Healthy: nothing is broken'
        : 'The cause is not known',
    first?.because ?? '',
    `${door}${blind}.`,
  ]
    .filter(Boolean)
    .map(sentence);
}

const MOST_STEPS = 8;

function shownPlan({ round, hash, because, steps, now, options }: Plan): ShownPlan {
  const usd = (some: readonly Step[]) => some.reduce((sum, { monthlyCostUsd }) => sum + monthlyCostUsd, 0);
  const optionOf = ({ remedy, title }: Step) =>
    options.find((option) => option.remedy === remedy && option.title === title) ??
    options.find((option) => option.remedy === remedy);
  const chosen = new Set(steps.map(optionOf));
  const affects = steps.flatMap((step) => optionOf(step)?.affects ?? []);
  return {
    round,
    hash: digits(hash ?? ''),
    because: sentence(because),
    steps: steps.slice(0, MOST_STEPS).map((step, index) => ({
      title: told(step.title, 150),
      what: step.changes.slice(0, 4).map((change) => told(change, 200)),
      monthlyCostUsd: step.monthlyCostUsd,
      minutes: optionOf(step)?.minutes,
      redeploys: optionOf(step)?.redeploys,
      risk: told([optionOf(step)?.security ?? '', ...step.warnings].filter(Boolean).join('; '), 400),
      undo: told(step.undo, 200),
      later: index >= now,
    })),
    more: Math.max(0, steps.length - MOST_STEPS),
    nowUsd: usd(steps.slice(0, now)),
    allUsd: usd(steps),
    affects: [...new Set(affects)].slice(0, 5).map((who) => told(who, 100)),
    others: options
      .filter((option) => !chosen.has(option))
      .slice(0, 4)
      .map(({ title, because, monthlyCostUsd }) => ({
        title: `${told(title, 130)} (${monthlyCostUsd.toFixed(2)} USD a month)`,
        because: told(because, 200),
      })),
  };
}
