import { safe } from './text.ts';

/** How much room there is: how many steps, how much of each, and how long its texts. */
export interface Room {
  readonly steps: number;
  readonly changes: number;
  readonly others: number;
  /** Characters for the risk of a step, and as many for its way back. */
  readonly risk: number;
  /** Makes a text that was redacted fit for `mrkdwn`. */
  pen(text: string, max: number): string;
}

const room = (scale: number, steps: number, changes: number, others: number, risk: number): Room => ({
  steps,
  changes,
  others,
  risk,
  pen: (text, max) => safe(text, Math.floor(max * scale)),
});

/** From the widest to one into which everything fits. What is weighed in a decision is the last to be cut. */
export const ROOMS = [
  room(1, 8, 4, 4, 1900),
  room(1, 8, 4, 0, 1900),
  room(1, 8, 0, 0, 1900),
  room(0.7, 8, 0, 0, 700),
  room(0.5, 5, 0, 0, 400),
];
export const SMALLEST = room(0.3, 3, 0, 0, 250);
