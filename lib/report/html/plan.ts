import type { Option } from '../../domain/plan.ts';
import type { Report } from '../../domain/report.ts';
import {
  APPROVAL_WORDS,
  type Clock,
  cost,
  duration,
  MET_SIGNS,
  MET_WORDS,
  shortHash,
  sign,
  word,
  yesNo,
} from '../format.ts';
import { type Html, html } from './markup.ts';
import { badge, facts, glyph, type Section, time, toneOf } from './parts.ts';

export function planSection(report: Report, clock: Clock): Section | undefined {
  const { plan, approval } = report;
  if (plan.options.length === 0 && plan.steps.length === 0 && approval === null) return undefined;
  const chosen = new Set<string>(plan.steps.map(({ remedy }) => remedy));
  const body = html`
<p>${plan.because}</p>
${plan.options.length > 0 && html`<h3>Options</h3><div class="options">${plan.options.map((option) => drawOption(option, chosen.has(option.remedy)))}</div>`}
${
  plan.steps.length > 0 &&
  html`<h3>Chosen steps</h3><ol class="steps">${plan.steps.map(
    ({ title, target, undo }) =>
      html`<li><strong>${title}</strong><p class="pair"><span class="term">on</span> <span><code>${target}</code></span></p><p class="pair"><span class="term">undo</span> <span>${undo}</span></p></li>`,
  )}</ol>`
}
${drawApproval(report, clock)}`;
  return { id: 'plan', title: 'The plan', body };
}

function drawOption(option: Option, chosen: boolean): Html {
  const state = option.blocked
    ? badge('bad', '✘', 'blocked')
    : chosen
      ? badge('good', '✔', 'chosen')
      : badge('plain', '–', 'possible, not chosen');
  return html`<article class="card${chosen && ' chosen'}">
<h4>${option.title}</h4>
<p>${state} <code>${option.remedy}</code></p>
<p>${option.because}</p>
${facts([
  ['Fixes', option.fixes.join(', ') || 'nothing that is broken'],
  ['Cost a month', cost(option.monthlyCostUsd)],
  ['Takes', `about ${duration(option.minutes * 60)}`],
  ['Redeploys', yesNo(option.redeploys)],
  ['Reversible', yesNo(option.reversible)],
  ['Security', option.security],
])}
${
  option.preconditions.length > 0 &&
  html`<h5>Preconditions</h5><ul class="checks">${option.preconditions.map(
    ({ what, met, because }) =>
      html`<li class="${toneOf(met)}">${glyph(sign(MET_SIGNS, met))}<div><strong>${what}</strong> <span class="state">${word(MET_WORDS, met)}</span><p>${because}</p></div></li>`,
  )}</ul>`
}
</article>
`;
}

function drawApproval({ plan, approval }: Report, clock: Clock): Html {
  const hash = (value: string) => html`<code title="${value}">${shortHash(value)}</code>`;
  const other = approval !== null && plan.hash !== null && approval.planHash !== plan.hash;
  if (approval === null) {
    if (plan.hash === null) return html``;
    return html`<p class="decision">Nobody was asked to approve. Hash of the plan: ${hash(plan.hash)}</p>`;
  }
  const { decision, by, because, at } = approval;
  return html`<h3>Approval</h3>
<p><strong>${word(APPROVAL_WORDS, decision)}${by && html` by ${by}`}</strong> at ${time(at, clock.time(at))} UTC: ${because}</p>
<p>${plan.hash !== null && html`Hash of the plan: ${hash(plan.hash)}`}${other && html`. The decision was on another plan: ${hash(approval.planHash)}`}</p>`;
}
