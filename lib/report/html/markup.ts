import { clean } from '../../domain/text.ts';

/** Text that is markup already. Only `html` makes it, so that no value of a report can pass for it. */
class Markup {
  readonly source: string;
  constructor(source: string) {
    this.source = source;
  }
  toString(): string {
    return this.source;
  }
}
export type Html = Markup;
type Value = string | number | Html | false | null | undefined | readonly Value[];

const ENTITIES: Record<string, string> = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;', "'": '&#39;' };

export const escapeHtml = (text: string): string => clean(text).replace(/[&<>"']/g, (sign) => ENTITIES[sign] ?? sign);

function render(value: Value): string {
  if (value instanceof Markup) return value.source;
  if (Array.isArray(value)) return value.map(render).join('');
  if (value === null || value === undefined || value === false) return '';
  return escapeHtml(String(value));
}

/** A template in which every value is escaped, unless it is a template itself. */
export const html = (parts: TemplateStringsArray, ...values: Value[]): Html =>
  new Markup(parts.reduce((text, part, index) => text + render(values[index - 1]) + part));

/** For text that this program wrote itself, such as the style sheet. Never for a value of the report. */
export const trusted = (source: string): Html => new Markup(source);
