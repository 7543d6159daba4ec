import * as z from 'zod/mini';

/** What Step Functions stores when a state is caught. */
export const Failure = z.strictObject({ Error: z.string(), Cause: z.optional(z.string()) });
export type Failure = z.infer<typeof Failure>;

/** The message in a cause: that of a failed Lambda is a JSON string with errorType and errorMessage, others are plain text. */
export function messageOf({ Error: error, Cause: cause }: Failure): string {
  if (!cause) return error;
  try {
    const { errorMessage } = JSON.parse(cause) as { errorMessage?: unknown };
    return typeof errorMessage === 'string' ? errorMessage : cause;
  } catch {
    return cause;
  }
}
