import type { EarlierPlan, Plan, Step } from '../../domain/plan.ts';
import { monthlyCost, stagesOf } from '../choice.ts';
import { type Clock, cost, shortHash } from '../format.ts';
import { type Html, html } from './markup.ts';
import { time } from './parts.ts';

export const drawHash = (hash: string): Html => html`<code title="${hash}">${shortHash(hash)}</code>`;

/** What was chosen, in the order in which it is done. */
export function drawSteps(plan: Plan): Html | false {
  const price = monthlyCost(plan);
  if (plan.steps.length === 0 && price === undefined) return false;
  return html`<h3>Chosen steps</h3>
${stagesOf(plan).map(
  ({ title, steps, from }) =>
    html`${title !== undefined && html`<h4 class="stage">${title}</h4>`}<ol class="steps" start="${from}">${steps.map(drawStep)}</ol>
`,
)}${price !== undefined && html`<p class="price">Cost a month of the chosen steps: <strong>${price}</strong></p>`}`;
}

const pair = (term: string, value: string | Html): Html =>
  html`<p class="pair"><span class="term">${term}</span> <span>${value}</span></p>`;

function drawStep({ title, target, changes, undo, fixes, monthlyCostUsd, warnings }: Step): Html {
  return html`<li><strong>${title}</strong>${monthlyCostUsd !== 0 && html` <span class="kind">${cost(monthlyCostUsd)} a month</span>`}
<ul class="things">${changes.map((change) => html`<li>${change}</li>`)}</ul>
${warnings.map((warning) => html`<div class="mind">${pair('mind', warning)}</div>`)}
${fixes.length > 0 && pair('fixes', fixes.join(', '))}${pair('on', html`<code>${target}</code>`)}${pair('undo', undo)}</li>
`;
}

/** The plans of the rounds before, in a few lines each. */
export function drawEarlier(earlier: readonly EarlierPlan[], clock: Clock): Html | false {
  if (earlier.length === 0) return false;
  return html`<h3>Earlier rounds</h3><ul class="rounds">${earlier.map(
    ({ round, hash, steps, now, because, at }) =>
      html`<li><strong>Round ${round}</strong> at ${time(at, clock.time(at))}: ${titles(steps.slice(0, now)) || 'nothing'}${
        steps.length > now && html`; <span class="kind">only if needed: ${titles(steps.slice(now))}</span>`
      }<p>${because}</p>${hash !== null && html`<p>Hash of the plan: ${drawHash(hash)}</p>`}</li>
`,
  )}</ul>`;
}

const titles = (steps: readonly Step[]): string => steps.map(({ title }) => title).join(', then ');
