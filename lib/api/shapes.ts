import * as z from 'zod/mini';

/** What may stand in a name of an execution without trouble: https://docs.aws.amazon.com/step-functions/latest/apireference/API_StartExecution.html */
export const RunName = z
  .string()
  .check(z.regex(/^[0-9A-Za-z_-]{1,80}$/, { error: 'must be 1 to 80 letters, digits, - and _' }));

/** What `POST /runs` answers. */
export const Started = z.strictObject({
  run: z.string(),
  executionArn: z.string(),
  /** Where to ask how the run is. */
  statusUrl: z.string(),
});
export type Started = z.infer<typeof Started>;

/** What a route answers instead of what was asked for. */
export const Problem = z.strictObject({
  error: z.string(),
  message: z.string(),
  /** Each wrong field with what is allowed there. */
  fields: z.optional(z.array(z.strictObject({ field: z.string(), message: z.string() }))),
});
export type Problem = z.infer<typeof Problem>;
