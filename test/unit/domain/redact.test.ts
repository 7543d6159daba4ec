import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { redact } from '../../../lib/domain/redact.ts';

describe('redact', () => {
  it.each([
    ['a phone number', 'SMS to +15555550118 failed', '5555550118', '…0118'],
    ['a phone number with separators', 'call 1 (555) 555-0118 now', '555-0118', '…0118'],
    ['a code', 'SMS FALLBACK - OTP for user: 493817', '493817', '[code]'],
    ['a verification code', 'your code is 4711', '4711', '[code]'],
    ['a bearer token', 'Authorization: Bearer abc.def.ghi', 'abc.def', '[redacted]'],
    ['a JSON token', '{"access_token":"s3cr3t-value"}', 's3cr3t', '[redacted]'],
    ['a password in a URL', 'postgres://app:hunter2@db.example:5432/x', 'hunter2', '[credential]@db.example'],
    ['a Twilio account', 'account AC0123456789abcdef0123456789abcdef', '0123456789abcdef', 'AC…'],
    ['a Twilio token', 'rejected 0123456789abcdef0123456789abcdef', '0123456789abcdef', '[long value]'],
    ['an access key', 'key AKIAIOSFODNN7EXAMPLE', 'AKIAIOSFODNN7EXAMPLE', '[access key]'],
    ['a JWT', 'got eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxIn0.c2ln', 'eyJzdWIi', '[token]'],
  ])('takes out %s', (_, text, secret, shown) => {
    expect(redact(text)).not.toContain(secret);
    expect(redact(text)).toContain(shown);
  });

  it.each([
    "HTTPSConnectionPool(host='verify.twilio.com', port=443): Failed to establish a new connection: [Errno 110] Connection timed out",
    'arn:aws:apprunner:us-east-1:123456789012:service/nerava-backend/8fe1d2c3b4a5968778695a4b3c2d1e0f is taken',
    'Error sending email: Connection timeout, command: "CONN", code: "ETIMEDOUT"',
    '2026-11-20T03:14:15.000Z answered 504 after 60 s, 10.0.12.34:5432',
  ])('leaves what is no secret: %s', (text) => {
    expect(redact(text)).toBe(text);
  });

  it('keeps at most the last four digits of any international number', () => {
    fc.assert(
      fc.property(fc.stringMatching(/^[1-9]\d{7,13}$/), (digits) => {
        expect(redact(`sent to +${digits}.`)).toBe(`sent to …${digits.slice(-4)}.`);
      }),
    );
  });
});
