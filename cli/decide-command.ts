import { lambda, stepFunctions } from '../lib/aws.ts';
import type { Answer } from '../lib/domain/answer.ts';
import type { OpenQuestion, RunView } from '../lib/domain/run-view.ts';
import { answerTo, refuseSecond } from './answered.ts';
import { answerApproval, type Decided, showRun } from './doors.ts';
import { jsonText, refuse } from './files.ts';
import { DONE, type Io, NOT_WELL } from './io.ts';
import { nameOf } from './machines.ts';
import { command, operated, whoAsks } from './operated.ts';
import type { Operator } from './operator.ts';
import { planText, proposalOf } from './plan-text.ts';

export interface DecideFlags extends Operator {
  readonly by?: string;
  readonly json?: true;
}

export interface ApproveFlags extends DecideFlags {
  readonly planHash?: string;
}

interface By {
  readonly by: string;
}

/** As short as a hash may be given: as reports and progress print it. */
const SHORTEST = 12;

/** Shows the plan that waits and approves exactly that one. 0: approved; 1: refused, or not said yes to. */
export const approveCommand = (runOrArn: string, given: ApproveFlags, io: Io): Promise<number> =>
  operated(io, given, async () => {
    const flags = { ...given, by: whoAsks(given.by) };
    const run = nameOf(runOrArn);
    const view = await showRun(lambda(), run);
    const first = answerTo(view, 'approval');
    if (first) return decideAgain(view, first, flags, io);
    const { planHash, expiresAt, requestedBy } = approvalIn(view, flags);
    const proposal = await proposalOf(stepFunctions(), view.executionArn, planHash);
    const show = flags.json ? io.err : io.out;
    if (proposal) show(`${planText(proposal)}\n`);
    show(`  asked for by ${requestedBy}; open until ${expiresAt}\n`);
    if (!(await isMeant(run, planHash, proposal !== undefined, flags, io))) {
      io.err(`not approved, and not declined either\n  → ${command(`decline ${run}`, flags)}\n`);
      return NOT_WELL;
    }
    return decide(run, { decision: 'approve', planHash }, flags, io);
  });

/** Says no to the plan that waits. */
export const declineCommand = (runOrArn: string, given: DecideFlags, io: Io): Promise<number> =>
  operated(io, given, async () => {
    const flags = { ...given, by: whoAsks(given.by) };
    const run = nameOf(runOrArn);
    const view = await showRun(lambda(), run);
    const first = answerTo(view, 'approval');
    if (first) return decideAgain(view, first, flags, io, 'decline');
    const { planHash } = approvalIn(view, flags);
    return decide(run, { decision: 'decline', planHash }, flags, io);
  });

/** The same answer of the same person is passed on once more: the run may not have heard it. Any other comes second. */
function decideAgain(
  view: RunView,
  first: Answer & { readonly planHash: string },
  flags: ApproveFlags & By,
  io: Io,
  decision: 'approve' | 'decline' = 'approve',
): number | Promise<number> {
  const { answer, by, planHash } = first;
  const isSame =
    by === flags.by &&
    answer === (decision === 'approve' ? 'approved' : 'declined') &&
    planHash.startsWith(flags.planHash ?? '');
  return isSame ? decide(view.run, { decision, planHash }, flags, io) : refuseSecond(view, first, flags, io);
}

type Approval = Extract<OpenQuestion, { topic: 'approval' }>;

/** Throws `InvalidRequest` that says where the run is instead. */
function approvalIn({ run, question, status, verdict }: RunView, operator: Operator): Approval {
  if (question?.topic === 'approval') return question;
  if (question)
    refuse(`run ${run} asks something else: ${question.ask} → ${command(`confirm ${run} --yes`, operator)}`);
  return status === 'running'
    ? refuse(
        `run ${run} waits for no approval: it has not got that far, or needs none → ${command(`watch ${run}`, operator)}`,
      )
    : refuse(
        `run ${run} has ended (${verdict ?? status}): there is nothing to decide → ${command('status', operator)}`,
      );
}

/** By the hash, or by a person who has the plan in front of them. */
async function isMeant(run: string, hash: string, shown: boolean, { planHash, ...flags }: ApproveFlags, io: Io) {
  if (planHash !== undefined) {
    if (planHash.length >= SHORTEST && hash.startsWith(planHash)) return true;
    return refuse(
      `--plan-hash: not the plan that waits now, or fewer than ${SHORTEST} characters of it; read the plan above again`,
    );
  }
  const withHash = command(`approve ${run} --plan-hash ${hash}`, flags);
  if (!io.ask) return refuse(`this is no terminal to ask on: read the plan, then → ${withHash}`);
  if (!shown)
    return refuse(`the plan cannot be shown (states:GetExecutionHistory): read it in the report, then → ${withHash}`);
  return /^y(?:es)?$/i.test(await io.ask('Approve exactly this plan? [y/N] '));
}

async function decide(
  run: string,
  what: { readonly decision: 'approve' | 'decline'; readonly planHash: string },
  flags: DecideFlags & By,
  io: Io,
): Promise<number> {
  try {
    tell(await answerApproval(lambda(), { run, by: flags.by, ...what }), flags, io);
    return DONE;
  } catch (error) {
    if (!(error instanceof Error) || error.name !== 'ApprovalRefused') throw error;
    io.err(`refused: ${error.message}\n`);
    if (/somebody else|among the approvers/.test(error.message)) {
      io.err(`  → they run: ${command(`approve ${run} --plan-hash ${what.planHash}`, flags)}\n`);
    } else io.err(`  → ${command(`watch ${run}`, flags)}\n`);
    return NOT_WELL;
  }
}

function tell(decided: Decided, flags: DecideFlags, io: Io): void {
  if (flags.json) io.out(jsonText(decided));
  else io.out(`${decided.answer} by ${decided.by} at ${decided.at}\n  → ${command(`watch ${decided.run}`, flags)}\n`);
}
