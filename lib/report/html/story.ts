import type { Change } from '../../domain/change.ts';
import type { Report } from '../../domain/report.ts';
import { CHANGE_SIGNS, CHANGE_WORDS, type Clock, duration, kindOf, sign, word } from '../format.ts';
import { type Html, html } from './markup.ts';
import { badge, type Section, time } from './parts.ts';

export function changesSection({ changes, verdict }: Report, clock: Clock): Section {
  const body =
    changes.length === 0
      ? html`<p>None. This run changed nothing.</p>`
      : html`<ol class="steps">${changes.map((change) => drawChange(change, verdict === 'stuck', clock))}</ol>`;
  return { id: 'changes', title: 'Changes', body };
}

const TONES = { pending: 'warn', made: 'good', left: 'bad' };

function drawChange(change: Change, stuck: boolean, clock: Clock): Html {
  const { number, remedy, kind, target, what, undo, state, at, undoneAt, left } = change;
  const standing = stuck && (state === 'made' || state === 'pending');
  const tone = standing ? 'bad' : Object.hasOwn(TONES, state) ? word(TONES, state) : 'plain';
  const mark = standing ? '!' : sign(CHANGE_SIGNS, state);
  const words = standing ? `${word(CHANGE_WORDS, state)}, not undone` : word(CHANGE_WORDS, state);
  return html`<li value="${number}"><strong>${what}</strong>
<p>${badge(tone, mark, words)} ${undoneAt && 'begun '}at ${time(at, clock.time(at))}${undoneAt && html`, undone at ${time(undoneAt, clock.time(undoneAt))}`}</p>
${left !== undefined && html`<p class="why"><strong>Left, because ${left}</strong></p>`}
<p class="pair"><span class="term">undo</span> <span>${undo}</span></p>
<p class="pair"><span class="term">on</span> <span>${kindOf(kind)} <code>${target}</code></span></p><p class="pair"><span class="term">remedy</span> <span><code>${remedy}</code></span></p></li>
`;
}

export function timelineSection(report: Report, clock: Clock): Section | undefined {
  const { timeline, recoverySeconds } = report;
  if (timeline.length === 0) return undefined;
  const total = Math.max(...timeline.map(({ seconds }) => seconds), 1);
  const percent = (seconds: number) => ((100 * seconds) / total).toFixed(2);
  const rows = timeline.map(({ what, at, seconds }, index) => {
    const from = timeline[index - 1]?.seconds ?? 0;
    const bar = html`<svg viewBox="0 0 100 6" preserveAspectRatio="none" aria-hidden="true"><rect class="rail" width="100" height="6" /><rect class="bar" x="${percent(from)}" width="${percent(Math.max(seconds - from, total / 100))}" height="6" /></svg>`;
    return html`<tr><td class="clock">${time(at, clock.time(at))}</td><th scope="row">${what}</th><td class="spent">${bar}</td><td class="clock">${index === 0 ? '' : `+ ${duration(seconds - from)}`}</td></tr>
`;
  });
  const body = html`
${recoverySeconds !== null && html`<p>Recovery time, from the start of the run to the proof: <strong class="figure">${duration(recoverySeconds)}</strong></p>`}
<table class="timeline"><caption class="unseen">Milestones of the run, times in UTC</caption>
<thead class="unseen"><tr><th scope="col">Time</th><th scope="col">Milestone</th><th scope="col">Share of the run</th><th scope="col">Since the one before</th></tr></thead>
<tbody>${rows}</tbody></table>`;
  return { id: 'timeline', title: 'Timeline', body };
}
