import type { ApprovalRefused } from '../../domain/errors.ts';
import { withNames } from '../text.ts';

/** Why an answer or a wish was not taken. `unsure`: groups that could not be looked into, and might have held the asker. */
export function refusal({ message }: ApprovalRefused, unsure: readonly string[] = []): string {
  const blind = unsure.length > 0 ? ` I could not look into ${unsure.join(', ')}.` : '';
  // The name of the field stands before the sentence, for those who call the door themselves.
  return `Not taken: ${withNames(`${message.replace(/^(?:by|run|planHash): /, '')}.${blind}`)}`;
}
