import { describe, expect, it } from 'vitest';
import { SIGNS } from '../../../lib/checks/log-signs.ts';
import { collectLines, readSigns } from '../../../lib/checks/logs.ts';

const line = (minute: number, message: string) => ({ timestamp: Date.UTC(2026, 10, 20, 3, minute), message });
/** CloudWatch finds more lines with these than the pattern then lets through. */
const LOOSE = ['Authenticate', 'event loop', 'Executing <', 'ERR_TLS'];

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

  it.each(SIGNS)('$name: every term of the question is recognised in the answer', ({ terms, pattern }) => {
    expect(terms.filter((term) => !pattern.test(term) && !LOOSE.includes(term))).toEqual([]);
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
});
