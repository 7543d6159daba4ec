import { styleText } from 'node:util';
import type { HistoryEvent } from '@aws-sdk/client-sfn';
import type { Approval } from '../lib/domain/approval.ts';
import type { Diagnosis, ProbeResult } from '../lib/domain/diagnosis.ts';
import { messageOf } from '../lib/domain/failure.ts';
import type { Finding } from '../lib/domain/finding.ts';
import type { Plan } from '../lib/domain/plan.ts';
import type { DeliveryProof } from '../lib/domain/proof.ts';
import { monthlyCost } from '../lib/report/choice.ts';

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

/** States that wait for a person. */
const ASKS = ['Request approval', 'Confirm delivery'];

const COMES_UP: Readonly<Record<string, string>> = {
  'Add NAT gateway': 'the gateway comes up; this takes some minutes',
  'Add interface endpoints': 'the endpoints come up; this takes some minutes',
  'Add gateway endpoint': 'the endpoint comes up',
};

/** What is said when something long begins. */
const WAITS: Readonly<Record<string, string>> = {
  Diagnose: 'every side is looked at, and the door is tried; this takes one to two minutes',
  'Diagnose again': 'every side is looked at again; this takes one to two minutes',
  'Let it finish': 'App Runner has something under way; this waits until it has ended',
  'Let App Runner work': 'App Runner deploys; this takes 5 to 15 minutes',
  'Let it settle': 'names and caches settle; this takes 90 s',
  'Probe again': 'the door is tried again',
  'Let the undo work': 'what was changed is taken back; this takes some minutes',
};

function waitFor(name: string, remedy: string, input: string | undefined): string | undefined {
  if (name === 'Let it come up') return COMES_UP[remedy] ?? 'it comes up';
  if (!ASKS.includes(name)) return WAITS[name];
  const { patience, profile } = parse(input);
  const seconds = name === 'Request approval' ? patience?.approval : patience?.delivery;
  const most = seconds === undefined ? '' : `, at most ${Math.ceil(seconds / 60)} min`;
  return name === 'Request approval'
    ? `waits for somebody to approve the plan${most}; silence means no`
    : `asks a person${most}: ${profile?.delivery?.ask ?? 'has it arrived?'}`;
}

/** Tells a run as it goes, in the words of the state machine. */
export class Progress {
  readonly #say: Say;
  #startedAt: Date | undefined;
  #lastPoll = '';
  #lastWait = '';
  /** What comes up while a remedy of the network is waited for. */
  #remedy = '';
  /** Events of failures: the state that is left right after one has failed, however the run goes on. */
  readonly #failures = new Map<number, 'failed' | 'timed out'>();

  constructor(say: Say) {
    this.#say = say;
  }

  tell(event: HistoryEvent): void {
    const at = event.timestamp ?? new Date();
    this.#startedAt ??= at;
    const { stateEnteredEventDetails: entered, stateExitedEventDetails: exited } = event;
    if (entered?.name) this.#enter(entered.name, at, entered.input);
    if (exited?.name) this.#exit(exited.name, at, event, exited.output);
    // Not `executionFailed`, which repeats what a state has said: how the run ended is told at its end.
    const failed = event.taskFailedEventDetails ?? event.lambdaFunctionFailedEventDetails;
    const timedOut = event.taskTimedOutEventDetails ?? event.lambdaFunctionTimedOutEventDetails;
    if (failed ?? timedOut) this.#failures.set(event.id ?? 0, failed ? 'failed' : 'timed out');
    if (failed?.error)
      this.#line(at, `${mark.broken} ${failed.error}: ${messageOf({ Error: failed.error, Cause: failed.cause })}`);
  }

  #enter(name: string, at: Date, input: string | undefined): void {
    if (REMEDIES.includes(name)) this.#remedy = name;
    const wait = waitFor(name, this.#remedy, input);
    if (wait === undefined || wait === this.#lastWait) return;
    this.#lastWait = wait;
    this.#line(at, dim(`… ${wait}`));
  }

  #exit(name: string, at: Date, { type, previousEventId }: HistoryEvent, output: string | undefined): void {
    if (type !== 'TaskStateExited' || TELLING.test(name)) return;
    const failure = this.#failures.get(previousEventId ?? -1);
    if (failure) {
      const silent = failure === 'timed out' && ASKS.includes(name);
      this.#line(at, silent ? `${mark.unknown} ${name}: nobody answered in time` : `${mark.broken} ${name}`);
      return;
    }
    const document = parse(output);
    const details = detailsOf(name, document);
    if (POLLS.includes(name)) {
      const now = `${name} ${details.join()}`;
      if (now === this.#lastPoll) return;
      this.#lastPoll = now;
    }
    this.#lastWait = '';
    this.#line(at, `${markOf(name, document)} ${name}`);
    for (const detail of details) this.#say(`              ${detail}`);
  }

  #line(at: Date, text: string): void {
    const seconds = Math.round((at.getTime() - (this.#startedAt ?? at).getTime()) / 1000);
    const clock = `${String(Math.floor(seconds / 60)).padStart(2, ' ')}:${String(seconds % 60).padStart(2, '0')}`;
    this.#say(`  ${dim(clock)}  ${text}`);
  }
}

interface Document {
  readonly patience?: { readonly approval: number; readonly delivery: number };
  readonly profile?: { readonly delivery?: { readonly ask: string } };
  readonly lock?: { readonly since: string };
  readonly idle?: { readonly because: string };
  readonly diagnosis?: Diagnosis;
  /** What one check saw, where the check is a state of its own. */
  readonly findings?: readonly Finding[];
  readonly plan?: Plan;
  readonly step?: { readonly state: string; readonly because: string };
  readonly approval?: Pick<Approval, 'decision' | 'because'>;
  readonly operation?: { readonly state?: string; readonly status: string };
  readonly undo?: { readonly state: string };
  readonly proof?: {
    readonly configuration?: { readonly ok: boolean };
    readonly probes?: { readonly state?: string; readonly results: readonly ProbeResult[] };
    readonly delivery?: Pick<DeliveryProof, 'status' | 'verification'>;
  };
}

/** A state that did its work may have found bad news. */
function markOf(name: string, { approval, proof, undo, operation }: Document): string {
  switch (name) {
    case 'Check approval':
      return approval && approval.decision !== 'approved' ? mark.broken : mark.ok;
    case 'Watch operation':
      return operation?.state === 'rolled-back' || operation?.state === 'failed' ? mark.broken : mark.ok;
    case 'Verify configuration':
      return proof?.configuration?.ok === false ? mark.broken : mark.ok;
    case 'Probe again':
      return proof?.probes?.state === 'failed'
        ? mark.broken
        : proof?.probes?.state === 'unsure'
          ? mark.unknown
          : mark.ok;
    case 'Confirm delivery':
      return markOfDelivery(proof?.delivery);
    case 'Undo changes':
      return undo?.state === 'partly' ? mark.unknown : mark.ok;
    default:
      return mark.ok;
  }
}

function markOfDelivery(delivery: NonNullable<Document['proof']>['delivery']): string {
  if (delivery?.status === 'denied' || delivery?.verification?.ok === false) return mark.broken;
  return delivery === undefined || delivery.status === 'confirmed' ? mark.ok : mark.unknown;
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

const costs = (plan: Plan): readonly string[] => {
  const price = monthlyCost(plan);
  return price ? [`${dim('costs a month:')} ${price}`] : [];
};

const planned = (plan: Plan | undefined): readonly string[] =>
  plan
    ? [
        ...plan.options.map(({ remedy, title, blocked, because, monthlyCostUsd, minutes, redeploys }) =>
          remedy === 'manual'
            ? `${mark.unknown} by hand: ${title}`
            : `${blocked ? mark.broken : mark.ok} ${remedy}${blocked ? ' blocked' : ''}: ${because} ${dim(`(${monthlyCostUsd > 0 ? `$${monthlyCostUsd} a month` : 'free'}, ${minutes} min${redeploys ? ', redeploys' : ''})`)}`,
        ),
        ...plan.steps.flatMap(({ title, stage, warnings }) => [
          `${dim(stage === 1 ? '▸' : '▹ only if still needed:')} ${title}`,
          ...warnings.map((warning) => `  ${styleText('yellow', '!')} mind: ${warning}`),
        ]),
        ...costs(plan),
        ...(plan.hash && plan.approvedBefore ? [dim('approved before, nobody is asked')] : []),
        ...(plan.hash ? [dim(`plan ${plan.hash.slice(0, 12)}`)] : []),
      ]
    : [];

const UNDONE: Readonly<Record<string, string>> = {
  done: 'everything is as it was',
  partly: 'a part was left, because something else uses it by now',
  going: 'under way',
};

const DETAILS: Record<string, (document: Document) => readonly string[]> = {
  ...Object.fromEntries(CHECKS.map((name) => [name, troubles])),
  'Wait until idle': ({ idle }) => (idle ? [dim(idle.because)] : []),
  Diagnose: ({ diagnosis }) => diagnosed(diagnosis),
  'Diagnose again': ({ diagnosis }) => diagnosed(diagnosis),
  'Plan remedies': ({ plan }) => planned(plan),
  'Plan again': ({ plan }) => planned(plan),
  ...Object.fromEntries(REMEDIES.map((name) => [name, ({ step }: Document) => (step ? [dim(step.because)] : [])])),
  'Check approval': ({ approval }) => (approval ? [approval.because] : []),
  'Watch operation': ({ operation }) => (operation ? [dim(`operation ${operation.status}`)] : []),
  'Undo changes': ({ undo }) => (undo ? [dim(UNDONE[undo.state] ?? undo.state)] : []),
  'Confirm delivery': ({ proof }) => (proof?.delivery?.status === 'denied' ? ['it has not arrived'] : []),
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
