import { ApprovalRefused } from '../domain/errors.ts';
import type { Question } from './questions.ts';

export interface ApprovalQuestion {
  readonly planHash: string;
  readonly requestedBy: string;
  readonly approvers: readonly string[];
  readonly requesterMayApprove: boolean;
}

/**
 * Throws `ApprovalRefused` unless this person may decide this. To approve takes somebody else than the requester and
 * the plan that was asked about; to decline, the requester will do.
 */
export function assertMayDecide(
  question: Question<ApprovalQuestion>,
  decision: 'approve' | 'decline',
  by: string,
  planHash: string,
): void {
  const isRequester = by === question.requestedBy;
  if (decision === 'decline' && isRequester) return;
  if (isRequester && !question.requesterMayApprove) {
    throw new ApprovalRefused(`by: ${by} asked for this repair and may not approve it; somebody else has to`);
  }
  if (question.approvers.length > 0 && !question.approvers.includes(by)) {
    throw new ApprovalRefused(`by: ${by} is not among the approvers of this service: ${question.approvers.join(', ')}`);
  }
  if (decision === 'approve' && planHash !== question.planHash) {
    throw new ApprovalRefused('planHash: this is not the plan that waits for approval; look at the run’s plan again');
  }
}
