import { expect, it } from 'vitest';
import { answerWorld, HASH } from './doors.ts';

it.each([
  ['no hash', { planHash: undefined }],
  ['an empty hash', { planHash: '' }],
  ['the beginning of the hash', { planHash: HASH.slice(0, 63) }],
  ['more than the hash', { planHash: `${HASH}a` }],
])('approves nothing with %s', async (_, given) => {
  const world = await answerWorld();
  await world.askApproval();
  await expect(world.decide(given)).rejects.toThrow(/^planHash: this is not the plan that waits/);
  expect(world.woken).toEqual([]);
});

it('tells a second person who decided the same that somebody else was first', async () => {
  const world = await answerWorld();
  await world.askApproval();
  await world.decide({});
  await expect(world.decide({ by: 'sam' })).rejects.toThrow(/^already answered: approved by kim/);
  expect(await world.decide({})).toMatchObject({ answer: 'approved', by: 'kim' });
});

it('takes no decision after its time', async () => {
  const world = await answerWorld();
  await world.askApproval(-1);
  await expect(world.decide({})).rejects.toThrow(/^too late/);
  expect(world.woken).toEqual([]);
});
