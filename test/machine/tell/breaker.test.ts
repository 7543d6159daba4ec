import { expect, it } from 'vitest';
import { afterFailure, closedUntil, giveTrialBack, noteFailure, noteSuccess } from '../../../lib/tell/breaker.ts';
import { openTable } from '../run/table.ts';

const AT = new Date('2026-01-01T12:00:00Z');
const later = (seconds: number) => new Date(AT.getTime() + seconds * 1000);
const breaker = async () => ({ table: await openTable(), channel: 'slack' });

it('leaves a channel alone for 180 seconds after three failures in a row, not after two', async () => {
  const slack = await breaker();
  await noteFailure(slack, AT);
  await noteFailure(slack, AT);
  expect(await closedUntil(slack, AT)).toBeUndefined();
  await noteFailure(slack, AT);
  expect(await closedUntil(slack, later(179))).toBe(later(180).toISOString());
  expect(await closedUntil({ ...slack, channel: 'sns' }, AT)).toBeUndefined();
});

it('counts from the start again after a success', async () => {
  const slack = await breaker();
  for (const note of [noteFailure, noteFailure, noteSuccess, noteFailure, noteFailure]) await note(slack, AT);
  expect(await closedUntil(slack, AT)).toBeUndefined();
});

it('lets one through afterwards and no more, until that one has come back', async () => {
  const slack = await breaker();
  for (let count = 0; count < 3; count++) await noteFailure(slack, AT);
  const tries = await Promise.all(Array.from({ length: 10 }, () => closedUntil(slack, later(181))));
  expect(tries.filter((until) => until === undefined)).toHaveLength(1);
  await noteSuccess(slack);
  expect(await closedUntil(slack, later(182))).toBeUndefined();
});

it('is closed for another while when that one fails', async () => {
  const slack = await breaker();
  for (let count = 0; count < 3; count++) await noteFailure(slack, AT);
  expect(await closedUntil(slack, later(200))).toBeUndefined();
  await noteFailure(slack, later(201));
  expect(await closedUntil(slack, later(380))).toBe(later(381).toISOString());
});

it('lets the next one through when that one did not try it after all, and only then', async () => {
  const slack = await breaker();
  for (let count = 0; count < 3; count++) await noteFailure(slack, AT);
  await giveTrialBack(slack, AT);
  expect(await closedUntil(slack, later(179))).toBe(later(180).toISOString());
  expect(await closedUntil(slack, later(181))).toBeUndefined();
  await giveTrialBack(slack, later(182));
  expect(await closedUntil(slack, later(182))).toBeUndefined();
  expect(await closedUntil(slack, later(183))).toBe(later(362).toISOString());
});

it('needs no trial back where a channel is in order', async () => {
  const slack = await breaker();
  await giveTrialBack(slack, AT);
  expect(await closedUntil(slack, AT)).toBeUndefined();
});

it('leaves it alone for as long as it asks for, from the first time on', () => {
  expect(afterFailure(1, AT, 30)).toEqual({ failures: 1, openUntil: later(30).toISOString() });
  expect(afterFailure(3, AT, 30).openUntil).toBe(later(180).toISOString());
  expect(afterFailure(3, AT, 600).openUntil).toBe(later(600).toISOString());
});
