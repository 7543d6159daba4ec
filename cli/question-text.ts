import type { OpenQuestion } from '../lib/domain/run-view.ts';
import { command } from './operated.ts';
import type { Operator } from './operator.ts';

/** What a run asks, and the commands that answer it. */
export function questionText(run: string, question: OpenQuestion, operator: Operator): string[] {
  if (question.topic === 'approval') {
    return [
      `may this plan be carried out? Open until ${question.expiresAt}; silence means no`,
      `→ ${command(`approve ${run} --plan-hash ${question.planHash}`, operator)}`,
      `→ ${command(`decline ${run}`, operator)}`,
    ];
  }
  return [
    `${question.ask} Open until ${question.expiresAt}`,
    `→ ${command(`confirm ${run} --yes${question.takesCode ? ' --code' : ''}`, operator)}`,
    `→ ${command(`confirm ${run} --no`, operator)}`,
  ];
}
