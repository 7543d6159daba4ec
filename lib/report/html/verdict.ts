import { type Report, VERDICTS } from '../../domain/report.ts';
import {
  type Clock,
  duration,
  isCalm,
  modeOf,
  nextSteps,
  sign,
  VERDICT_SIGNS,
  VERDICT_TITLES,
  word,
} from '../format.ts';
import { outlineOf } from '../outline.ts';
import { type Html, html } from './markup.ts';
import { facts, glyph, linked, time } from './parts.ts';

const TONES = {
  recovered: 'good',
  healthy: 'good',
  planned: 'info',
  'needs-human': 'warn',
  declined: 'warn',
  'not-recovered': 'bad',
  undone: 'info',
  stuck: 'bad',
};

/** The first screen: what happened, and what to do now. */
export function verdictHeader(report: Report, clock: Clock): Html {
  const { verdict, timeline, recoverySeconds, failure } = report;
  const tone = Object.hasOwn(TONES, verdict) ? word(TONES, verdict) : 'plain';
  const meaning = word(VERDICTS, verdict);
  const started = timeline[0];
  const took = timeline.at(-1)?.seconds;
  return html`<header class="verdict ${tone}">
<p class="service">${report.service}</p>
<h1>${glyph(sign(VERDICT_SIGNS, verdict))} ${word(VERDICT_TITLES, verdict)}</h1>
${!report.summary.includes(meaning) && html`<p class="meaning">${meaning}</p>`}
<p class="summary">${report.summary}</p>
${drawSteps(report)}
${failure && html`<p class="failure"><strong>The run ended early:</strong> <code>${failure.error}</code> ${failure.because}</p>`}
${facts([
  ['Recovery time', recoverySeconds === null ? undefined : html`<strong>${duration(recoverySeconds)}</strong>`],
  ['Took', recoverySeconds !== null || took === undefined ? undefined : duration(took)],
  ['Date', started ? undefined : clock.date],
  ['Started', started && html`${clock.date} ${time(started.at, clock.time(started.at))}\u00a0UTC`],
  ['Asked by', report.requestedBy],
  ['Mode', modeOf(report)],
])}
${report.reason && facts([['Reason', report.reason]])}
</header>
`;
}

function drawSteps(report: Report): Html | false {
  const steps = outlineOf(nextSteps(report));
  if (steps.length === 0) return false;
  const items = steps.map(
    ({ step, beneath }) =>
      html`<li>${linked(step)}${beneath.length > 0 && html`<ol class="hand">${beneath.map((one) => html`<li>${linked(one)}</li>`)}</ol>`}</li>`,
  );
  return isCalm(report)
    ? html`<section class="next"><h2>Next</h2><ul>${items}</ul></section>`
    : html`<section class="next now"><h2>What to do now</h2><ol>${items}</ol></section>`;
}
