import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { rawBody, sign, verify } from '../../../lib/slack/signature.ts';

/** The example of https://docs.slack.dev/authentication/verifying-requests-from-slack */
const SECRET = '8f742231b10e8888abcd99yyyzzz85a5';
const TIMESTAMP = '1531420618';
const SIGNATURE = 'v0=a2114d57b48eac39b9ad189dd8316235a7b4a8d21a10bd27519666489c69b503';
const BODY = Buffer.from(
  'token=xyzz0WbapA4vBCDEFasx0q6G&team_id=T1DC2JH3J&team_domain=testteamnow&channel_id=G8PSS9T3V&channel_name=foobar&user_id=U2CERLKJA&user_name=roadrunner&command=%2Fwebhook-collect&text=&response_url=https%3A%2F%2Fhooks.slack.com%2Fcommands%2FT1DC2JH3J%2F397700885554%2F96rGlfmibIGlgcZRskXaIFfN&trigger_id=398738663015.47445629121.803a0bc887a14d10d2c447fce8b6703c',
);
const NOW = new Date(Number(TIMESTAMP) * 1000);
const headersOf = (timestamp: string, signature: string) => ({
  'x-slack-request-timestamp': timestamp,
  'x-slack-signature': signature,
});
const GENUINE = headersOf(TIMESTAMP, SIGNATURE);
const later = (seconds: number) => new Date(NOW.getTime() + seconds * 1000);

/** Another byte at the place. */
function changed(bytes: Buffer, at: number, to: number): Buffer {
  const copy = Buffer.from(bytes);
  const index = at % copy.length;
  copy[index] = copy[index] === to ? to ^ 1 : to;
  return copy;
}
const place = fc.nat();
const byte = fc.integer({ min: 0, max: 255 });

describe('the signature of a request', () => {
  it('of Slack’s own example holds', () => {
    expect(sign(SECRET, TIMESTAMP, BODY)).toBe(SIGNATURE);
    expect(verify(SECRET, GENUINE, BODY, NOW)).toEqual({ timestamp: 1531420618, signature: SIGNATURE });
  });

  it('holds whatever the case of the headers’ names, and in base64', () => {
    const headers = { 'X-Slack-Request-Timestamp': TIMESTAMP, 'X-SLACK-SIGNATURE': SIGNATURE };
    const body = rawBody({ body: BODY.toString('base64'), isBase64Encoded: true });
    expect(verify(SECRET, headers, body, NOW)).toBeDefined();
  });

  it('is over bytes, not over text', () => {
    const bytes = Buffer.from([0x74, 0x3d, 0xff, 0xfe, 0x80]);
    const headers = headersOf(TIMESTAMP, sign(SECRET, TIMESTAMP, bytes));
    const body = rawBody({ body: bytes.toString('base64'), isBase64Encoded: true });
    expect(verify(SECRET, headers, body, NOW)).toBeDefined();
  });

  it('is refused when any byte of the body is another', () => {
    fc.assert(fc.property(place, byte, (at, to) => verify(SECRET, GENUINE, changed(BODY, at, to), NOW) === undefined));
  });

  it('is refused when any byte of it is another, be it only upper case', () => {
    fc.assert(
      fc.property(place, byte, (at, to) => {
        const signature = changed(Buffer.from(SIGNATURE), at, to).toString('latin1');
        return verify(SECRET, headersOf(TIMESTAMP, signature), BODY, NOW) === undefined;
      }),
    );
    expect(verify(SECRET, headersOf(TIMESTAMP, SIGNATURE.toUpperCase()), BODY, NOW)).toBeUndefined();
  });

  it('is refused when any byte of the timestamp is another, though it is within the window', () => {
    fc.assert(
      fc.property(place, byte, (at, to) => {
        const timestamp = changed(Buffer.from(TIMESTAMP), at, to).toString('latin1');
        const now = /^\d+$/.test(timestamp) ? new Date(Number(timestamp) * 1000) : NOW;
        return verify(SECRET, headersOf(timestamp, SIGNATURE), BODY, now) === undefined;
      }),
    );
  });

  it('is refused when anything is missing, added, cut off or said twice', () => {
    const wrong = [
      {},
      { 'x-slack-signature': SIGNATURE },
      { 'x-slack-request-timestamp': TIMESTAMP },
      headersOf('', SIGNATURE),
      headersOf(TIMESTAMP, ''),
      headersOf(TIMESTAMP, SIGNATURE.slice(0, -1)),
      headersOf(TIMESTAMP, `${SIGNATURE}0`),
      headersOf(TIMESTAMP, ` ${SIGNATURE}`),
      headersOf(TIMESTAMP, `${SIGNATURE},${SIGNATURE}`),
      headersOf(`+${TIMESTAMP}`, SIGNATURE),
      headersOf(`0${TIMESTAMP}`, SIGNATURE),
      { ...GENUINE, 'X-Slack-Signature': SIGNATURE },
    ];
    for (const headers of wrong) expect(verify(SECRET, headers, BODY, NOW), JSON.stringify(headers)).toBeUndefined();
    expect(verify(SECRET, GENUINE, Buffer.concat([BODY, Buffer.from('&')]), NOW)).toBeUndefined();
    expect(verify('another', GENUINE, BODY, NOW)).toBeUndefined();
  });

  it.each([
    [-301, false],
    [-300, true],
    [300, true],
    [301, false],
    [86_400, false],
  ])('%i s away from now holds: %s', (seconds, holds) => {
    expect(verify(SECRET, GENUINE, BODY, later(seconds)) !== undefined).toBe(holds);
  });

  it('is never made with an empty secret', () => {
    expect(() => sign('', TIMESTAMP, BODY)).toThrow('signing secret');
  });
});
