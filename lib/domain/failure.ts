import * as z from 'zod/mini';

/** What Step Functions stores when a state is caught. */
export const Failure = z.strictObject({ Error: z.string(), Cause: z.optional(z.string()) });
export type Failure = z.infer<typeof Failure>;

/**
 * The message in a cause: that of a failed Lambda is a JSON string with errorType and errorMessage, that of a failed
 * nested execution one with an Error and a Cause of its own; others are plain text.
 */
export function messageOf({ Error: error, Cause: cause }: Failure): string {
  if (!cause) return error;
  const inner = parseObject(cause);
  if (typeof inner?.errorMessage === 'string') return inner.errorMessage;
  if (typeof inner?.Error === 'string') {
    return messageOf({ Error: inner.Error, ...(typeof inner.Cause === 'string' && { Cause: inner.Cause }) });
  }
  // An object of another shape may hold anything, the input of a nested execution for one.
  return inner ? error : cause;
}

function parseObject(text: string): Record<string, unknown> | undefined {
  try {
    const value: unknown = JSON.parse(text);
    return value !== null && typeof value === 'object' ? (value as Record<string, unknown>) : undefined;
  } catch {
    return undefined;
  }
}
