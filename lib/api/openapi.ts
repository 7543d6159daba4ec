import * as z from 'zod/mini';
import { Report } from '../domain/report.ts';
import { Request } from '../domain/request.ts';
import { RunView } from '../domain/run-view.ts';
import { Problem, RunName, Started } from './shapes.ts';

type Json = Readonly<Record<string, unknown>>;

/** One schema as components: what it defines beside itself gets its name in front. */
function components(name: string, schema: z.core.$ZodType, io: 'input' | 'output'): Json {
  const { $schema: _, $defs = {}, ...own } = z.toJSONSchema(schema, { io }) as { $schema?: string; $defs?: Json };
  const all = {
    [name]: own,
    ...Object.fromEntries(Object.entries($defs).map(([key, def]) => [`${name}.${key}`, def])),
  };
  const text = JSON.stringify(all).replaceAll('"#/$defs/', `"#/components/schemas/${name}.`);
  return JSON.parse(text) as Json;
}

const ref = (name: string): Json => ({ $ref: `#/components/schemas/${name}` });
const json = (schema: Json): Json => ({ 'application/json': { schema } });
const problem = (description: string): Json => ({ description, content: json(ref('Problem')) });

const PROBLEMS: Json = {
  403: {
    description:
      'The request is not signed, or the signer may not call this (execute-api:Invoke). API Gateway answers this itself.',
    content: json({ type: 'object', properties: { message: { type: 'string' } }, required: ['message'] }),
  },
  500: problem('A fault of the deployment: its log says which.'),
  503: { ...problem('AWS is busy: try again.'), headers: { 'Retry-After': { schema: { type: 'integer' } } } },
};

const start: Json = {
  operationId: 'startRun',
  summary: 'Starts a run.',
  description:
    'In the name of whoever signs the request: `requestedBy` is the ARN of the caller and may be left out. The default mode is `plan`, which changes nothing. With a name or an Idempotency-Key, many tries make one run.',
  parameters: [
    {
      name: 'Idempotency-Key',
      in: 'header',
      description: 'The same key from the same caller is the same run, for 90 days. Instead of `name`.',
      schema: { type: 'string', minLength: 1, maxLength: 255 },
    },
  ],
  requestBody: { required: true, content: json(ref('StartRequest')) },
  responses: {
    202: {
      description: 'The run has been started, or had been already under this name or key.',
      headers: { Location: { description: 'Where to ask how the run is.', schema: { type: 'string', format: 'uri' } } },
      content: json(ref('Started')),
    },
    400: problem('The request is wrong; `fields` says where, and what is allowed. Nothing was started.'),
    409: problem('The name or the key is taken by a run that was started with another request.'),
    ...PROBLEMS,
  },
};

const get: Json = {
  operationId: 'getRun',
  summary: 'How a run is, or how it ended.',
  parameters: [{ name: 'id', in: 'path', required: true, description: 'The name of the run.', schema: ref('RunName') }],
  responses: {
    200: { description: 'The run, with its report when there is one.', content: json(ref('Run')) },
    404: problem('There is no run of this name.'),
    ...PROBLEMS,
  },
};

/** The start API as OpenAPI 3.1, whose schemas are JSON Schema 2020-12: https://spec.openapis.org/oas/v3.1.1.html */
export const openApi = (): Json => ({
  openapi: '3.1.0',
  info: {
    title: 'reconnect',
    version: '1',
    description:
      'Starts runs that find out why an App Runner service cannot reach what it depends on, and repair it. Neither route answers questions of a run: approvals and deliveries have doors of their own.',
    license: { name: 'Apache-2.0', identifier: 'Apache-2.0' },
  },
  servers: [
    {
      url: 'https://{api}.execute-api.{region}.amazonaws.com',
      variables: { api: { default: 'api-id' }, region: { default: 'us-east-1' } },
    },
  ],
  security: [{ sigv4: [] }],
  paths: { '/runs': { post: start }, '/runs/{id}': { get } },
  components: {
    // As API Gateway itself exports IAM authorisation.
    securitySchemes: {
      sigv4: {
        type: 'apiKey',
        name: 'Authorization',
        in: 'header',
        description: 'AWS Signature Version 4 for the service execute-api.',
        'x-amazon-apigateway-authtype': 'awsSigv4',
      },
    },
    schemas: {
      ...components('RunName', RunName, 'input'),
      ...withProperties('StartRequest', components('StartRequest', Request, 'input'), { name: ref('RunName') }),
      ...components('Started', Started, 'output'),
      ...components('Report', Report, 'output'),
      ...withProperties('Run', components('Run', z.extend(RunView, { report: z.optional(z.unknown()) }), 'output'), {
        report: ref('Report'),
      }),
      ...components('Problem', Problem, 'output'),
    },
  },
});

/** With other properties than the schema says: a name for the run beside the request, a reference instead of a copy. */
function withProperties(name: string, all: Json, properties: Json): Json {
  const own = all[name] as { properties: Json };
  return { ...all, [name]: { ...own, properties: { ...own.properties, ...properties } } };
}
