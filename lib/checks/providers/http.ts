import type { Clock } from '../../clock.ts';

export interface Answer {
  readonly status: number;
  /** Undefined when the answer is no JSON. */
  readonly body: unknown;
}
/** `unanswered` says why; never with a URL, because those hold SIDs. */
export type Asked = Answer | { readonly unanswered: string };

const PATIENCE_SECONDS = 10;
const LONGEST_ANSWER = 4 * 1024 * 1024;

/** One GET. Redirects are not followed: credentials go nowhere but where they were sent. */
export async function getJson(clock: Clock, url: string, headers: Record<string, string> = {}): Promise<Asked> {
  const deadline = clock.deadline(PATIENCE_SECONDS * 1000);
  try {
    const response = await fetch(url, { headers, redirect: 'manual', signal: deadline.signal });
    const text = await textOf(response);
    return text === undefined
      ? { unanswered: 'the answer is longer than any expected' }
      : { status: response.status, body: parseJson(text) };
  } catch (error) {
    return { unanswered: deadline.signal.aborted ? `no answer within ${PATIENCE_SECONDS} s` : networkCode(error) };
  } finally {
    deadline.clear();
  }
}

async function textOf(response: Response): Promise<string | undefined> {
  const decoder = new TextDecoder();
  let text = '';
  for await (const chunk of response.body ?? []) {
    text += decoder.decode(chunk, { stream: true });
    if (text.length > LONGEST_ANSWER) return undefined;
  }
  return text;
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

/** `fetch` hides the network error in `cause`: only its code is told, because messages quote addresses. */
function networkCode(error: unknown): string {
  const cause = error instanceof Error ? error.cause : undefined;
  const code = cause && typeof cause === 'object' && 'code' in cause ? String(cause.code) : '';
  return /^\w{1,60}$/.test(code) ? code : 'the request failed';
}

/** A member of something that may be anything. */
export const property = (value: unknown, key: string): unknown =>
  value !== null && typeof value === 'object' && Object.hasOwn(value, key)
    ? (value as Record<string, unknown>)[key]
    : undefined;
