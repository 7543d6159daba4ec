import type { Context } from 'aws-lambda';
import { expect, it } from 'vitest';
import { answering } from '../../../lib/api/answering.ts';
import { callerOf, nameOf } from '../../../lib/api/start.ts';

const event = { rawPath: '/runs', headers: {}, isBase64Encoded: false, requestContext: { domainName: 'api' } };
const failing = (name: string, message: string) =>
  answering(async () => {
    throw Object.assign(new Error(message), { name });
  })(event, {} as Context);

it.each([
  ['ThrottlingException', 503, 'RetryLater'],
  ['TypeError', 500, 'InternalError'],
  ['AccessDeniedException', 500, 'InternalError'],
])('answers %s with %i and not a word of what is in it', async (name, status, error) => {
  const { statusCode, body } = await failing(name, 'arn:aws:iam::123456789012:role/secret');
  expect([statusCode, JSON.parse(body).error]).toEqual([status, error]);
  expect(body).not.toContain('secret');
});

it('hides codes and numbers in what it does say', async () => {
  const { statusCode, body } = await failing('InvalidRequest', 'reason: call +15555550118');
  expect(statusCode).toBe(400);
  expect(body).not.toContain('+15555550118');
});

it('refuses whoever it cannot name, and names the person at the end of a long ARN', () => {
  expect(() => callerOf(event)).toThrow('not signed');
  const userArn = `arn:aws:sts::123456789012:assumed-role/${'R'.repeat(64)}/${'s'.repeat(40)}alice@example.com`;
  const caller = callerOf({ ...event, requestContext: { domainName: 'api', authorizer: { iam: { userArn } } } });
  expect(caller).toHaveLength(128);
  expect(caller).toMatch(/alice@example\.com$/);
});

it('makes different runs of the same key of two callers, and one of the key of one', () => {
  const keyed = { ...event, headers: { 'idempotency-key': 'incident 4711' } };
  expect(nameOf(keyed, {}, 'arn:alice')).toEqual(nameOf(keyed, {}, 'arn:alice'));
  expect(nameOf(keyed, {}, 'arn:alice')).not.toEqual(nameOf(keyed, {}, 'arn:bob'));
});
