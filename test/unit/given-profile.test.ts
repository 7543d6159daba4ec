import { expect, it } from 'vitest';
import { Profile } from '../../lib/domain/profile.ts';
import { assertRevealsNoMore, readsSecrets } from '../../lib/given-profile.ts';
import { parse } from '../../lib/step.ts';

const OWN = 'https://abc123.us-east-1.awsapprunner.com';
const PHONE = '/reconnect/test-phone';
const sends = (reference: unknown) => ({
  name: 'start',
  method: 'POST',
  path: '/otp/start',
  body: { phone: reference },
});
const profile = (more: Record<string, unknown>) => parse(Profile, { service: 'shop', dependencies: [], ...more });
const rule = { name: 'TOKEN', lookInside: true, pattern: '^sk_' };
const stored = profile({
  url: 'https://shop.example.com/',
  environment: [rule, { name: 'MODE', oneOf: ['live'] }],
  probes: [sends({ fromParameter: PHONE })],
});

const judged = (given: Record<string, unknown>, owners: Profile | null = stored) => {
  try {
    assertRevealsNoMore(profile(given), owners ?? undefined, OWN);
    return 'allowed';
  } catch (error) {
    return `${(error as Error).name} ${(error as Error).message}`;
  }
};

it.each([
  [
    'nothing that is secret, at any door',
    { url: 'https://else.example', probes: [{ name: 'health', path: '/health' }] },
  ],
  ['what the owner refers to, at the service’s own door', { probes: [sends({ fromParameter: PHONE })] }],
  ['the same at that door by its name', { url: `${OWN}/`, probes: [sends({ fromParameter: PHONE })] }],
  [
    'the same at the door the owner declared',
    { url: 'https://shop.example.com', probes: [sends({ fromParameter: PHONE })] },
  ],
  [
    'a parameter below the service’s own folder',
    { probes: [sends({ fromParameter: '/reconnect/services/shop/pin' })] },
  ],
  ['a secret below the service’s own folder', { probes: [sends({ fromSecret: 'reconnect/shop/pin' })] }],
  ['the code of a person', { delivery: { ask: 'Came it?', verify: sends({ fromPerson: 'code' }) } }],
  [
    'a rule that looks inside as the owner’s does',
    { environment: [{ pattern: '^sk_', lookInside: true, name: 'TOKEN' }] },
  ],
  ['a rule of its own that does not look inside', { environment: [{ name: 'TOKEN', pattern: '^pk_' }] }],
])('allows %s', (_, given) => {
  expect(judged(given)).toBe('allowed');
});

it.each([
  ['another host', 'https://evil.example'],
  ['another port', `${OWN}:8443`],
  ['without TLS', OWN.replace('https', 'http')],
  ['another path of a shared host', 'https://shop.example.com/else'],
  ['the owner’s host as a name in front', 'https://shop.example.com.evil.example'],
])('sends nothing secret to %s', (_, url) => {
  expect(judged({ url, probes: [sends({ fromParameter: PHONE })] })).toMatch(
    /^InvalidRequest profile\.url: parameter \/reconnect\/test-phone is to be sent there.*\/reconnect\/services\/shop: leave url out/,
  );
});

it('sends the code a person reads out to no other door', () => {
  const delivery = { ask: 'Came it?', verify: sends({ fromPerson: 'code' }) };
  expect(judged({ delivery })).toBe('allowed');
  expect(judged({ url: 'https://evil.example', delivery })).toMatch(
    /^InvalidRequest profile\.url: the code of a person/,
  );
});

it('takes the code a person reads out nowhere else with the secrets beside it', () => {
  const verify = {
    ...sends({ fromPerson: 'code' }),
    body: { code: { fromPerson: 'code' }, phone: { fromSecret: 'x' } },
  };
  expect(judged({ delivery: { ask: 'Came it?', verify } })).toMatch(
    /^InvalidRequest profile\.probes: secret x is neither/,
  );
});

it.each([
  ['a parameter of another service', { fromParameter: '/reconnect/services/other/pin' }],
  ['one whose name only begins alike', { fromParameter: '/reconnect/services/shop-admin/pin' }],
  ['the profile itself', { fromParameter: '/reconnect/services/shop' }],
  ['a secret named like the owner’s parameter', { fromSecret: PHONE }],
])('does not read %s', (_, reference) => {
  expect(judged({ probes: [sends(reference)] })).toMatch(
    /^InvalidRequest profile\.probes: .* is neither in the profile/,
  );
});

it('reads without a stored profile only what lies in the service’s own folders', () => {
  expect(judged({ probes: [sends({ fromParameter: PHONE })] }, null)).toMatch(/^InvalidRequest profile\.probes/);
  expect(judged({ probes: [sends({ fromSecret: 'reconnect/shop/pin' })] }, null)).toBe('allowed');
});

it.each([
  ['another pattern', { ...rule, pattern: '^sk_live_a' }],
  ['a secret the owner leaves closed', { name: 'MODE', oneOf: ['live'], lookInside: true }],
])('does not look inside a secret with %s', (_, changed) => {
  expect(judged({ environment: [changed] })).toMatch(/^InvalidRequest profile\.environment: .*leave lookInside out/);
});

it('knows which profiles have something secret read', () => {
  expect(readsSecrets(profile({}))).toBe(false);
  expect(readsSecrets(profile({ probes: [sends({ fromSecret: 'x' })] }))).toBe(true);
  expect(readsSecrets(profile({ environment: [rule] }))).toBe(true);
  expect(readsSecrets(profile({ delivery: { ask: 'Came it?', verify: sends({ fromSecret: 'x' }) } }))).toBe(true);
});
