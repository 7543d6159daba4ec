import type { Report } from '../../domain/report.ts';
import { ANOTHER_ROUND, APPROVED_BEFORE, decidedOn, optionsOf } from '../choice.ts';
import { APPROVAL_WORDS, type Clock, word } from '../format.ts';
import { type Html, html } from './markup.ts';
import { drawOption } from './option.ts';
import { type Section, time } from './parts.ts';
import { drawEarlier, drawHash, drawSteps } from './steps.ts';

export function planSection(report: Report, clock: Clock): Section | undefined {
  const { plan, approval } = report;
  const { options, steps, earlier, round, because } = plan;
  if (options.length + steps.length + earlier.length === 0 && approval === null) return undefined;
  const body = html`
${drawEarlier(earlier, clock)}
${round > 1 && html`<h3>Round ${round}: ${ANOTHER_ROUND}</h3>`}
<p>${because}</p>
${drawSteps(plan)}
${drawApproval(report, clock)}
${options.length > 0 && html`<h3>Options</h3><div class="options">${optionsOf(plan).map((option) => drawOption(option, plan))}</div>`}`;
  return { id: 'plan', title: 'The plan', body };
}

function drawApproval({ plan, approval }: Report, clock: Clock): Html {
  const { hash, approvedBefore } = plan;
  if (approval === null) {
    if (hash === null) return html``;
    return html`<p class="decision">Nobody was asked to approve. Hash of the plan: ${drawHash(hash)}</p>`;
  }
  const { decision, by, because, at, planHash } = approval;
  const other = decidedOn(plan, approval);
  return html`<h3>Approval</h3>
<p><strong>${word(APPROVAL_WORDS, decision)}${by && html` by ${by}`}</strong> at ${time(at, clock.time(at))} UTC: ${because}</p>
<p>${hash !== null && html`Hash of the plan: ${drawHash(hash)}`}${other !== undefined && html`. The decision was on ${other}: ${drawHash(planHash)}`}</p>
${approvedBefore && html`<p>${APPROVED_BEFORE}</p>`}`;
}
