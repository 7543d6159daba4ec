import { lambda } from '../lib/aws.ts';
import type { DeliveryProof } from '../lib/domain/proof.ts';
import type { OpenQuestion, RunView } from '../lib/domain/run-view.ts';
import { answerTo, refuseSecond } from './answered.ts';
import { answerDelivery, showRun } from './doors.ts';
import { jsonText, refuse } from './files.ts';
import { DONE, type Io, NOT_WELL } from './io.ts';
import { nameOf } from './machines.ts';
import { command, operated, whoAsks } from './operated.ts';
import type { Operator } from './operator.ts';

export interface ConfirmFlags extends Operator {
  readonly yes?: true;
  readonly no?: true;
  /** Whether a code is given: typed after a hidden question, or piped in. */
  readonly code?: true;
  readonly by?: string;
  readonly json?: true;
}

/** Answers whether what was sent has arrived. 0: answered; 1: refused, or the code that was given did not work. */
export const confirmCommand = (runOrArn: string, flags: ConfirmFlags, io: Io): Promise<number> =>
  operated(io, flags, async () => {
    const run = nameOf(runOrArn);
    const delivered = flags.yes === true;
    if (delivered === (flags.no === true)) refuse('say either --yes, it has arrived, or --no, it has not');
    if (flags.code && !delivered) refuse('--code: only with --yes');
    const by = whoAsks(flags.by);
    const view = await showRun(lambda(), run);
    const first = answerTo(view, 'delivery');
    if (first && (first.by !== by || first.answer !== (delivered ? 'confirmed' : 'denied')))
      return refuseSecond(view, first, flags, io);
    // The same answer again is passed on once more, in case the run has not heard it; a code works once.
    const question = first ? undefined : deliveryIn(view, flags);
    const code = delivered && question ? await codeFor(question, flags, io) : undefined;
    const proof = await answerDelivery(lambda(), { run, delivered, by, ...(code && { code }) });
    return tell(run, proof, flags, io);
  });

type Delivery = Extract<OpenQuestion, { topic: 'delivery' }>;

function deliveryIn({ run, question, status, verdict }: RunView, operator: Operator): Delivery {
  if (question?.topic === 'delivery') return question;
  if (question)
    refuse(`run ${run} asks something else: whether its plan is approved → ${command(`approve ${run}`, operator)}`);
  return status === 'running'
    ? refuse(
        `run ${run} does not ask whether anything has arrived yet, or no longer → ${command(`watch ${run}`, operator)}`,
      )
    : refuse(
        `run ${run} has ended (${verdict ?? status}): there is nothing to confirm → ${command('status', operator)}`,
      );
}

/** Never from the arguments, which other users of the computer and the history of the shell can read. */
async function codeFor({ takesCode }: Delivery, { code: given }: ConfirmFlags, io: Io): Promise<string | undefined> {
  if (given && !takesCode) refuse('--code: the profile of this service names no probe that could try it');
  if (!given && !(takesCode && io.ask)) return undefined;
  const text = io.ask
    ? await io.ask(given ? 'The code that arrived: ' : 'The code that arrived (Enter: none): ', { hidden: true })
    : await io.piped?.();
  const code = text?.trim() ?? '';
  if (code === '' && !given) return undefined;
  if (!/^[A-Za-z0-9-]{3,16}$/.test(code))
    refuse('--code: must be 3 to 16 letters, digits and -, typed when asked or piped in');
  return code;
}

function tell(run: string, proof: DeliveryProof, flags: ConfirmFlags, io: Io): number {
  const { status, by = '', verification } = proof;
  const works = verification?.ok ?? true;
  if (flags.json) io.out(jsonText(proof));
  else {
    io.out(`${status} by ${by}\n`);
    if (verification)
      io.out(`  ${works ? '✔ the code works' : '✘ the code was not accepted'}: ${verification.because}\n`);
    io.out(`  → ${command(`watch ${run}`, flags)}\n`);
  }
  return works ? DONE : NOT_WELL;
}
