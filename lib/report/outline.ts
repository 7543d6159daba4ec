/*
 * Next steps are a list of sentences. Those that belong to the one before them are indented and numbered, so that they
 * read as they stand wherever a list is all there is: in JSON, in an e-mail, in a terminal.
 */

/** A next step, and what has to be done for it. */
export interface Outline {
  readonly step: string;
  readonly beneath: readonly string[];
}

const BENEATH = /^ {2,}\d+\. /;

export const withSteps = (title: string, steps: readonly string[]): string[] => [
  title,
  ...steps.map((step, index) => `   ${index + 1}. ${step}`),
];

export const isBeneath = (line: string): boolean => BENEATH.test(line);

export function outlineOf(lines: readonly string[]): Outline[] {
  const outline: { step: string; beneath: string[] }[] = [];
  for (const line of lines) {
    const last = outline.at(-1);
    if (last && isBeneath(line)) last.beneath.push(line.replace(BENEATH, ''));
    else outline.push({ step: line, beneath: [] });
  }
  return outline;
}
