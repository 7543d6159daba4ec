import { styleText } from 'node:util';
import type { LambdaClient } from '@aws-sdk/client-lambda';
import type { HistoryEvent, SFNClient } from '@aws-sdk/client-sfn';
import { InvalidRequest } from '../lib/domain/errors.ts';
import type { OpenQuestion, RunView } from '../lib/domain/run-view.ts';
import { conclude, type Telling } from './conclude.ts';
import { showRun } from './doors.ts';
import { follow } from './follow.ts';
import { type Io, NOT_WELL } from './io.ts';
import { nameOf } from './machines.ts';
import { command, whyNot } from './operated.ts';
import { Progress } from './progress.ts';
import { questionText } from './question-text.ts';
import { patiently } from './reached.ts';

export interface Clients {
  readonly states: Pick<SFNClient, 'send'>;
  readonly lambda: Pick<LambdaClient, 'send'>;
}

export const LOOK_EVERY_MS = 2000;

/** Follows a run that this command has started: names it first, on the other stream where only the report is wanted. */
export function watchStarted(
  clients: Clients,
  { executionArn, isNew }: { readonly executionArn: string; readonly isNew: boolean },
  flags: Telling,
  io: Io,
  everyMs: number,
): Promise<number> {
  const say = flags.json ? io.err : io.out;
  const before = isNew ? '' : ' was there already';
  say(`\n  run ${nameOf(executionArn)}${before}; it goes on when you stop watching\n\n`);
  return watchRun(clients, executionArn, flags, io, everyMs, isNew ? 'was started and goes on' : undefined);
}

/**
 * Follows a run to its end and tells how it ended. What it asks people meanwhile is shown with the answering commands.
 * Whatever keeps it from watching does not stop the run, and is never told as if nothing had begun.
 */
export async function watchRun(
  clients: Clients,
  executionArn: string,
  flags: Telling,
  io: Io,
  everyMs: number,
  state = 'goes on, unless it has ended',
): Promise<number> {
  try {
    return await toTheEnd(clients, executionArn, flags, io, everyMs);
  } catch (error) {
    if (!(error instanceof Error) || error instanceof InvalidRequest) throw error;
    const run = nameOf(executionArn);
    io.err(`run ${run} ${state}; watching it broke off: ${whyNot(error)}\n  → ${command(`watch ${run}`, flags)}\n`);
    return NOT_WELL;
  }
}

async function toTheEnd(
  { states, lambda }: Clients,
  executionArn: string,
  flags: Telling,
  io: Io,
  everyMs: number,
): Promise<number> {
  const run = nameOf(executionArn);
  const view = () => patiently(() => showRun(lambda, run), everyMs);
  const questions = new Questions(view, (question) => {
    const [first = '', ...rest] = questionText(run, question, flags);
    // Also where only the report is wanted on the other stream: somebody has to answer.
    const say = flags.json ? io.err : io.out;
    say(`         ${styleText('yellow', '?')} ${first}\n${rest.map((line) => `           ${line}\n`).join('')}`);
  });
  const progress = new Progress(flags.json ? () => {} : (line) => io.out(`${line}\n`));
  for await (const event of follow(states, executionArn, everyMs, () => questions.look())) {
    progress.tell(event);
    questions.notice(event);
  }
  return conclude(await view(), flags, io);
}

/** Asks what the run asks once it has begun to wait for somebody, and tells each question once. */
class Questions {
  readonly #view: () => Promise<RunView>;
  readonly #tell: (question: OpenQuestion) => void;
  #waits = false;
  #told = '';

  constructor(view: () => Promise<RunView>, tell: (question: OpenQuestion) => void) {
    this.#view = view;
    this.#tell = tell;
  }

  notice({ type }: HistoryEvent): void {
    if (type === 'TaskSubmitted') this.#waits = true;
  }

  async look(): Promise<void> {
    if (!this.#waits) return;
    this.#waits = false;
    const { question } = await this.#view();
    const text = JSON.stringify(question);
    if (!question || text === this.#told) return;
    this.#told = text;
    this.#tell(question);
  }
}
