import { safe } from './text.ts';

/** How much room there is: how many steps, how much of each, and how long its texts. */
export interface Room {
  readonly steps: number;
  readonly changes: number;
  readonly others: number;
  /** Makes a text that was redacted fit for `mrkdwn`. */
  pen(text: string, max: number): string;
}

const room = (scale: number, steps: number, changes: number, others: number): Room => ({
  steps,
  changes,
  others,
  pen: (text, max) => safe(text, Math.floor(max * scale)),
});
/** From the widest to one into which everything fits. */
export const SMALLEST = room(0.3, 3, 0, 0);
export const ROOMS = [room(1, 8, 4, 4), room(0.7, 8, 2, 2), room(0.5, 5, 1, 0)];
