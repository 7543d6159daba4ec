import type { NamedCause } from '../domain/diagnosis.ts';
import type { Plan, Step } from '../domain/plan.ts';
import { redact } from '../domain/redact.ts';
import { cost } from './format.ts';

export interface Question {
  readonly run: string;
  readonly service: string;
  readonly causes: readonly NamedCause[];
  readonly plan: Plan;
  readonly expiresAt: string;
}

/** All that is needed to decide, and how to. Plain text: it goes by mail. */
export function approvalMessage({ run, service, causes, plan, expiresAt }: Question): string {
  const because = causes.map(({ cause, subject, because }) => redact(`- ${cause} (${subject}): ${because}`));
  const again =
    plan.round > 1
      ? [
          `This is round ${plan.round}: what was done so far helped, but not enough.`,
          'A no, or silence, takes back what was done so far.',
        ]
      : [];
  const answer = JSON.stringify({ run, decision: 'approve', by: '<you>', planHash: plan.hash });
  const parts = [`Run ${run} asks to repair ${service}.`, ...again, ...because, 'It would:', ...planLines(plan)];
  return [
    parts.join('\n'),
    `Open until ${expiresAt}; silence means no. To approve (or "decline"):`,
    `aws lambda invoke --function-name reconnect-answer-approval --cli-binary-format raw-in-base64-out --payload '${answer}' /dev/stdout`,
  ].join('\n\n');
}

/** What would be done, in its order, and why. */
export function planLines({ steps, now, because }: Plan): string[] {
  const later = steps.slice(now);
  const then = later.length > 0 ? ['And only if the door still does not answer:', ...later.map(line)] : [];
  return [...steps.slice(0, now).map(line), ...then, `Why: ${because}`];
}

function line({ title, monthlyCostUsd, minutes, redeploys, ...step }: Step): string {
  const price = monthlyCostUsd > 0 ? `${cost(monthlyCostUsd)} a month` : 'free';
  return [
    `- ${title} (${price}, about ${minutes} min${redeploys ? ', redeploys the service' : ''})`,
    ...step.changes.map((change) => `    ${change}`),
    `    security: ${step.security}`,
    ...step.affects.map((who) => `    also felt by: ${who}`),
    ...step.warnings.map((warning) => `    mind: ${warning}`),
    `    way back: ${step.undo}`,
  ].join('\n');
}
