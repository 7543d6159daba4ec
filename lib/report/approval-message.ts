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
  const because = causes.map(({ cause, subject, because }) => `- ${cause} (${subject}): ${because}`);
  const first = plan.steps.slice(0, plan.now);
  const later = plan.steps.slice(plan.now);
  const again = plan.round > 1 ? [`This is round ${plan.round}: what was done so far helped, but not enough.`] : [];
  const then = later.length > 0 ? ['And only if the door still does not answer:', ...later.map(line)] : [];
  const affected = [...new Set(first.flatMap((step) => affectedBy(plan, step)))].map((who) => `- ${who}`);
  const others = affected.length > 0 ? ['Who else feels it:', ...affected] : [];
  const answer = JSON.stringify({ run, decision: 'approve', by: '<you>', planHash: plan.hash });
  const parts = [
    `Run ${run} asks to repair ${service}.`,
    ...again,
    ...because,
    'It would:',
    ...first.map(line),
    ...then,
    ...others,
    `Why: ${plan.because}`,
  ];
  return [
    redact(parts.join('\n')),
    `Open until ${expiresAt}; silence means no. To approve (or "decline"):`,
    `aws lambda invoke --function-name reconnect-answer-approval --cli-binary-format raw-in-base64-out --payload '${answer}' /dev/stdout`,
  ].join('\n\n');
}

function line({ title, monthlyCostUsd, changes, warnings, undo }: Step): string {
  const price = monthlyCostUsd > 0 ? ` (${cost(monthlyCostUsd)} a month)` : '';
  return [
    `- ${title}${price}`,
    ...changes.map((change) => `    ${change}`),
    ...warnings.map((warning) => `    mind: ${warning}`),
    `    way back: ${undo}`,
  ].join('\n');
}

const affectedBy = ({ options }: Plan, { remedy, title }: Step) =>
  options.filter((option) => option.remedy === remedy && option.title === title).flatMap(({ affects }) => affects);
