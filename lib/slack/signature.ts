import { createHmac, timingSafeEqual } from 'node:crypto';

/** Further away than this, before or after, a request is not from now. */
export const WINDOW_SECONDS = 300;

const SIGNATURE = 'x-slack-signature';
const TIMESTAMP = 'x-slack-request-timestamp';

export type Headers = Readonly<Record<string, string | undefined>>;

/** What a request claims: when it was signed, and how. */
export interface Claim {
  readonly timestamp: number;
  readonly signature: string;
}

/** The body as Slack sent it: a gateway may hand it on in base64, and the signature is over the bytes. */
export function rawBody({ body, isBase64Encoded }: { body?: string | null; isBase64Encoded?: boolean }): Buffer {
  return Buffer.from(body ?? '', isBase64Encoded ? 'base64' : 'utf8');
}

/** `v0=` and the HMAC-SHA256 over `v0:<timestamp>:<body>`; the secret is used as the text it is. */
export function sign(secret: string, timestamp: string, body: Buffer | string): string {
  // An empty key would let anybody sign.
  if (secret === '') throw new Error('the signing secret of Slack is empty');
  return `v0=${createHmac('sha256', secret).update(`v0:${timestamp}:`).update(body).digest('hex')}`;
}

/**
 * Whether Slack signed this request within the window; undefined when not, whatever the reason.
 * https://docs.slack.dev/authentication/verifying-requests-from-slack
 */
export function verify(secret: string, headers: Headers, body: Buffer, now: Date): Claim | undefined {
  const timestamp = only(headers, TIMESTAMP);
  const signature = only(headers, SIGNATURE);
  if (signature === undefined || timestamp === undefined || !/^\d{1,12}$/.test(timestamp)) return undefined;
  if (Math.abs(now.getTime() / 1000 - Number(timestamp)) > WINDOW_SECONDS) return undefined;
  const expected = Buffer.from(sign(secret, timestamp, body));
  const given = Buffer.from(signature);
  if (given.length !== expected.length || !timingSafeEqual(given, expected)) return undefined;
  return { timestamp: Number(timestamp), signature };
}

/** The one value of a header, whatever the case of its name; a header that comes twice counts as none. */
function only(headers: Headers, name: string): string | undefined {
  const values = Object.entries(headers).flatMap(([key, value]) => (key.toLowerCase() === name ? [value] : []));
  return values.length === 1 ? values[0] : undefined;
}
