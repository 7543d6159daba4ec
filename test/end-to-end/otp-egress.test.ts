import { expect, it } from 'vitest';
import { toHtml } from '../../lib/report/html.ts';
import { toMarkdown } from '../../lib/report/markdown.ts';
import { openWorld, PHONE } from './world.ts';

it('recovers the service, and proves it', async () => {
  const world = await openWorld('otp-egress');
  const { report } = await world.repair();

  expect(report.verdict).toBe('recovered');
  expect(report.causes[0]).toMatchObject({ cause: 'no-route', subject: 'twilio' });
  expect(report.plan.steps).toMatchObject([{ remedy: 'use-default-egress' }]);
  expect(report.approval).toMatchObject({ decision: 'approved', by: 'colleague', planHash: report.plan.hash });
  expect(report.changes).toMatchObject([{ remedy: 'use-default-egress', state: 'made' }]);
  expect(report.proof?.before.find(({ name }) => name === 'otp-start')).toMatchObject({ ok: false });
  expect(report.proof?.after).toMatchObject([
    { name: 'health', ok: true },
    { name: 'otp-start', ok: true, status: 200 },
  ]);
  expect(report.proof?.delivery).toMatchObject({ status: 'confirmed', verification: { ok: true, status: 200 } });
  expect(report.checklist).toEqual(
    [
      'current deployment finished',
      'egress updated',
      'new deployment SUCCEEDED',
      'egress is DEFAULT',
      'health ok',
      'OTP sent (< 30 s)',
      'SMS received',
      'OTP verify returns a token (optional)',
    ].map((item) => ({ item, ok: true })),
  );
  expect(report.timeline.map(({ what }) => what)).toEqual([
    'started',
    'detected',
    'planned',
    'approved',
    'applied',
    'proved',
    'ended',
  ]);
  expect(report.recoverySeconds).toBeGreaterThan(6 * 60);
  expect(report.proof?.pathsBefore.find(({ dependency }) => dependency === 'twilio')?.status).toBe('broken');
  expect(report.proof?.pathsAfter.find(({ dependency }) => dependency === 'twilio')?.status).toBe('ok');
  expect(await world.lockHolder()).toBeUndefined();
});

it.each(['otp-egress', 'otp-egress-dual-stack'])(
  'changes egress in %s, and nothing else of the account',
  async (scenario) => {
    const world = await openWorld(scenario);
    const before = structuredClone(world.service.running);
    const environment = structuredClone(world.service.environment);
    const { report } = await world.repair();

    expect(report.verdict).toBe('recovered');
    const { NetworkConfiguration, ...rest } = world.service.running;
    const { NetworkConfiguration: networkBefore, ...restBefore } = before;
    expect(rest).toEqual(restBefore);
    expect(world.service.environment).toEqual(environment);
    expect(networkBefore.EgressConfiguration?.EgressType).toBe('VPC');
    expect(NetworkConfiguration).toEqual({ ...networkBefore, EgressConfiguration: { EgressType: 'DEFAULT' } });
    expect(world.service.operations.filter(({ Type }) => Type === 'UPDATE_SERVICE')).toHaveLength(2);
  },
);

it('starts one OTP before the repair and one after, no more', async () => {
  const world = await openWorld('otp-egress');
  await world.repair();
  expect(world.otpStarts()).toBe(2);
  expect(world.sandbox.phone.inbox(PHONE)).toHaveLength(1);
});

it('tells nobody the phone number, the code, a token or a value of the environment', async () => {
  const world = await openWorld('otp-egress');
  const { report } = await world.repair();
  await world.product.idle();
  const code = world.sandbox.phone.inbox(PHONE)[0]?.code ?? '';
  const told = {
    history: JSON.stringify(await world.wholeHistory()),
    logs: JSON.stringify(world.product.logs),
    messages: JSON.stringify(world.sandbox.account.sns),
    slack: JSON.stringify(world.sandbox.slack.messages),
    events: JSON.stringify(world.sandbox.events.sent),
    json: JSON.stringify(report),
    markdown: toMarkdown(report),
    html: toHtml(report),
  };
  const values = Object.entries(world.service.environment).filter(
    ([name]) => !['ENV', 'OTP_PROVIDER', 'TWILIO_TIMEOUT_SECONDS', 'PUBLIC_BASE_URL'].includes(name),
  );
  const secrets = [PHONE, PHONE.slice(1), 'canary', ...values.map(([, value]) => value)];

  expect(code).toMatch(/^\d{6}$/);
  expect(values.length).toBeGreaterThan(3);
  expect(told.history.length).toBeGreaterThan(10_000);
  expect(told.logs.length + told.messages.length).toBeGreaterThan(100);
  for (const [where, text] of Object.entries(told)) {
    for (const secret of secrets) expect(text.includes(secret), `${where} tells a secret`).toBe(false);
    expect(new RegExp(`(?<![0-9a-f])${code}(?![0-9a-f])`).test(text), `${where} tells the code`).toBe(false);
    expect(/"(access|refresh)_token":\s*"/.test(text), `${where} tells a token`).toBe(false);
  }
});

it('waits for a deployment that is under way', async () => {
  const world = await openWorld('otp-egress-busy');
  const { report, states } = await world.repair();
  expect(states).toContain('Let it finish');
  expect(report.verdict).toBe('recovered');
});
