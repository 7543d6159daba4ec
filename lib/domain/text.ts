/** Control characters would reach a terminal, overrides of the writing direction would make text lie. */
export const clean = (text: string): string => text.replace(/(?![\n\t])[\p{Cc}\p{Bidi_Control}\u200b\ufeff]/gu, ' ');

/** Text on one line. */
export const line = (text: string): string => clean(text).replace(/\s+/g, ' ').trim();
