import { AwsError } from '../http/errors.ts';

interface Request {
  readonly ClientToken?: string;
}

/** https://docs.aws.amazon.com/ec2/latest/devguide/ec2-api-idempotency.html */
export class ClientTokens {
  readonly #made = new Map<string, { asked: string; thing: unknown }>();

  /** Makes the thing, or returns the one that the same request with the same token made before. */
  once<T>(operation: string, request: Request, make: () => T): T {
    const { ClientToken, ...rest } = request;
    if (ClientToken === undefined) return make();
    const key = `${operation} ${ClientToken}`;
    const asked = JSON.stringify(rest);
    const before = this.#made.get(key);
    if (!before) {
      const thing = make();
      this.#made.set(key, { asked, thing });
      return thing;
    }
    if (before.asked === asked) return before.thing as T;
    throw new AwsError(
      'IdempotentParameterMismatch',
      `The client token ${ClientToken} was used with other parameters before.`,
    );
  }
}
