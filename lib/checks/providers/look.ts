/** Something that was looked at, or why it could not be. */
export type Looked<T> = { readonly value: T } | { readonly unanswered: string };

const DENIED = /AccessDenied|Authorization|NotAuthorized|Unauthorized|Forbidden/;

/** Only the name of an error is told: its message may quote a value, an account or an address. */
export const nameOf = (error: unknown): string =>
  error instanceof Error && /^\w{1,80}$/.test(error.name) ? error.name : 'unknown error';

/** Asks AWS, and on failure names the action that was not answered, so that somebody can allow it. */
export async function look<T>(action: string, ask: () => Promise<T>): Promise<Looked<T>> {
  try {
    return { value: await ask() };
  } catch (error) {
    return { unanswered: notAnswered(action, error) };
  }
}

export function notAnswered(action: string, error: unknown): string {
  const name = nameOf(error);
  return DENIED.test(name) ? `${action} is not allowed (${name})` : `${action} was not answered (${name})`;
}
