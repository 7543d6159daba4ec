export interface ApiAnswer {
  readonly status: number;
  readonly headers: Readonly<Record<string, string | string[]>>;
  readonly body: string | Buffer;
}

const JSON_TYPE = { 'content-type': 'application/json' };

export const message = (status: number, text: string): ApiAnswer => ({
  status,
  headers: JSON_TYPE,
  body: JSON.stringify({ message: text }),
});

const isObject = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

/**
 * What a function returned, as an answer: whole where it has a status code, else 200 and JSON. What is neither is the
 * function's mistake. https://docs.aws.amazon.com/apigateway/latest/developerguide/http-api-develop-integrations-lambda.html
 */
export function answerOf(result: unknown): ApiAnswer {
  if (!isObject(result) || result.statusCode === undefined) {
    return {
      status: 200,
      headers: JSON_TYPE,
      body: typeof result === 'string' ? result : JSON.stringify(result ?? {}),
    };
  }
  const { statusCode, headers = {}, cookies = [], body = '', isBase64Encoded = false } = result;
  const status = Number(statusCode);
  if (!Number.isInteger(status) || status < 100 || status > 599 || !isObject(headers) || typeof body !== 'string') {
    return message(500, 'Internal Server Error');
  }
  const given = Object.entries(headers).map(([name, value]) => [name.toLowerCase(), String(value)]);
  return {
    status,
    headers: {
      'content-type': 'text/plain; charset=utf-8',
      ...Object.fromEntries(given),
      ...(Array.isArray(cookies) && cookies.length > 0 && { 'set-cookie': cookies.map(String) }),
    },
    body: isBase64Encoded ? Buffer.from(body, 'base64') : body,
  };
}
