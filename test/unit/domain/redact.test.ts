import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { redact } from '../../../lib/domain/redact.ts';
import { generatedName } from '../../../lib/run/names.ts';

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
    'verify: subnet-003aa056da1234e89 of vpce-0123456789abcdef0 has no route',
    'the tag names sms code sha256:0123456789012345678901234567890123456789012345678901234567890123',
    '123456789012.dkr.ecr.us-east-1.amazonaws.com/otp-service:v1',
  ])('leaves names as they are: %s', (text) => {
    expect(redact(text)).toBe(text);
  });

  it.each([
    ['HTTP 401 DB_PASSWORD=canarydbpw', 'canary'],
    ['{"client_secret":"canarysecret"}', 'canary'],
    ['connecting to postgres://u:canary/pw@db.example:5432/app', 'canary'],
    ['redis://:canary@cache.example:6379', 'canary'],
    ['cloning https://canarytoken@github.com/x/y', 'canary'],
    ['mysql://u:can@ary@db.example/app', 'ary@'],
    ['SMTP_PASS=canary relay', 'canary'],
    ['TWILIO_AUTH_TOKEN=canary123', 'canary'],
    ['clientSecret: canary', 'canary'],
    ['apiToken="canary with blanks"', 'canary'],
    ['body: {\\"password\\":\\"canary\\"}', 'canary'],
    ['Cookie: session=canary; other=canary2', 'canary'],
    ['GET /maps?key=AIzacanarycanarycanarycanary&x=1', 'canary'],
    ['GET /blob?sv=1&sig=canary', 'canary'],
    ['sendgrid SG.canarycanary12.canarycanarycanary34', 'canary'],
    ['slack xoxb-123-canarycanary', 'canary'],
    ['stripe sk_live_canarycanary12', 'canary'],
    ['key wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY', 'wJalr'],
    ['SMS FALLBACK 999111 is your code', '999111'],
    ['Your code is 482913.', '482913'],
    ['otp_code=482913 sent', '482913'],
    ['verificationCode: 482913', '482913'],
    ['otp:482913', '482913'],
    ['482913 is your code', '482913'],
    ['to=%2B15555550118', '555555'],
    ['lookup user_15555550118', '555555'],
  ])('takes the secret out of: %s', (text, secret) => {
    expect(redact(text)).not.toContain(secret);
  });

  it.each([
    'Twilio error: HTTP 401 error: Unable to create record: Authenticate (code 20003)',
    '2026-11-20 03:14:15 OTP start took 60 s, status code 504',
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

  describe('a run whose name looks like something else', () => {
    const NAMES = ['20261120183000', '4711', `janitor-${'0a'.repeat(20)}`, '+15555550118'];

    it.each(NAMES.slice(0, 3))('is named where it is known and the text speaks of a run: %s', (run) => {
      const text = `the otp service is taken: run ${run}, started by alice; a run called ${run} is there`;
      expect(redact(text)).not.toContain(`run ${run},`);
      expect(redact(text, ['other', run])).toBe(text);
    });

    it('takes out as much as ever beside it', () => {
      const text = 'run 4711, call +15555550118, code 123456, password=4711, 4711 is the code, run 4712 sends an sms';
      const said = redact(text, ['4711', '+15555550118']);
      expect(said).toContain('run 4711, call …0118, code [code], password=[redacted]');
      expect(said).toContain('[code] is the code, run [code] sends');
      expect(redact('run +15555550118', NAMES)).toBe('run …0118');
    });
  });

  it('has nothing against a name that is made, whatever it is made of', () => {
    fc.assert(
      fc.property(fc.string(), (of) => {
        const text = `taken: run ${generatedName('janitor', of)}-2, started by janitor; api code ${generatedName('api', of)}`;
        expect(redact(text)).toBe(text);
      }),
    );
  });
});
