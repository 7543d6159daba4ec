import { randomUUID } from 'node:crypto';
import type { IncomingMessage } from 'node:http';
import type { APIGatewayProxyEventV2 } from 'aws-lambda';

/** Text types reach a function as they are, everything else in base64; forms are no text type. `as-aws` does the same. */
export type Encoding = 'as-aws' | 'base64' | 'text';

export interface Caller {
  readonly accessKey: string;
  readonly accountId: string;
}

const TEXT = /^(?:text\/|application\/(?:json|javascript|xml|vnd\.api\+json)\b)/;

export interface ApiRequest {
  readonly request: IncomingMessage;
  readonly body: Buffer;
  readonly url: URL;
  readonly routeKey: string;
  readonly pathParameters: Readonly<Record<string, string>>;
  readonly caller: Caller | undefined;
  readonly now: Date;
  readonly region: string;
  readonly accountId: string;
  readonly encoding: Encoding;
}

/** Payload format 2.0: https://docs.aws.amazon.com/apigateway/latest/developerguide/http-api-develop-integrations-lambda.html */
export function eventOf(given: ApiRequest): APIGatewayProxyEventV2 {
  const { request, body, url, routeKey, pathParameters, caller, now, region, accountId } = given;
  const headers = headersOf(request);
  const { cookie, ...rest } = headers;
  const isBase64Encoded = body.length > 0 && inBase64(given.encoding, headers['content-type'] ?? '');
  const query = [...new Set(url.searchParams.keys())].map((key) => [key, url.searchParams.getAll(key).join(',')]);
  const domainName = `sandbox.execute-api.${region}.amazonaws.com`;
  const event = {
    version: '2.0',
    routeKey,
    rawPath: url.pathname,
    rawQueryString: url.search.slice(1),
    ...(cookie && { cookies: cookie.split(/; ?/) }),
    headers: rest,
    ...(query.length > 0 && { queryStringParameters: Object.fromEntries(query) }),
    requestContext: {
      accountId,
      apiId: 'sandbox',
      ...(caller && { authorizer: { iam: identityOf(caller) } }),
      domainName,
      domainPrefix: 'sandbox',
      http: {
        method: request.method ?? 'GET',
        path: url.pathname,
        protocol: 'HTTP/1.1',
        sourceIp: '127.0.0.1',
        userAgent: headers['user-agent'] ?? '',
      },
      requestId: randomUUID(),
      routeKey,
      stage: '$default',
      time: timeOf(now),
      timeEpoch: now.getTime(),
    },
    ...(body.length > 0 && { body: body.toString(isBase64Encoded ? 'base64' : 'utf8') }),
    ...(Object.keys(pathParameters).length > 0 && { pathParameters: { ...pathParameters } }),
    isBase64Encoded,
  };
  return event;
}

/** Lower-case names; what was sent several times is joined with commas. */
function headersOf({ headersDistinct }: IncomingMessage): Record<string, string> {
  return Object.fromEntries(Object.entries(headersDistinct).map(([name, values = []]) => [name, values.join(',')]));
}

const inBase64 = (encoding: Encoding, contentType: string): boolean =>
  encoding === 'as-aws' ? !TEXT.test(contentType) : encoding === 'base64';

const identityOf = ({ accessKey, accountId }: Caller) => ({
  accessKey,
  accountId,
  callerId: accessKey,
  cognitoIdentity: null,
  principalOrgId: null,
  userArn: `arn:aws:iam::${accountId}:user/sandbox`,
  userId: accessKey,
});

const MONTHS = ['Jan', 'Feb', 'Mar', 'Apr', 'May', 'Jun', 'Jul', 'Aug', 'Sep', 'Oct', 'Nov', 'Dec'];

/** As in `20/Nov/2026:04:31:29 +0000`. */
function timeOf(date: Date): string {
  const [day = '', time = ''] = date.toISOString().split(/[T.]/);
  const [year, month, dayOfMonth] = day.split('-');
  return `${dayOfMonth}/${MONTHS[Number(month) - 1]}/${year}:${time} +0000`;
}
