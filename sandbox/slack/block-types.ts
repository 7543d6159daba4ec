import { isObject, type Json, LONGEST_LABEL, type Look } from './blocks.ts';

export const MARKDOWN = ['plain_text', 'mrkdwn'];
const IN_ACTIONS = ['button', 'static_select', 'radio_buttons', 'checkboxes', 'overflow', 'users_select'];
const IN_INPUT = ['plain_text_input', 'number_input', 'static_select', 'radio_buttons', 'checkboxes', 'users_select'];
const LONGEST_MARKDOWN = 12_000;

type Check = (look: Look, value: Json, at: string) => void;

/** https://docs.slack.dev/reference/block-kit/blocks */
export const BLOCKS: Readonly<Record<string, Check>> = {
  section: (look, { text, fields, accessory }, at) => {
    if (text === undefined && fields === undefined) look.complain('must define either `text` or `fields`', at);
    look.optionalText(text, 3000, `${at}/text`, MARKDOWN);
    if (fields !== undefined) {
      look.list(fields, 10, `${at}/fields`, (field, place) => look.text(field, 2000, place, MARKDOWN));
    }
    if (accessory !== undefined) look.element(accessory, `${at}/accessory`, [...IN_ACTIONS, 'image']);
  },
  header: (look, { text }, at) => look.text(text, 150, `${at}/text`),
  divider: () => {},
  context: (look, { elements }, at) =>
    look.list(elements, 10, `${at}/elements`, (element, place) =>
      isObject(element) && element.type === 'image'
        ? look.element(element, place, ['image'])
        : look.text(element, 3000, place, MARKDOWN),
    ),
  actions: (look, { elements }, at) => {
    const seen = new Set<string>();
    look.list(elements, 25, `${at}/elements`, (element, place) => look.element(element, place, IN_ACTIONS, seen));
  },
  input: (look, { label, element, hint }, at) => {
    look.text(label, 2000, `${at}/label`);
    look.element(element, `${at}/element`, IN_INPUT);
    look.optionalText(hint, 2000, `${at}/hint`);
  },
  markdown: (look, { text }, at) => look.string(text, LONGEST_MARKDOWN, `${at}/text`),
  rich_text: (look, { elements }, at) => look.list(elements, 1000, `${at}/elements`, () => {}),
  table: (look, { rows }, at) =>
    look.list(rows, 100, `${at}/rows`, (row, place) =>
      look.list(row, 20, place, (cell, spot) => {
        if (!isObject(cell) || !['raw_text', 'rich_text'].includes(String(cell.type)))
          look.complain('unsupported cell', spot);
      }),
    ),
};

/** https://docs.slack.dev/reference/block-kit/block-elements */
export const ELEMENTS: Readonly<Record<string, Check>> = {
  button: (look, { text, value, url, style }, at) => {
    look.text(text, LONGEST_LABEL, `${at}/text`);
    look.optional(value, 2000, `${at}/value`);
    look.optional(url, 3000, `${at}/url`);
    look.style(style, `${at}/style`);
  },
  image: (look, { image_url, alt_text }, at) => {
    look.string(image_url, 3000, `${at}/image_url`);
    look.string(alt_text, 2000, `${at}/alt_text`);
  },
  static_select: (look, { options, placeholder }, at) => {
    look.options(options, 100, `${at}/options`);
    look.optionalText(placeholder, 150, `${at}/placeholder`);
  },
  users_select: (look, { placeholder }, at) => look.optionalText(placeholder, 150, `${at}/placeholder`),
  overflow: (look, { options }, at) => look.options(options, 5, `${at}/options`),
  radio_buttons: (look, { options }, at) => look.options(options, 10, `${at}/options`),
  checkboxes: (look, { options }, at) => look.options(options, 10, `${at}/options`),
  number_input: (look, { is_decimal_allowed: decimal }, at) => {
    if (typeof decimal !== 'boolean') look.complain('must be a boolean', `${at}/is_decimal_allowed`);
  },
  plain_text_input: (look, { placeholder, min_length: least = 0, max_length: most = 3000 }, at) => {
    look.optionalText(placeholder, 150, `${at}/placeholder`);
    if (Number(least) > 3000) look.complain('must be at most 3000', `${at}/min_length`);
    if (Number(most) < 1 || Number(most) > 3000) look.complain('must be from 1 to 3000', `${at}/max_length`);
  },
};
