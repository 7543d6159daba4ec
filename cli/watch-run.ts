import { styleText } from 'node:util';
import type { LambdaClient } from '@aws-sdk/client-lambda';
import type { HistoryEvent, SFNClient } from '@aws-sdk/client-sfn';
import type { OpenQuestion, RunView } from '../lib/domain/run-view.ts';
import { conclude, type Telling } from './conclude.ts';
import { showRun } from './doors.ts';
import { follow } from './follow.ts';
import type { Io } from './io.ts';
import { nameOf } from './machines.ts';
import { Progress } from './progress.ts';
import { questionText } from './question-text.ts';

export interface Clients {
  readonly states: Pick<SFNClient, 'send'>;
  readonly lambda: Pick<LambdaClient, 'send'>;
}

export const LOOK_EVERY_MS = 2000;

/** Follows a run to its end and tells how it ended. What it asks people meanwhile is shown with the answering commands. */
export async function watchRun(
  { states, lambda }: Clients,
  executionArn: string,
  flags: Telling,
  io: Io,
  everyMs: number,
): Promise<number> {
  const run = nameOf(executionArn);
  const questions = new Questions(
    () => showRun(lambda, run),
    (question) => {
      const [first = '', ...rest] = questionText(run, question, flags);
      // Also where only the report is wanted on the other stream: somebody has to answer.
      const say = flags.json ? io.err : io.out;
      say(`         ${styleText('yellow', '?')} ${first}\n${rest.map((line) => `           ${line}\n`).join('')}`);
    },
  );
  const progress = new Progress(flags.json ? () => {} : (line) => io.out(`${line}\n`));
  for await (const event of follow(states, executionArn, everyMs, () => questions.look())) {
    progress.tell(event);
    questions.notice(event);
  }
  return conclude(await showRun(lambda, run), flags, io);
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
