import { ApprovalRefused } from '../domain/errors.ts';
import type { Profile } from '../domain/profile.ts';
import type { Question } from './questions.ts';

export interface ApprovalQuestion {
  readonly planHash: string;
  readonly requestedBy: string;
  /** Ids or names of people, and ids of groups; empty: anybody who can reach the door. */
  readonly approvers: readonly string[];
  readonly requesterMayApprove: boolean;
}

/** Whole seconds. Of those for an approval two thirds go by until people are reminded; after the rest silence means no. */
export function patienceOf({ approval: { timeoutMinutes }, delivery }: Pick<Profile, 'approval' | 'delivery'>) {
  const approval = timeoutMinutes * 60;
  const untilReminder = Math.floor((approval * 2) / 3);
  return {
    approval,
    untilReminder,
    afterReminder: approval - untilReminder,
    delivery: (delivery?.timeoutMinutes ?? 10) * 60,
  };
}

/** Who decides: a person, and the groups that person is in. */
export interface Decider {
  readonly by: string;
  readonly memberOf: readonly string[];
}

/**
 * Throws `ApprovalRefused` unless this person may decide this. To approve takes somebody else than the requester and
 * the plan that was asked about; to decline, the requester will do.
 */
export function assertMayDecide(
  question: Question<ApprovalQuestion>,
  decision: 'approve' | 'decline',
  { by, memberOf }: Decider,
  planHash: string,
): void {
  const isRequester = isSame(by, question.requestedBy);
  if (decision === 'decline' && isRequester) return;
  if (isRequester && !question.requesterMayApprove) {
    throw new ApprovalRefused(`by: ${by} asked for this repair and may not approve it; somebody else has to`);
  }
  assertIsApprover(question, { by, memberOf });
  if (decision === 'approve' && planHash !== question.planHash) {
    throw new ApprovalRefused('planHash: this is not the plan that waits for approval; look at the run’s plan again');
  }
}

/** However somebody writes themselves. */
const isSame = (one: string, other: string): boolean => folded(one) === folded(other);
const folded = (name: string): string => name.normalize('NFKC').trim().toLowerCase();

/** Throws `ApprovalRefused` for whoever is not named where approvers are. Taking a repair back is theirs, too. */
export function assertIsApprover({ approvers }: Pick<ApprovalQuestion, 'approvers'>, { by, memberOf }: Decider): void {
  if (approvers.length === 0 || [by, ...memberOf].some((one) => approvers.includes(one))) return;
  throw new ApprovalRefused(`by: ${by} is not among the approvers of this service: ${approvers.join(', ')}`);
}
