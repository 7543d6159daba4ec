import * as z from 'zod/mini';

/** What a person said to a question of a run. */
export const Answer = z.strictObject({ answer: z.string(), by: z.string(), at: z.string() });
export type Answer = z.infer<typeof Answer>;

/** What stands in the place of an answer when there was none. */
export const SILENCE = 'no answer';

/** Said to whoever comes second. */
export const whoseCounts = ({ answer, by, at }: Answer): string =>
  answer === SILENCE ? `too late: nobody had answered by ${at}` : `already answered: ${answer} by ${by} at ${at}`;
