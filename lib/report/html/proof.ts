import type { ProbeResult } from '../../domain/diagnosis.ts';
import type { Report } from '../../domain/report.ts';
import {
  type Clock,
  checkSign,
  DELIVERY_WORDS,
  duration,
  HEALTH_SIGNS,
  HEALTH_WORDS,
  healthOf,
  healthOfProbe,
  sign,
  word,
} from '../format.ts';
import { type Html, html } from './markup.ts';
import { badge, glyph, health, type Section, time, toneOf } from './parts.ts';

export function proofSection({ proof }: Report, clock: Clock): Section | undefined {
  if (proof === null) return undefined;
  const { before, after, configuration, delivery } = proof;
  const names = [...new Set([...before, ...after].map(({ name }) => name))];
  const parts: (Html | false)[] = [
    names.length > 0 &&
      html`<h3>Probes through the user’s door</h3><div class="probes">${names.map((name) => {
        const [old, now] = [before, after].map((results) => results.find((result) => result.name === name));
        return html`<article class="card"><h4>${(now ?? old)?.label}</h4><dl class="turns">${drawProbe(after.length > 0 ? 'Before' : 'As found', old, clock)}${after.length > 0 && drawProbe('After', now, clock)}</dl></article>
`;
      })}</div>`,
    configuration.length > 0 &&
      html`<h3>Configuration read back</h3><ul class="checks">${configuration.map(
        ({ item, ok, because }) =>
          html`<li class="${toneOf(healthOf(ok))}">${glyph(checkSign(ok))}<div><strong>${item}</strong> <span class="state">${ok ? 'as it should be' : 'not as it should be'}</span><p>${because}</p></div></li>
`,
      )}</ul>`,
    delivery.status !== 'not-asked' &&
      html`<h3>Delivery</h3><p>${badge(delivery.status === 'confirmed' ? 'good' : 'bad', delivery.status === 'confirmed' ? '✔' : '✘', word(DELIVERY_WORDS, delivery.status))}${delivery.by && html` by <strong>${delivery.by}</strong>`}${delivery.at && html` at ${time(delivery.at, clock.time(delivery.at))} UTC`}</p>${
        delivery.verification && html`<ul class="checks after">${drawVerification(delivery.verification, clock)}</ul>`
      }`,
  ];
  if (!parts.some(Boolean)) return undefined;
  return { id: 'proof', title: after.length + configuration.length > 0 ? 'Proof' : 'Probes', body: html`${parts}` };
}

function drawProbe(title: string, result: ProbeResult | undefined, clock: Clock): Html {
  if (result === undefined || !result.sent)
    return html`<div><dt>${title}</dt><dd>${badge('plain', '–', 'not sent')}<p>${result?.because}</p></dd></div>`;
  const { status, seconds, because, at } = result;
  return html`<div><dt>${title}</dt><dd>${health(healthOfProbe(result))}<p class="figure">${duration(seconds)}</p><p>${status === undefined ? 'sent' : `HTTP ${status}`} at ${time(at, clock.time(at))}</p><p>${because}</p></dd></div>`;
}

const VERIFIED = { ok: 'passed', broken: 'failed', unknown: HEALTH_WORDS.unknown };

function drawVerification(result: ProbeResult, clock: Clock): Html {
  const { label, status, seconds, because, at } = result;
  const seen = healthOfProbe(result);
  return html`<li class="${toneOf(seen)}">${glyph(sign(HEALTH_SIGNS, seen))}<div><strong>${label}</strong> <span class="state">${VERIFIED[seen]}</span><p>${status !== undefined && `HTTP ${status}, `}${duration(seconds)}, at ${time(at, clock.time(at))}: ${because}</p></div></li>`;
}

export function checklistSection({ checklist }: Report): Section | undefined {
  if (checklist.length === 0) return undefined;
  const words = (ok: boolean | null) => (ok === null ? 'not reached' : ok ? 'done' : 'failed');
  const body = html`<ul class="checks tight">${checklist.map(
    ({ item, ok }) =>
      html`<li class="${ok === null ? 'plain' : toneOf(healthOf(ok))}">${glyph(checkSign(ok))}<div><strong>${item}</strong> <span class="state${ok && ' unseen'}">${words(ok)}</span></div></li>
`,
  )}</ul>`;
  return { id: 'checklist', title: 'Checklist', body };
}
