import type { Option, Plan } from '../../domain/plan.ts';
import { fixesOf, OPTION_SIGNS, OPTION_WORDS, type OptionState, stateOf } from '../choice.ts';
import { cost, duration, MET_SIGNS, MET_WORDS, sign, word, yesNo } from '../format.ts';
import { type Html, html } from './markup.ts';
import { badge, facts, glyph, linked, toneOf } from './parts.ts';

const TONES: Readonly<Record<OptionState, string>> = {
  chosen: 'good',
  possible: 'plain',
  'by-hand': 'info',
  blocked: 'bad',
};

export function drawOption(option: Option, plan: Plan): Html {
  const { remedy, title, because, affects, warnings, byHand = [], preconditions } = option;
  const state = stateOf(option, plan);
  return html`<article class="card${state === 'chosen' && ' chosen'}">
<h4>${title}</h4>
<p>${badge(TONES[state], OPTION_SIGNS[state], OPTION_WORDS[state])} <code>${remedy}</code></p>
${because !== OPTION_WORDS[state] && html`<p>${because}</p>`}
${
  byHand.length > 0 &&
  html`<h5>By hand</h5><ol class="hand">${byHand.map((step) => html`<li>${linked(step)}</li>`)}</ol>`
}
${
  warnings.length > 0 &&
  html`<h5>Mind</h5><ul class="checks">${warnings.map((warning) => html`<li class="warn">${glyph('!')}<div>${warning}</div></li>`)}</ul>`
}
${affects.length > 0 && html`<h5>Who else feels it</h5><ul class="things">${affects.map((who) => html`<li>${who}</li>`)}</ul>`}
${facts([
  ['Fixes', fixesOf(option).join(', ')],
  ['Cost a month', cost(option.monthlyCostUsd)],
  ['Takes', `about ${duration(option.minutes * 60)}`],
  ['Redeploys', yesNo(option.redeploys)],
  ['Reversible', yesNo(option.reversible)],
  ['Security', option.security],
])}
${
  preconditions.length > 0 &&
  html`<h5>Preconditions</h5><ul class="checks">${preconditions.map(
    ({ what, met, because: why }) =>
      html`<li class="${toneOf(met)}">${glyph(sign(MET_SIGNS, met))}<div><strong>${what}</strong> <span class="state">${word(MET_WORDS, met)}</span><p>${why}</p></div></li>`,
  )}</ul>`
}
</article>
`;
}
