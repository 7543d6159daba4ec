import type { NamedCause } from '../../domain/diagnosis.ts';
import type { Report } from '../../domain/report.ts';
import { causeSentence, noGaps, untold, worstFirst } from '../format.ts';
import { type Html, html } from './markup.ts';
import { health, type Section } from './parts.ts';

/** Anchors are numbered, because ids of findings carry any sign. */
const anchors = ({ findings }: Report) => new Map(findings.map(({ id }, index) => [id, `finding-${index + 1}`]));

export function causesSection(report: Report): Section | undefined {
  if (report.causes.length === 0) return undefined;
  const anchor = anchors(report);
  const body = report.causes.map(
    (cause) => html`<article class="cause">
<h3>${causeSentence(cause.cause)}</h3>
<p><code>${cause.cause}</code> <span class="kind">on</span> <strong>${cause.subject}</strong></p>
<p>${cause.because}</p>
${drawSupport(cause, anchor)}
</article>
`,
  );
  return { id: 'causes', title: report.causes.length === 1 ? 'Cause' : 'Causes', body: html`${body}` };
}

function drawSupport({ supportedBy, contradictedBy }: NamedCause, anchor: Map<string, string>): Html {
  const list = (title: string, ids: string[]) =>
    ids.length > 0 &&
    html`<p class="support">${title} ${ids.map((id, index) => {
      const target = anchor.get(id);
      return html`${index > 0 && ', '}${target === undefined ? id : html`<a href="#${target}">${id}</a>`}`;
    })}</p>`;
  return html`${list('Supported by', supportedBy)}${list('Contradicted by', contradictedBy)}`;
}

export function findingsSection(report: Report): Section | undefined {
  if (report.findings.length === 0) return undefined;
  const anchor = anchors(report);
  const rows = worstFirst(report.findings).map(
    ({ id, check, subject, status, cause, because, evidence }) => html`<tr id="${anchor.get(id)}">
<td>${health(status)}</td>
<td><strong>${subject}</strong> <span class="kind">${check}</span>${cause && html` <code>${cause}</code>`}<p>${because}</p>${
      evidence.length > 0 &&
      html`<details><summary>Evidence (${evidence.length})</summary><ul class="evidence">${evidence.map((text) => html`<li>${text}</li>`)}</ul></details>`
    }</td></tr>
`,
  );
  const body = html`<table class="findings"><caption class="unseen">Everything the checks saw, worst first</caption><thead><tr><th scope="col">Status</th><th scope="col">What was seen</th></tr></thead><tbody>${rows}</tbody></table>`;
  return { id: 'findings', title: 'Findings', body };
}

export function gapsSection(report: Report): Section {
  const { gaps } = report;
  const body =
    gaps.length === 0
      ? html`<p>${noGaps(report)}</p>`
      : html`<p>Could not look at:</p><ul class="gaps">${gaps.map(({ check, subject, because }) => html`<li><strong>${subject}</strong> <span class="kind">${check}</span><p>${because}</p></li>`)}</ul>`;
  return { id: 'gaps', title: 'Gaps', body };
}

export function untoldSection(report: Report): Section | undefined {
  const lines = untold(report);
  if (lines.length === 0) return undefined;
  return {
    id: 'untold',
    title: 'Who did not hear of it',
    body: html`<ul>${lines.map((text) => html`<li>${text}</li>`)}</ul>`,
  };
}

export function cutSection({ cut = [] }: Report): Section | undefined {
  if (cut.length === 0) return undefined;
  return {
    id: 'cut',
    title: 'Left out of this copy',
    body: html`<ul>${cut.map((text) => html`<li>${text}</li>`)}</ul>`,
  };
}

export function followUpsSection({ followUps }: Report): Section | undefined {
  if (followUps.length === 0) return undefined;
  const body = html`<p>For a person, in daylight:</p><ul>${followUps.map((text) => html`<li>${text}</li>`)}</ul>`;
  return { id: 'follow-ups', title: 'Follow-ups', body };
}
