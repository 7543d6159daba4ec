import type { Announcement } from '../domain/announcement.ts';
import type { Approval } from '../domain/approval.ts';
import type { Verdict } from '../domain/report.ts';
import type { Purpose } from '../domain/request.ts';
import { onPhone } from './phone.ts';
import { type ShownPlan, shownPlan } from './shown-plan.ts';
import { digits, told } from './text.ts';

/*
 * What the one message of a run tells, in parts that come one by one and in any order. It is kept in the table, so it is
 * short and already redacted, however large the plan.
 */

/** Of two tellings of the same part the one with the greater order counts: a late retry does not take anything back. */
interface Part {
  readonly order: string;
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
    /** Where nobody is asked about it: shown, to be carried out by another run. */
    readonly plan?: ShownPlan;
  };
  readonly died?: Part & {
    readonly status: string;
    readonly because: string;
    readonly refused?: boolean;
    readonly isUndo?: boolean;
  };
}

export type PartName = Exclude<keyof Story, 'run' | 'service'>;
export type NamedPart = { [N in PartName]: { readonly name: N; readonly part: NonNullable<Story[N]> } }[PartName];
export type OfRun = Exclude<Announcement, { kind: 'swept' }>;

const MOST_NEXT = 12;

const sentence = (text: string) => told(text, 500);

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
      const { verdict, summary, nextSteps, plan } = announcement;
      const more = nextSteps.length - MOST_NEXT;
      const steps = nextSteps.slice(0, MOST_NEXT).map((step) => told(onPhone(step), 400));
      if (more > 0) steps.push(`and ${more} more in the report`);
      return {
        name: 'finished',
        part: {
          order: at,
          verdict,
          summary: told(summary, 1000),
          nextSteps: steps,
          ...(verdict === 'planned' && plan && { plan: shownPlan(plan) }),
        },
      };
    }
    case 'died': {
      const { status, because, refused = false, isUndo = false } = announcement;
      return {
        name: 'died',
        part: { order: at, status: told(status, 40), because: sentence(onPhone(because)), refused, isUndo },
      };
    }
  }
}

type Diagnosed = Extract<Announcement, { kind: 'diagnosed' }>;

/** What it is, why it is thought so, and how far that was looked at: three lines where there is one cause. */
const diagnosisLines = (diagnosed: Diagnosed): string[] =>
  [...causeLines(diagnosed), doorLine(diagnosed)].filter(Boolean).map(sentence);

const MOST_CAUSES = 3;
const nameOf = ({ cause, subject }: Diagnosed['causes'][number]) => `${cause} (${subject})`;

function causeLines({ healthy, causes }: Diagnosed): string[] {
  const [first, ...others] = causes;
  if (!first) return [healthy ? 'Healthy: nothing is broken' : 'The cause is not known'];
  if (others.length === 0) return [nameOf(first), first.because];
  const rest = causes.slice(MOST_CAUSES).map(nameOf);
  return [
    ...causes.slice(0, MOST_CAUSES).map((cause) => `${nameOf(cause)}: ${cause.because}`),
    rest.length > 0 ? `and ${rest.join(', ')}` : '',
  ];
}

function doorLine({ gaps, probes }: Diagnosed): string {
  const failed = probes.filter(({ ok, sent }) => sent && !ok);
  const door =
    probes.length === 0
      ? 'Its door was not tried'
      : failed.length === 0
        ? `Its door answers as it should (${probes.length} of ${probes.length})`
        : `At its door ${failed.length} of ${probes.length} fail: ${failed.map(({ label }) => label).join(', ')}`;
  const blind = gaps.length === 0 ? '' : `; could not look at ${gaps.map(({ subject }) => subject).join(', ')}`;
  return `${door}${blind}.`;
}
