/*
 * What Slack refuses in blocks: https://docs.slack.dev/reference/block-kit/blocks and
 * https://docs.slack.dev/reference/block-kit/composition-objects. Types that no message of ours uses are refused too.
 */

import { BLOCKS, ELEMENTS, MARKDOWN } from './block-types.ts';

export type Json = Readonly<Record<string, unknown>>;

export const isObject = (value: unknown): value is Json =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

/** In the words of Slack: `must be less than 3001 characters [json-pointer:/blocks/0/text/text]`. */
export type Problems = string[];

const MOST_BLOCKS = { message: 50, view: 100 };
const LONGEST_ID = 255;
export const LONGEST_LABEL = 75;

/** All that is wrong with the blocks of a message or of a view. */
export function problemsOf(blocks: unknown, where: keyof typeof MOST_BLOCKS, pointer = '/blocks'): Problems {
  const look = new Look(where);
  if (!Array.isArray(blocks)) look.complain('must be an array', pointer);
  else {
    look.atMost(blocks, MOST_BLOCKS[where], pointer);
    for (const [index, block] of blocks.entries()) look.block(block, `${pointer}/${index}`);
  }
  return look.problems;
}

/** Collects what is wrong, each with the place where. */
export class Look {
  readonly problems: Problems = [];
  readonly #where: keyof typeof MOST_BLOCKS;
  readonly #ids = new Set<string>();

  constructor(where: keyof typeof MOST_BLOCKS) {
    this.#where = where;
  }

  complain(what: string, pointer: string): void {
    this.problems.push(`${what} [json-pointer:${pointer}]`);
  }

  atMost(items: readonly unknown[], most: number, pointer: string): void {
    if (items.length > most) this.complain(`no more than ${most} items allowed`, pointer);
  }

  block(block: unknown, at: string): void {
    const type = isObject(block) ? String(block.type) : '';
    const check = this.#where === 'message' && type === 'input' ? undefined : BLOCKS[type];
    if (check && isObject(block)) {
      this.id(block.block_id, this.#ids, 'block_id', `${at}/block_id`);
      check(this, block, at);
    } else this.complain(`unsupported type: ${type}`, `${at}/type`);
  }

  /** Absent, or 1 to 255 characters and nobody else's. */
  id(value: unknown, seen: Set<string>, name: string, at: string): void {
    if (value === undefined) return;
    this.string(value, LONGEST_ID, at);
    if (seen.has(String(value))) this.complain(`\`${name}\` already exists: ${value}`, at);
    seen.add(String(value));
  }

  string(value: unknown, most: number, at: string): void {
    if (typeof value !== 'string') this.complain('must be a string', at);
    else if (value.length === 0) this.complain('must be more than 0 characters', at);
    else if (value.length > most) this.complain(`must be less than ${most + 1} characters`, at);
  }

  optional(value: unknown, most: number, at: string): void {
    if (value !== undefined) this.string(value, most, at);
  }

  text(value: unknown, most: number, at: string, types: readonly string[] = ['plain_text']): void {
    const { type, text } = isObject(value) ? value : {};
    if (!types.includes(String(type))) this.complain(`unsupported type: ${type}`, `${at}/type`);
    this.string(text, most, `${at}/text`);
  }

  optionalText(value: unknown, most: number, at: string, types?: readonly string[]): void {
    if (value !== undefined) this.text(value, most, at, types);
  }

  list(value: unknown, most: number, at: string, each: (item: unknown, at: string) => void): void {
    const items: unknown[] = Array.isArray(value) ? value : [];
    if (items.length === 0) this.complain('must provide at least 1 item', at);
    this.atMost(items, most, at);
    for (const [index, item] of items.entries()) each(item, `${at}/${index}`);
  }

  element(value: unknown, at: string, allowed: readonly string[], seen: Set<string> = new Set()): void {
    const type = isObject(value) ? String(value.type) : '';
    const check = allowed.includes(type) ? ELEMENTS[type] : undefined;
    if (check && isObject(value)) {
      this.id(value.action_id, seen, 'action_id', `${at}/action_id`);
      if (value.confirm !== undefined) this.confirm(value.confirm, `${at}/confirm`);
      check(this, value, at);
    } else this.complain(`unsupported type: ${type}`, `${at}/type`);
  }

  confirm(value: unknown, at: string): void {
    const { title, text, confirm, deny, style } = isObject(value) ? value : {};
    this.text(title, 100, `${at}/title`);
    this.text(text, 300, `${at}/text`, MARKDOWN);
    this.text(confirm, 30, `${at}/confirm`);
    this.text(deny, 30, `${at}/deny`);
    this.style(style, `${at}/style`);
  }

  style(value: unknown, at: string): void {
    if (value !== undefined && !['primary', 'danger'].includes(String(value))) this.complain('must be a style', at);
  }

  options(value: unknown, most: number, at: string): void {
    this.list(value, most, at, (option, place) => {
      const { text, value, description } = isObject(option) ? option : {};
      this.text(text, LONGEST_LABEL, `${place}/text`, MARKDOWN);
      this.string(value, 150, `${place}/value`);
      this.optionalText(description, LONGEST_LABEL, `${place}/description`, MARKDOWN);
    });
  }
}

/** https://docs.slack.dev/reference/views/modal-views */
export function problemsOfView(view: Json): Problems {
  const look = new Look('view');
  if (view.type !== 'modal') look.complain(`unsupported type: ${view.type}`, '/view/type');
  look.text(view.title, 24, '/view/title');
  look.optionalText(view.submit, 24, '/view/submit');
  look.optionalText(view.close, 24, '/view/close');
  look.optional(view.callback_id, LONGEST_ID, '/view/callback_id');
  if (view.private_metadata !== undefined && String(view.private_metadata).length > 3000) {
    look.complain('must be less than 3001 characters', '/view/private_metadata');
  }
  const hasInput = Array.isArray(view.blocks) && view.blocks.some((block) => isObject(block) && block.type === 'input');
  if (hasInput && view.submit === undefined) look.complain('missing required field: submit', '/view');
  return [...look.problems, ...problemsOf(view.blocks, 'view', '/view/blocks')];
}

/** Of all texts in a message's blocks: refused as `msg_blocks_too_long` somewhere beyond, which Slack does not document. */
export const MOST_TEXT = 12_000;

export function lengthOfTexts(value: unknown): number {
  if (Array.isArray(value)) return value.reduce((sum: number, item) => sum + lengthOfTexts(item), 0);
  if (!isObject(value)) return 0;
  return Object.entries(value).reduce(
    (sum, [key, item]) => sum + (key === 'text' && typeof item === 'string' ? item.length : lengthOfTexts(item)),
    0,
  );
}
