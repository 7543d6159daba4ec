import { styleText } from 'node:util';
import type { HistoryEvent } from '@aws-sdk/client-sfn';
import type { Diagnosis, ProbeResult } from '../lib/domain/diagnosis.ts';
import { messageOf } from '../lib/domain/failure.ts';
import type { Finding } from '../lib/domain/finding.ts';
import type { Plan } from '../lib/domain/plan.ts';

/** Where progress goes: the terminal, or nowhere when only JSON is wanted. */
export type Say = (line: string) => void;

const mark = { ok: styleText('green', '✔'), broken: styleText('red', '✘'), unknown: styleText('yellow', '?') } as const;
const dim = (text: string) => styleText('dim', text);

/** States that carry out a remedy; those of the network are asked again until it is in place. */
const REMEDIES = [
  'Use default egress',
  'Use VPC egress',
  'Set environment',
  'Redeploy',
  'Repair route',
  'Open security group',
  'Add gateway endpoint',
  'Add interface endpoints',
  'Add NAT gateway',
];

/** States that repeat: told again only when what they saw has changed. */
const POLLS = ['Wait until idle', 'Watch operation', 'Undo changes', ...REMEDIES];

/** States that only tell others what is told here. */
const TELLING = /^Tell /;

interface Entered {
  readonly at: Date;
  readonly type: string;
}

/** Tells a run as it goes, in the words of the state machine. */
export class Progress {
  readonly #say: Say;
  #startedAt: Date | undefined;
  #entered = new Map<string, Entered>();
  #lastPoll = '';

  constructor(say: Say) {
    this.#say = say;
  }

  tell(event: HistoryEvent): void {
    const at = event.timestamp ?? new Date();
    this.#startedAt ??= at;
    const { stateEnteredEventDetails: entered, stateExitedEventDetails: exited } = event;
    if (entered?.name) this.#enter(entered.name, { at, type: event.type ?? '' });
    if (exited?.name) this.#exit(exited.name, at, event.type ?? '', exited.output);
    const failed =
      event.taskFailedEventDetails ?? event.lambdaFunctionFailedEventDetails ?? event.executionFailedEventDetails;
    if (failed?.error)
      this.#line(at, `${mark.broken} ${failed.error}: ${messageOf({ Error: failed.error, Cause: failed.cause })}`);
  }

  #enter(name: string, entered: Entered): void {
    this.#entered.set(name, entered);
    if (entered.type === 'WaitStateEntered' && name === 'Let App Runner work')
      this.#line(entered.at, dim('… App Runner deploys; this takes 5 to 15 minutes'));
  }

  #exit(name: string, at: Date, type: string, output: string | undefined): void {
    if (type !== 'TaskStateExited' || TELLING.test(name)) return;
    const document = parse(output);
    const details = detailsOf(name, document);
    if (POLLS.includes(name)) {
      const now = `${name} ${details.join()}`;
      if (now === this.#lastPoll) return;
      this.#lastPoll = now;
    }
    this.#line(at, `${mark.ok} ${name}`);
    for (const detail of details) this.#say(`              ${detail}`);
  }

  #line(at: Date, text: string): void {
    const seconds = Math.round((at.getTime() - (this.#startedAt ?? at).getTime()) / 1000);
    const clock = `${String(Math.floor(seconds / 60)).padStart(2, ' ')}:${String(seconds % 60).padStart(2, '0')}`;
    this.#say(`  ${dim(clock)}  ${text}`);
  }
}

interface Document {
  readonly lock?: { readonly since: string };
  readonly idle?: { readonly because: string };
  readonly diagnosis?: Diagnosis;
  /** What one check saw, where the check is a state of its own. */
  readonly findings?: readonly Finding[];
  /** In later rounds. */
  readonly latest?: Diagnosis;
  readonly plan?: Plan;
  readonly step?: { readonly state: string; readonly because: string };
  readonly approval?: { readonly because: string };
  readonly operation?: { readonly status: string };
  readonly undo?: { readonly state: string };
  readonly proof?: {
    readonly configuration?: { readonly ok: boolean };
    readonly probes?: { readonly results: readonly ProbeResult[] };
  };
}

const probeLine = ({ ok, sent, label, because, seconds }: ProbeResult) =>
  `${ok ? mark.ok : sent ? mark.broken : mark.unknown} ${label}: ${because}${sent ? dim(` (${seconds.toFixed(1)} s)`) : ''}`;

/** How many are in which state; nothing while all is well. */
function troubles({ findings = [] }: Document): string[] {
  const count = (wanted: Finding['status']) => findings.filter(({ status }) => status === wanted).length;
  const [bad, unseen] = [count('broken'), count('unknown')];
  if (bad + unseen === 0) return [];
  const parts = [
    ...(bad > 0 ? [`${mark.broken} ${bad} broken`] : []),
    ...(unseen > 0 ? [`${mark.unknown} ${unseen} could not be looked at`] : []),
  ];
  return [`${parts.join(', ')} ${dim(`of ${findings.length}`)}`];
}

const CHECKS = ['Trace egress', 'Check environment', 'Check deployment', 'Search logs', 'Ask providers', 'Run probes'];

const diagnosed = (diagnosis: Diagnosis | undefined): readonly string[] =>
  diagnosis
    ? [
        ...diagnosis.probes.map(probeLine),
        ...diagnosis.causes.map(
          ({ cause, subject, because }) => `${mark.broken} ${styleText('bold', cause)} (${subject}): ${because}`,
        ),
        ...diagnosis.gaps.map(({ check, because }) => `${mark.unknown} ${check}: ${because}`),
      ]
    : [];

const planned = (plan: Plan | undefined): readonly string[] =>
  plan
    ? [
        ...plan.options.map(({ remedy, title, blocked, because, monthlyCostUsd, minutes, redeploys }) =>
          remedy === 'manual'
            ? `${mark.unknown} by hand: ${title}`
            : `${blocked ? mark.broken : mark.ok} ${remedy}${blocked ? ' blocked' : ''}: ${because} ${dim(`(${monthlyCostUsd > 0 ? `$${monthlyCostUsd} a month` : 'free'}, ${minutes} min${redeploys ? ', redeploys' : ''})`)}`,
        ),
        ...plan.steps.map(({ title, stage }) => `${dim(stage === 1 ? '▸' : '▹ only if still needed:')} ${title}`),
        ...(plan.hash ? [dim(`plan ${plan.hash.slice(0, 12)}`)] : []),
      ]
    : [];

const DETAILS: Record<string, (document: Document) => readonly string[]> = {
  ...Object.fromEntries(CHECKS.map((name) => [name, troubles])),
  'Wait until idle': ({ idle }) => (idle ? [dim(idle.because)] : []),
  Diagnose: ({ diagnosis }) => diagnosed(diagnosis),
  'Diagnose again': ({ latest }) => diagnosed(latest),
  'Plan remedies': ({ plan }) => planned(plan),
  'Plan again': ({ plan }) => planned(plan),
  ...Object.fromEntries(REMEDIES.map((name) => [name, ({ step }: Document) => (step ? [dim(step.because)] : [])])),
  'Check approval': ({ approval }) => (approval ? [approval.because] : []),
  'Watch operation': ({ operation }) => (operation ? [dim(`operation ${operation.status}`)] : []),
  'Undo changes': ({ undo }) => (undo ? [dim(undo.state === 'done' ? 'everything is as it was' : 'under way')] : []),
  'Probe again': ({ proof }) => (proof?.probes?.results ?? []).map(probeLine),
};

const detailsOf = (name: string, document: Document): readonly string[] => DETAILS[name]?.(document) ?? [];

function parse(text: string | undefined): Document {
  try {
    return text ? (JSON.parse(text) as Document) : {};
  } catch {
    return {};
  }
}
