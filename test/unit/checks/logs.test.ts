import { describe, expect, it } from 'vitest';
import { SIGNS } from '../../../lib/checks/log-signs.ts';
import { collectLines, readReasons, readSigns } from '../../../lib/checks/logs.ts';

const line = (minute: number, message: string) => ({ timestamp: Date.UTC(2026, 10, 20, 3, minute), message });
const window = { from: new Date('2026-11-20T02:30:00Z'), to: new Date('2026-11-20T03:00:00Z') };

describe('the log search', () => {
  it.each([
    [
      'Python',
      "HTTPSConnectionPool(host='verify.twilio.com', port=443): Failed to establish a new connection: [Errno 110] Connection timed out",
    ],
    ['Node', 'Error sending email: Connection timeout code: "ETIMEDOUT" command: "CONN"'],
    ['Java', 'java.net.SocketTimeoutException: connect timed out'],
    ['Go', 'dial tcp 54.1.2.3:443: i/o timeout'],
    [
      'botocore',
      'urllib3.exceptions.ConnectTimeoutError: Connection to bond-files-0001.s3.us-west-2.amazonaws.com timed out.',
    ],
  ])('knows a time-out of a %s client', (_, message) => {
    expect(readSigns([line(1, message)], true)).toMatchObject([{ id: 'logs:connect-timeout', status: 'broken' }]);
  });

  it('quotes the first and the last line with time and count', () => {
    const lines = [line(9, 'c: ETIMEDOUT last'), line(1, 'a: ETIMEDOUT first'), line(5, 'b: ETIMEDOUT middle')];
    const [finding] = readSigns(lines, true);
    expect(finding?.because).toContain('3 times');
    expect(finding?.evidence).toEqual([
      '2026-11-20T03:01:00.000Z a: ETIMEDOUT first',
      '2026-11-20T03:09:00.000Z c: ETIMEDOUT last',
    ]);
  });

  it('quotes no code and no phone number', () => {
    const text = JSON.stringify(readSigns([line(1, 'SMS FALLBACK - OTP for +15555550118: 493817')], true));
    expect(text).not.toMatch(/493817|15555550118/);
    expect(text).toContain('0118');
  });

  it('quotes the beginning of a line of any length', () => {
    const [finding] = readSigns([line(1, `ETIMEDOUT ${'pass'.repeat(16_384)} password=hunter2`)], true);
    expect(finding?.evidence).toEqual(['2026-11-20T03:01:00.000Z ETIMEDOUT …']);
  });

  it('says so when it did not read to the end', () => {
    expect(readSigns([], false)).toMatchObject([{ status: 'unknown' }]);
    expect(readSigns([line(1, 'ETIMEDOUT')], false)[0]?.because).toContain('at least');
  });

  it('asks CloudWatch with a pattern it accepts', async () => {
    let pattern = '';
    const client = {
      send: async ({ input }: { input: { filterPattern: string } }) => {
        pattern = input.filterPattern;
        return {};
      },
    };
    await collectLines(client as never, 'group', window);
    expect(pattern.length).toBeLessThanOrEqual(1024);
    expect(pattern).toMatch(/^(\?"[^"]+" ?)+$/);
  });

  it.each([
    [
      'connect-timeout',
      'Post "https://verify.twilio.com": context deadline exceeded (Client.Timeout exceeded while awaiting headers)',
    ],
    ['connect-timeout', 'httpx.ReadTimeout: The read operation timed out'],
    ['connect-timeout', 'psycopg.OperationalError: connection timeout expired'],
    ['no-way', 'OSError: [Errno 101] Network is unreachable'],
    ['no-way', 'connect EHOSTUNREACH 10.0.0.1:443'],
    ['name-not-found', 'socket.gaierror: [Errno -3] Temporary failure in name resolution'],
    ['name-not-found', 'curl: (6) Could not resolve host: verify.twilio.com'],
    ['tls', 'Error: unable to verify the first certificate'],
    ['tls', 'ssl.SSLError: WRONG_VERSION_NUMBER'],
    ['forbidden', 'AxiosError: Request failed with status code 403'],
    ['credentials-rejected', 'Twilio error: HTTP 401 error: Unable to create record: Authenticate'],
    ['credentials-rejected', '401 Client Error: Unauthorized for url: https://api.sendgrid.com/v3/mail/send'],
    ['rate-limited', 'Twilio error code 60203: max send attempts reached'],
  ])('knows %s in: %s', (name, message) => {
    expect(readSigns([line(1, message)], true).map(({ id }) => id)).toContain(`logs:${name}`);
    const { terms = [] } = SIGNS.find((sign) => sign.name === name) ?? {};
    expect(terms.some((term) => message.includes(term))).toBe(true);
  });

  it.each([
    'login failed: Invalid credentials',
    'request 17 took 20003 ms',
    'POST /login -> HTTP 401',
    'invoice 60203 paid',
    'user session timed out',
    'Health check timed out',
  ])('makes nothing of: %s', (message) => {
    expect(readSigns([line(1, message)], true)).toMatchObject([{ id: 'logs:signs', status: 'ok' }]);
  });

  it('reads page by page, and stops at a limit', async () => {
    const asked: unknown[] = [];
    const pages = (total: number) => ({
      send: async ({ input }: { input: { nextToken?: string } }) => {
        asked.push(input.nextToken);
        return { events: [line(1, 'x')], nextToken: asked.length < total ? String(asked.length) : undefined };
      },
    });
    const two = await collectLines(pages(2) as never, 'group', window);
    expect([two.lines.length, two.complete, asked]).toEqual([2, true, [undefined, '1']]);
    asked.length = 0;
    const endless = await collectLines(pages(Number.POSITIVE_INFINITY) as never, 'group', window);
    expect(endless.complete).toBe(false);
    expect(asked.length).toBeLessThan(1000);
  });

  it.each([
    ['AccessDeniedException', ['the service log could not be read (AccessDeniedException)']],
    ['ResourceNotFoundException', []],
  ])('says why a deployment failed as far as the service log can be read: %s', async (name, reasons) => {
    expect(await readReasons(failing(name), { name: 'app', id: '1' }, window.from, window.to)).toEqual(reasons);
  });

  it('leaves a log that is busy to another try', async () => {
    const reading = readReasons(failing('ThrottlingException'), { name: 'app', id: '1' }, window.from, window.to);
    await expect(reading).rejects.toThrow('refused');
  });
});

const failing = (name: string) =>
  ({ send: () => Promise.reject(Object.assign(new Error('refused'), { name })) }) as never;
