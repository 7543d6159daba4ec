import type { Report } from '../../domain/report.ts';
import { causeSentence, type DrawnHop, isQuiet, kindOf, type Route, type Side, type Way, waysOf } from '../format.ts';
import { type Html, html } from './markup.ts';
import { badge, glyph, health, type Section, toneOf } from './parts.ts';

/** So many drawings are open at once; the others open when asked. */
const OPEN = 2;

export function pathSection(report: Report): Section | undefined {
  const ways = waysOf(report);
  if (ways.length === 0) return undefined;
  const body = ways.map((way, index) => drawWay(report.service, way, !isQuiet(way) && index < OPEN));
  return { id: 'path', title: 'The path', body: html`${body}` };
}

function drawWay(service: string, way: Way, open: boolean): Html {
  const { dependency, before, after } = way;
  return html`<details class="way"${open && html` open`}>
<summary><h3>to ${dependency}</h3> <span class="turn">${before && health(before.status)}${
    before && after && html` <span aria-hidden="true">→</span><span class="unseen">, now </span> `
  }${after && health(after.status)}</span></summary>
<div class="sides">
${before && drawSide(service, dependency, after ? 'Before' : 'As found', before)}
${after && drawSide(service, dependency, before ? 'After' : 'Now', after)}
</div>
</details>
`;
}

const drawSide = (service: string, dependency: string, title: string, side: Side): Html =>
  html`<div class="side"><h4>${title} ${health(side.status)}</h4>${side.routes.map((route) =>
    drawRoute(service, dependency, route),
  )}</div>`;

function drawRoute(service: string, dependency: string, route: Route): Html {
  const many = route.subnets.length > 1;
  const { reached } = route;
  return html`
${route.subnets.length > 0 && html`<p class="from">${many ? `${route.subnets.length} subnets, the same path` : 'through one subnet'}</p>`}
<ol class="path">
<li class="hop plain"><span class="node" aria-hidden="true"></span><div><strong>${service}</strong> <span class="kind">the service</span></div></li>
${route.hops.map(drawHop)}
${
  route.endsEarly &&
  html`<li class="hop ${reached ? 'good' : 'plain'}"><span class="node" aria-hidden="true"></span><div><strong>${dependency}</strong> <span class="kind">${reached ? 'reached' : 'not reached'}</span></div></li>`
}
</ol>
${route.cause && html`<p class="why"><code>${route.cause}</code> ${causeSentence(route.cause)}</p>`}`;
}

function drawHop(hop: DrawnHop): Html {
  const tone = hop.waiting ? 'plain' : toneOf(hop.status);
  return html`<li class="hop ${tone}${hop.breaks && ' breaks'}">
<span class="node">${glyph(hop.sign)}</span>
<div><strong>${kindOf(hop.kind)}</strong> ${drawNote(hop)}<div class="ids">${hop.id.split(', ').map((id) => html`<code>${id}</code> `)}</div><p>${hop.because}</p></div></li>
`;
}

function drawNote({ breaks, waiting, sign, note, status }: DrawnHop): Html {
  if (breaks) return badge('bad', '◀', note);
  if (waiting) return html`<span class="kind">${note}</span>`;
  return note === '' ? html`<span class="unseen">ok</span>` : badge(toneOf(status), sign, note);
}
