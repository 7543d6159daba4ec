import { line } from '../../domain/text.ts';
import { HEALTH_SIGNS, HEALTH_WORDS, sign, word } from '../format.ts';
import { pieces } from '../links.ts';
import type { Outline } from '../outline.ts';

const escaped = (value: string): string =>
  value
    .replace(/[\\`*[\]~$|]/g, '\\$&')
    .replace(/(?<![\p{L}\p{N}])_|_(?![\p{L}\p{N}])/gu, '\\_')
    .replace(/&(?=#?\w+;)/g, '&amp;')
    .replace(/<(?=[a-z/!?@#])/gi, '&lt;')
    .replace(/^>/, '&gt;')
    .replace(/^([#+=-]|\d+(?=[.)]))/, (start) => (/^\d/.test(start) ? `${start}\\` : `\\${start}`));

/**
 * A value as text of a paragraph or list item. Underscores inside words stay, because names of variables are full of
 * them; `<` becomes an entity, because Slack takes `<!here>` for a call and knows no backslash.
 */
export const text = (value: string): string => escaped(line(value));

/**
 * The same, with its https addresses as links, where in angle brackets nothing needs a backslash, and its command as
 * code. A command with a backtick in it would not be the same as code.
 */
export const linked = (value: string): string =>
  pieces(line(value))
    .map(({ text: part, href, command }) =>
      href ? `<${href}>` : command && tame(part) === part ? `\`${part}\`` : escaped(part),
    )
    .join('');

/** What would end a code span or a fence, or call people in Slack from inside of one, gives way to its like. */
export const tame = (value: string): string => value.replaceAll('`', 'ʹ').replace(/<(?=[!@#])/g, '‹');

/** A value as code; a pipe would end the cell of a table. */
export const code = (value: string): string => `\`${tame(line(value)).replaceAll('|', '¦') || ' '}\``;

/** A table whose source lines up, so that it reads in a terminal; the last column is left ragged. */
export function table(head: string[], rows: string[][]): string {
  const widths = head.map((title, column) => Math.max(title.length, 3, ...rows.map((row) => row[column]?.length ?? 0)));
  const last = head.length - 1;
  const draw = (cells: string[]) =>
    `| ${cells.map((cell, column) => (column === last ? cell : cell.padEnd(widths[column] ?? 0))).join(' | ')} |`;
  return [
    draw(head),
    draw(head.map((_, column) => '-'.repeat(column === last ? 3 : (widths[column] ?? 3)))),
    ...rows.map(draw),
  ].join('\n');
}

export const health = (status: string): string => `${sign(HEALTH_SIGNS, status)} ${word(HEALTH_WORDS, status)}`;
export const section = (title: string, ...blocks: (string | false | undefined)[]): string[] => {
  const body = blocks.filter(Boolean);
  return body.length > 0 ? [`## ${title}`, ...(body as string[])] : [];
};
export const list = (items: readonly string[]): string => items.map((item) => `- ${item}`).join('\n');
/** Steps with their steps beneath. */
export const outlined = (items: readonly Outline[], mark: (index: number) => string): string =>
  items
    .map(({ step, beneath }, index) => {
      const indent = ' '.repeat(mark(index).length + 1);
      return [
        `${mark(index)} ${linked(step)}`,
        ...beneath.map((one, number) => `${indent}${number + 1}. ${linked(one)}`),
      ].join('\n');
    })
    .join('\n');
export const numbered = (items: readonly string[], from = 1): string =>
  items.map((item, index) => `${from + index}. ${item}`).join('\n');
