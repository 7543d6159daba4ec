import { HEALTH_SIGNS, HEALTH_WORDS, sign, word } from '../format.ts';
import { pieces } from '../links.ts';
import { type Html, html } from './markup.ts';

/** A part of the page with a heading; also listed in the navigation. */
export interface Section {
  id: string;
  title: string;
  body: Html;
}

const TONES = {
  ok: 'good',
  broken: 'bad',
  degraded: 'warn',
  unknown: 'warn',
  yes: 'good',
  no: 'bad',
};
/** The class for a status: always one of ours, whatever the report says. */
export const toneOf = (status: string): string => (Object.hasOwn(TONES, status) ? word(TONES, status) : 'plain');

/** Telephones draw some signs as pictures unless told not to. */
export const glyph = (mark: string): Html => html`<span class="glyph" aria-hidden="true">${mark}\uFE0E</span>`;

/** A status as sign, word and colour; each of the first two is enough without the last. */
export const badge = (tone: string, mark: string, text: string): Html =>
  html`<span class="badge ${tone}">${glyph(mark)} ${text}</span>`;

export const health = (status: string): Html =>
  badge(toneOf(status), sign(HEALTH_SIGNS, status), word(HEALTH_WORDS, status));

export const time = (at: string, text: string): Html =>
  Number.isNaN(Date.parse(at)) ? html`${text}` : html`<time datetime="${new Date(at).toISOString()}">${text}</time>`;

/** Terms and what they stand for; what is empty is left out. */
export const facts = (rows: readonly (readonly [string, string | Html | undefined])[]): Html =>
  html`<dl class="facts">${rows
    .filter(([, value]) => value !== undefined && value !== '')
    .map(([term, value]) => html`<div><dt>${term}</dt><dd>${value}</dd></div>`)}</dl>`;

/** The only way out of the page. The text of a link is its address, so that it cannot claim another. */
export const linked = (text: string): Html =>
  html`${pieces(text).map(({ text: part, href, command }) =>
    href ? html`<a href="${href}" rel="noreferrer">${part}</a>` : command ? html`<code>${part}</code>` : part,
  )}`;
