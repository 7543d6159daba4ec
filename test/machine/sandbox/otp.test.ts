import { UpdateServiceCommand } from '@aws-sdk/client-apprunner';
import { describe, expect, it } from 'vitest';
import { type Box, follow, logOf, pendingAfter, post, sandboxOf } from './support.ts';

const PHONE = '+15555550118';
const start = ({ door }: Box, phone = PHONE) => post(door, '/v1/auth/otp/start', { phone });
const TIMED_OUT =
  "HTTPSConnectionPool(host='verify.twilio.com', port=443): Failed to establish a new connection: [Errno 110] Connection timed out";

async function switchToDefault(box: Box) {
  const { OperationId } = await box.appRunner.send(
    new UpdateServiceCommand({
      ServiceArn: box.arn,
      NetworkConfiguration: { EgressConfiguration: { EgressType: 'DEFAULT' } },
    }),
  );
  expect((await follow(box, OperationId)).at(-1)).toBe('SUCCEEDED');
}

describe('while Twilio cannot be reached', () => {
  it('is healthy and lets developers in', async () => {
    const box = await sandboxOf('otp-egress');
    const health = await fetch(`${box.door}/health`);
    expect([health.status, await health.json()]).toEqual([200, { ok: true }]);
    expect(await post(box.door, '/auth/dev/login', {})).toMatchObject({ status: 200, body: { token_type: 'bearer' } });
  });

  it('hangs for 60 seconds, then answers 504 and logs the line of the incident', async () => {
    const box = await sandboxOf('otp-egress', { speed: 120 });
    const before = logOf(box).filter((line) => line === TIMED_OUT).length;
    let over = false;
    const answered = start(box).finally(() => {
      over = true;
    });
    expect(await pendingAfter(box.sandbox, 55_000, () => over)).toBe(true);
    expect((await answered).status).toBe(504);
    expect(logOf(box).filter((line) => line === TIMED_OUT)).toHaveLength(before + 1);
    expect(box.sandbox.phone.inbox(PHONE)).toEqual([]);
  });

  it('goes on when the client has gone away, and logs all the same', async () => {
    const box = await sandboxOf('otp-egress', { speed: 120 });
    const before = logOf(box).length;
    const controller = new AbortController();
    const request = fetch(`${box.door}/v1/auth/otp/start`, {
      method: 'POST',
      body: JSON.stringify({ phone: PHONE }),
      signal: controller.signal,
    });
    while (box.sandbox.requests.length === 0) await new Promise(setImmediate);
    controller.abort();
    await expect(request).rejects.toThrow('aborted');
    await box.sandbox.clock.sleep(65_000);
    expect(logOf(box).slice(before)).toEqual([TIMED_OUT]);
    expect((await fetch(`${box.door}/health`)).status).toBe(200);
  });

  it('keeps hanging while the update is under way, and sends once it is done', async () => {
    const box = await sandboxOf('otp-egress', { speed: 600 });
    const switching = switchToDefault(box);
    while (box.service.Status === 'RUNNING') await new Promise(setImmediate);
    expect((await start(box)).status).toBe(504);
    await switching;
    expect(await start(box)).toEqual({ status: 200, body: { otp_sent: true } });
  });
});

describe('when Twilio can be reached', () => {
  it('sends a code that verifies once', async () => {
    const box = await sandboxOf('healthy', { speed: 120 });
    let over = false;
    const answered = start(box).finally(() => {
      over = true;
    });
    expect(await pendingAfter(box.sandbox, 10_000, () => over)).toBe(false);
    expect(await answered).toEqual({ status: 200, body: { otp_sent: true } });
    await box.sandbox.clock.sleep(10_000);
    const [message, ...more] = box.sandbox.phone.inbox(PHONE);
    expect([message?.code, more]).toEqual([expect.stringMatching(/^\d{6}$/), []]);
    expect(logOf(box).slice(-2)).toEqual(['[OTP] Using Twilio Verify provider', '[OTP] OTP sent successfully']);

    const verify = (code: string | undefined) => post(box.door, '/v1/auth/otp/verify', { phone: PHONE, code });
    const wrong = message?.code === '000000' ? '000001' : '000000';
    expect((await verify(wrong)).status).toBe(401);
    expect((await verify('12')).status).toBe(400);
    expect(await verify(message?.code)).toEqual({
      status: 200,
      body: {
        access_token: expect.any(String),
        refresh_token: expect.any(String),
        token_type: 'bearer',
        user: { id: expect.any(String), phone: '…0118' },
      },
    });
    expect((await verify(message?.code)).status).toBe(401);
  });

  it('refuses the sixth start of a phone within 15 minutes, not of another phone, and not later', async () => {
    const box = await sandboxOf('healthy', { speed: 600 });
    const statuses: number[] = [];
    for (let count = 0; count < 6; count++) statuses.push((await start(box)).status);
    expect(statuses).toEqual([200, 200, 200, 200, 200, 429]);
    expect((await start(box, '+15555550119')).status).toBe(200);
    await box.sandbox.clock.sleep(15 * 60_000);
    expect((await start(box)).status).toBe(200);
  });

  it.each([[{}], [{ phone: '555' }], [{ phone: 15555550118 }], [[]]])('refuses %j', async (body) => {
    const box = await sandboxOf('healthy');
    expect((await post(box.door, '/v1/auth/otp/start', body)).status).toBe(422);
  });

  it('knows no other paths', async () => {
    const box = await sandboxOf('healthy');
    expect((await fetch(`${box.door}/v1/auth/otp/start`)).status).toBe(404);
    expect((await post(box.door, '/nothing', {})).status).toBe(404);
  });
});

describe('the database', () => {
  it('is lost when a private one is left behind by a switch to DEFAULT', async () => {
    const box = await sandboxOf('otp-egress-private-database', { speed: 600 });
    expect((await post(box.door, '/auth/dev/login', {})).status).toBe(200);
    await switchToDefault(box);
    expect((await post(box.door, '/auth/dev/login', {})).status).toBe(500);
    expect((await start(box)).status).toBe(500);
    expect((await fetch(`${box.door}/health`)).status).toBe(200);
    expect(logOf(box).at(-1)).toMatch(/^psycopg2.OperationalError: .* Connection timed out$/);
  });

  it('stays with us when it is public', async () => {
    const box = await sandboxOf('otp-egress', { speed: 600 });
    await switchToDefault(box);
    expect((await post(box.door, '/auth/dev/login', {})).status).toBe(200);
  });
});

describe('the other causes', () => {
  it.each<[string, (box: Box) => void, number, RegExp | undefined]>([
    [
      'credentials rejected',
      (box) => Object.assign(box.service.environment, { TWILIO_AUTH_TOKEN: 'old' }),
      500,
      /401 error 20003: Invalid credentials/,
    ],
    [
      'Verify service gone',
      (box) => Object.assign(box.sandbox.account.twilio, { verifyServices: [] }),
      500,
      /404 error 20404: Service not found/,
    ],
    [
      'account suspended',
      (box) => Object.assign(box.sandbox.account.twilio, { status: 'suspended' }),
      500,
      /403 error 10001/,
    ],
    [
      'a variable missing',
      (box) => delete box.service.environment.TWILIO_VERIFY_SERVICE_SID,
      504,
      /TWILIO_VERIFY_SERVICE_SID is not set/,
    ],
    [
      'the stub provider',
      (box) => Object.assign(box.service.environment, { OTP_PROVIDER: 'stub' }),
      200,
      /stub provider/,
    ],
  ])('%s', async (_, cause, status, line) => {
    const box = await sandboxOf('healthy');
    cause(box);
    expect((await start(box)).status).toBe(status);
    expect(logOf(box).at(-1)).toMatch(line ?? /./);
    await box.sandbox.clock.sleep(60_000);
    expect(box.sandbox.phone.inbox(PHONE)).toEqual([]);
  });
});
