import { AwsError } from './errors.ts';

/** One page and the token of the next. The token is opaque, and worthless in a request that asks something else. */
export function page<T>(
  items: readonly T[],
  options: { size?: number; token?: string; question: string; invalid: () => AwsError },
): { items: T[]; next?: string } {
  const { size = items.length, token, question, invalid } = options;
  const start = token === undefined ? 0 : positionIn(token, question);
  if (start === undefined || start > items.length) throw invalid();
  const end = start + size;
  return { items: items.slice(start, end), ...(end < items.length && { next: tokenFor(end, question) }) };
}

const tokenFor = (position: number, question: string) =>
  Buffer.from(JSON.stringify([position, question])).toString('base64url');

function positionIn(token: string, question: string): number | undefined {
  try {
    const [position, asked] = JSON.parse(Buffer.from(token, 'base64url').toString());
    return asked === question && Number.isInteger(position) ? position : undefined;
  } catch {
    return undefined;
  }
}

/** Everything of a request but where it stands: it must stay the same from page to page. */
export const questionOf = (
  operation: string,
  { NextToken: _1, nextToken: _2, Marker: _3, ...rest }: Record<string, unknown>,
) => JSON.stringify([operation, rest]);

export const invalidToken =
  (code: string, message = 'The given pagination token is invalid.') =>
  () =>
    new AwsError(code, message);
