import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { redact, redactStart } from '../../../lib/domain/redact.ts';
import { startCommand } from '../../../lib/domain/start-command.ts';
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
    'DeploymentFailed: operation 0123456789abcdef0123456789abcdef',
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
    ['ETIMEDOUT sending to +447700900123 482913', '7700900'],
    ['ETIMEDOUT sending to +447700900123 482913', '482913'],
    ['call to +15555550118_home', '555555'],
    ['SMS FALLBACK +15555550118 482 913 is your code', '482 913'],
    ['SMS FALLBACK: Your code is 123-456', '123-456'],
    ['SMS FALLBACK: Your code is 12 34 56', '12 34 56'],
    ['SMS FALLBACK to user 7: G-482913 is your code', '482913'],
    ['SMS FALLBACK: your code is 48213', '48213'],
    ['SMS FALLBACK (provider error): 4829', '4829'],
    ['SMS FALLBACK code 21608', '21608'],
    ['verification code 20003', '20003'],
    ['SMS FALLBACK through vpce-0123456789abcdef0: 482913', '482913'],
    ['called 15555550118 and 5555550119 today', '555555'],
    ['numbers 1 2 3 4 5 6 7 8 9 10 11 +15555550118', '555555'],
    ['card 4111 1111 1111 1234 refused', '1111'],
    [
      "(host='hooks.slack.com', port=443): Max retries exceeded with url: /services/T024BE7LD/B0HJ3KQ4M/XmT9pQ2vLrcanary (Caused by ConnectTimeoutError",
      'canary',
    ],
    ['POST https://hooks.slack.com/services/T000/B000/canary', 'canary'],
    ['POST https://hooks.slack.com/workflows/T000/A000/1/canary', 'canary'],
    ['POST /api/webhooks/123456789012345678/canary', 'canary'],
    ['password canary2', 'canary'],
    ['token is canary2', 'canary'],
    ['secret was: canary2', 'canary'],
    ["Invalid API Key 'canary2'", 'canary'],
    ['AWS_SECRET_ACCESS_KEY canary2', 'canary'],
    ['brevo xkeysib-a1b2c3d4-canary', 'canary'],
    ['slack xapp-1-A1-123-canary', 'canary'],
    ['gitlab glpat-canarycanary12', 'canary'],
    ['openai sk-proj-canary123', 'canary'],
    ['api key sk-proj-canary123', 'canary'],
    ['password: is-canary', 'canary'],
    ['password: is canary2', 'canary'],
    ['password=must', 'must'],
    ['got eyJhbGciOi.eyJcanary', 'canary'],
    ['-----BEGIN RSA PRIVATE KEY-----\ncanary\n-----END RSA PRIVATE KEY-----', 'canary'],
    ['-----BEGIN PRIVATE KEY-----\ncanary', 'canary'],
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
    '2026-11-20T03:14:15+0000 no SMS sent',
    'Twilio error 60200: Invalid parameter',
    'Twilio error code 21608',
    'SMS FALLBACK after Twilio error 30007',
    '{"code": 20003, "message": "Authenticate", "status": 401}',
    'SMS failed with code 30007',
    'error code 1045 (28000): Access denied',
    'SMTP code 535 5.7.8 Authentication failed',
    '"POST /otp/start HTTP/1.1" 200 153 "-"',
    'POST /verify 504 153.2 ms - 17',
    'OTP start answered after 60012 ms',
    'POST /oauth/token HTTP/1.1 500',
    'password authentication failed for user "app"',
    'reset-password took 300ms, token expired',
    'the secret SMTP_PASS2 refers to is gone',
    'token: expired',
    'environment.secrets: names something that stands in variables too',
    'environment.secrets.DB_PASSWORD: must be the ARN of a Secrets Manager secret',
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

  it.each([
    'Add interface endpoints for secretsmanager: brings back secretsmanager',
    'policies that name aws:SourceIp stop matching for secretsmanager: aws:SourceVpc or aws:SourceVpce take its place',
    'secretsmanager: api.example.com (tcp/443) cannot be reached',
    'set the secret TWILIO_AUTH_TOKEN to refer to arn:aws:secretsmanager:us-east-1:123456789012:secret:x-AbCdEf (now a variable)',
    'set the variable OTP_TTL_SECONDS to "1800" (now not set)',
    'TWILIO_AUTH_TOKEN is not set, and the service needs it (TWILIO_AUTH_TOKEN)',
    'Read the log group /aws/apprunner/otp-api/4f6a9c2e4f6a9c2e4f6a9c2e4f6a9c2e/service.',
    'the otp service died: ACT NOW: try: reconnect undo otp-fix-20261120',
    'To take it back: `/reconnect undo otp-fix-20261120`',
    'verify: aws ec2 create-network-acl-entry --rule-number 32000 --port-range From=1024,To=65535',
    'otp: tcp/5432 and tcp 8443 go to pcx-12345678 and tgw-0a1b2c3d4e5f60718',
    'otp: 123456789012.dkr.ecr.us-east-1.amazonaws.com/otp-api:20261120 was pushed',
    'Operation 4f6a9c2e4f6a9c2e4f6a9c2e4f6a9c2e ended ROLLBACK_SUCCEEDED',
    `reconnect approve otp-1 --plan ${'4f6a9c2e'.repeat(8)}`,
    startCommand(
      { arn: 'arn:aws:apprunner:us-east-1:123456789012:service/otp-api/0a', name: 'otp-api' },
      {
        environment: {
          variables: { OTP_TTL_SECONDS: '1800' },
          secrets: { TWILIO_AUTH_TOKEN: 'arn:aws:secretsmanager:us-east-1:123456789012:secret:x-AbCdEf' },
        },
      },
    ),
  ])('leaves what reconnect says itself: %s', (text) => {
    expect(redact(text)).toBe(text);
  });

  it.each([
    ['+15555550118 200 1532', '…0118'],
    ['(555) 555-0118 200', '(…0118 200'],
    ['+1 (555) 555-0118 200 15', '…0118 200 15'],
    ['+44 7700 900123 200', '…0123 200'],
    ['+43 664 123 45 67', '…4567'],
    ['06 12 34 56 78', '…5678'],
    ['2026-11-20 5555550118', '2026-11-20 …0118'],
    ['10.0.12.34 5555550118', '10.0.12.34 …0118'],
  ])('shows the last four digits of the phone number and of nothing else: %s', (text, shown) => {
    expect(redact(text)).toContain(shown);
  });

  it.each(['SMS to +15555550118 failed', '555 555 0118 200 1532', 'password: hunter2, code 482913'])(
    'cuts nothing more the second time: %s',
    (text) => expect(redact(redact(text))).toBe(redact(text)),
  );

  it.each([
    ...['a', 'a-', 'a.', '1 ', '1-(', '+1 ', '12.', '1234 ', 'aB3/', 'aB3+,', '\\', '"', ' ', '\n'],
    ...[
      'pass',
      'pass-',
      'token ',
      'token is ',
      'password:',
      'cookie',
      'bearer ',
      'code 1',
      'sms\n',
      'a@',
      'a://',
      '://@',
    ],
    ...['arn:aws:', 'arn:aws-', 'sha256:', 'eyJ-', 'eyJaaaaa.', 'SG.', 'xoxb-', 'sk-', 'AC0', '/services/T', '%2B1'],
    ...['-----BEGIN PRIVATE KEY-----', 'hooks.slack.com/', `${'aB3/'.repeat(10)},`, `token${' '.repeat(99)}`],
  ])('comes to an end with 64 KB of %j', (word) => {
    const text = word.repeat(Math.ceil(65_536 / word.length));
    expect([redact(text), redact(`token${text}!`)]).toHaveLength(2);
  });

  it('quotes the beginning of a long text, and no head of a secret that the cut goes through', () => {
    const secrets = [
      'postgres://app:canary@db.example/app',
      '1 555 555 0118',
      'token="canary and canary"',
      'xoxb-canarycanarycanary',
    ];
    for (const secret of secrets) {
      for (let at = 0; at < secret.length + 2; at++) {
        // The long value shrinks, so that the end of what is read comes into sight.
        const filling = 'a1'.repeat(200).slice(at + 1);
        const shown = redactStart(`${filling} ${secret}${' and on'.repeat(500)}`, 100);
        expect(shown).not.toMatch(/canary|555/);
        expect(shown).toContain('[long value]');
      }
    }
    expect(redactStart('short', 10)).toBe('short');
    expect(redactStart('pass'.repeat(20_000), 300).length).toBeLessThanOrEqual(300);
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
