import { cut, plain as plainText } from './text.ts';

/*
 * Block Kit, within its limits: https://docs.slack.dev/reference/block-kit/blocks. What is too long is cut here, once.
 * All text comes in redacted, `mrkdwn` escaped as well (text.ts).
 */

export type Block = Readonly<Record<string, unknown>>;

const TEXT = 3000;
const FIELDS = 10;
const FIELD = 2000;

/** `verbatim`: nothing that stands in a log becomes a link or a mention. */
const mrkdwn = (text: string, max = TEXT) => ({ type: 'mrkdwn', text: cut(text, max) || '–', verbatim: true });
const plain = (text: string, max: number) => ({ type: 'plain_text', text: plainText(text, max) });

export const header = (text: string): Block => ({ type: 'header', text: plain(text, 150) });

export const section = (text: string, fields: readonly string[] = []): Block => ({
  type: 'section',
  text: mrkdwn(text),
  ...(fields.length > 0 && { fields: fields.slice(0, FIELDS).map((field) => mrkdwn(field, FIELD)) }),
});

export const context = (text: string): Block => ({ type: 'context', elements: [mrkdwn(text)] });

export interface Button {
  readonly action: string;
  readonly text: string;
  /** The id of a question; what it stands for is in the table. */
  readonly value: string;
  readonly style?: 'primary' | 'danger';
  readonly confirm?: { readonly title: string; readonly text: string; readonly yes: string; readonly no: string };
}

export const actions = (blockId: string, buttons: readonly Button[]): Block => ({
  type: 'actions',
  block_id: cut(blockId, 255),
  elements: buttons.map(({ action, text, value, style, confirm }) => ({
    type: 'button',
    action_id: action,
    text: plain(text, 75),
    value: value.slice(0, 2000),
    ...(style && { style }),
    ...(confirm && {
      confirm: {
        title: plain(confirm.title, 100),
        text: plain(confirm.text, 300),
        confirm: plain(confirm.yes, 30),
        deny: plain(confirm.no, 30),
      },
    }),
  })),
});

/** All texts of a message together: beyond some 13,000 characters Slack says `msg_blocks_too_long`, which is not documented. */
export const MOST_TEXT = 11_000;

export function lengthOfTexts(value: unknown): number {
  if (Array.isArray(value)) return value.reduce((sum: number, item) => sum + lengthOfTexts(item), 0);
  if (typeof value !== 'object' || value === null) return 0;
  return Object.entries(value).reduce(
    (sum, [key, item]) => sum + (key === 'text' && typeof item === 'string' ? item.length : lengthOfTexts(item)),
    0,
  );
}
