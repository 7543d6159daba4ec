import { expect, it } from 'vitest';
import { openWorld, SERVICE } from './world.ts';

const causeOf = (cause = '{}') => (JSON.parse(cause) as { errorMessage: string }).errorMessage;

it('lets one run have a service, and tells the other who holds it', async () => {
  const world = await openWorld('otp-egress');
  const first = await world.start({ service: SERVICE, mode: 'plan', requestedBy: 'alice' }, 'first-run');
  while (!(await world.lockHolder())) await world.sandbox.clock.sleep(100);
  const { execution, states } = await world.play({ mode: 'plan', requestedBy: 'bob' });
  expect([execution.status, execution.error]).toEqual(['FAILED', 'LockHeld']);
  expect(causeOf(execution.cause)).toMatch(/run first-run, started by alice, has had it since/);
  expect(states.at(-1)).toBe('Lock held');
  expect((await world.watch(first)).report.verdict).toBe('planned');
});

const TEST_PHONE = `/reconnect/services/${SERVICE}/test-phone`;
const profile = { service: SERVICE, dependencies: [{ name: 'twilio', host: 'verify.twilio.com' }] };

it.each([
  ['an unknown service', { service: 'nobody' }, 'InvalidRequest', /service: no App Runner service is called "nobody"/],
  [
    'an ARN of something else',
    { service: 'arn:aws:ecs:us-east-1:123456789012:service/x' },
    'InvalidRequest',
    /service: must be the name .* or the ARN of an App Runner service/,
  ],
  ['an unknown key', { service: SERVICE, force: true }, 'InvalidRequest', /unknown "force"/],
  ['an unknown mode', { service: SERVICE, mode: 'fix' }, 'InvalidRequest', /mode: /],
  ['something that is no request', 'nerava-backend', 'InvalidRequest', /input: /],
  [
    'a repair that nobody asked for',
    { service: SERVICE, mode: 'repair' },
    'InvalidRequest',
    /requestedBy: is required/,
  ],
  [
    'a wrong profile',
    { service: SERVICE, profile: { ...profile, dependancies: [] } },
    'InvalidRequest',
    /unknown "dependancies"/,
  ],
  [
    'a profile for another service',
    { service: SERVICE, profile: { ...profile, service: 'other' } },
    'InvalidRequest',
    /profile.service/,
  ],
  [
    'a profile that sends a secret to a stranger',
    {
      service: SERVICE,
      profile: {
        ...profile,
        url: 'http://127.0.0.1:9',
        probes: [{ name: 'start', method: 'POST', path: '/', body: { to: { fromParameter: TEST_PHONE } } }],
      },
    },
    'InvalidRequest',
    /profile.url: parameter .*test-phone is to be sent there/,
  ],
] as const)('refuses %s before anything is locked', async (_, input, error, message) => {
  const world = await openWorld('otp-egress');
  const { execution } = await world.watch(await world.start(input));
  expect([execution.status, execution.error]).toEqual(['FAILED', error]);
  expect(causeOf(execution.cause)).toMatch(message);
  expect(await world.lockHolder()).toBeUndefined();
});

it.each([
  ['is missing', undefined, 'ProfileNotFound', /store one as SSM parameter \/reconnect\/services\/nerava-backend/],
  ['is not JSON', '{', 'InvalidRequest', /it is not JSON/],
  [
    'has a wrong field',
    JSON.stringify({ ...profile, dependencies: [{ name: 'x' }] }),
    'InvalidRequest',
    /dependencies.0: give exactly one of/,
  ],
] as const)('refuses a service whose stored profile %s', async (_, value, error, message) => {
  const world = await openWorld('otp-egress');
  const { parameters } = world.sandbox.account.ssm;
  const name = `/reconnect/services/${SERVICE}`;
  const stored = parameters[name];
  delete parameters[name];
  if (value !== undefined && stored) parameters[name] = { ...stored, Value: value };
  const { execution } = await world.watch(await world.start({ service: SERVICE }));
  expect([execution.status, execution.error]).toEqual(['FAILED', error]);
  expect(causeOf(execution.cause)).toMatch(message);
  expect(await world.lockHolder()).toBeUndefined();
});

it('works with a profile given in the request', async () => {
  const world = await openWorld('otp-egress');
  const { report } = await world.play({ mode: 'plan', profile });
  expect(report).toMatchObject({ verdict: 'planned', causes: [{ cause: 'no-route' }] });
});
