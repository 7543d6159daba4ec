import * as z from 'zod/mini';
import { shown } from '../domain/errors.ts';
import { redact } from '../domain/redact.ts';
import { isPassing, logger, problemOf, step } from '../step.ts';

/**
 * What API Gateway hands over, as far as it is used. Header names are in lower case.
 * https://docs.aws.amazon.com/apigateway/latest/developerguide/http-api-develop-integrations-lambda.html
 */
export const ApiEvent = z.object({
  rawPath: z.string(),
  headers: z._default(z.record(z.string(), z.optional(z.string())), {}),
  pathParameters: z.optional(z.record(z.string(), z.string())),
  body: z.optional(z.string()),
  isBase64Encoded: z._default(z.boolean(), false),
  requestContext: z.object({
    domainName: z.string(),
    authorizer: z.optional(z.object({ iam: z.optional(z.object({ userArn: z.optional(z.string()) })) })),
  }),
});
export type ApiEvent = z.infer<typeof ApiEvent>;

export interface Answer {
  readonly status: number;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body: object;
}

/** Errors of ours that are the caller's business, by the name of the error. */
const STATUS: Readonly<Record<string, number>> = {
  InvalidRequest: 400,
  NotAuthorized: 403,
  RunNotFound: 404,
  NameTaken: 409,
};

/** A route of the HTTP API: its errors become answers, and what is nobody's business stays in the log. */
export const answering = (route: (event: ApiEvent) => Promise<Answer>) =>
  step(ApiEvent, async (event) => {
    const { status, headers, body } = await route(event).catch(refusal);
    return {
      statusCode: status,
      headers: { 'content-type': 'application/json', 'cache-control': 'no-store', ...headers },
      body: JSON.stringify(body),
    };
  });

function refusal(error: unknown): Answer {
  const problem = error instanceof Error ? error : new Error('not an error');
  const { name, cause } = problem;
  const message = shown(problem);
  const status = STATUS[name];
  if (status) return { status, body: { error: name, message, ...(status === 400 && fieldsOf(message, cause)) } };
  logger.error('route failed', { error: { name, message } });
  return error instanceof Error && isPassing(error)
    ? { status: 503, headers: { 'retry-after': '5' }, body: { error: 'RetryLater', message: 'AWS is busy: try again' } }
    : {
        status: 500,
        body: { error: 'InternalError', message: 'this is a fault of the deployment: see the log of the function' },
      };
}

/** Each wrong field with what is allowed there. A sentence that no schema has written begins with the name of its field. */
function fieldsOf(said: string, cause: unknown): object {
  if (!(cause instanceof z.core.$ZodError)) {
    const [, field, message] = /^([A-Za-z][\w.-]*): (.+)$/s.exec(said) ?? [];
    return { fields: [{ field: field ?? 'body', message: message ?? said }] };
  }
  return {
    fields: cause.issues.flatMap((issue) => {
      const path = issue.path.map(String);
      if (issue.code !== 'unrecognized_keys')
        return [{ field: path.join('.') || 'body', message: redact(problemOf(issue)) }];
      return issue.keys.map((key) => ({ field: [...path, key].join('.'), message: 'is unknown' }));
    }),
  };
}
