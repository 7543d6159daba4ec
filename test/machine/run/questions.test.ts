import { expect, it } from 'vitest';
import { SILENCE } from '../../../lib/domain/answer.ts';
import { answerOnce, ask, closeQuestion, readQuestion, waitUnder } from '../../../lib/run/questions.ts';
import { openTable } from './table.ts';

const at = '2026-01-01T12:00:00Z';
const yes = { answer: 'approved', by: 'kim', at };
const no = { answer: 'declined', by: 'sam', at };

async function asked() {
  const table = await openTable();
  const id = await ask<object>(table, 'r1', 'APPROVAL', { token: 'first', expiresAt: '2026-01-01T12:30:00Z' });
  return { table, id };
}

it('wakes who waits at that moment, although the question was read before the reminder', async () => {
  const { table, id } = await asked();
  await waitUnder(table, 'r1', 'APPROVAL', 'second');
  expect(await answerOnce(table, 'r1', 'APPROVAL', id, yes)).toMatchObject({ token: 'second' });
});

it('keeps its id and its end over a reminder', async () => {
  const { table, id } = await asked();
  const reminded = await waitUnder<object>(table, 'r1', 'APPROVAL', 'second');
  expect(reminded).toMatchObject({ id, expiresAt: '2026-01-01T12:30:00Z', token: 'second' });
});

it('is answered for the reminder when the answer was first', async () => {
  const { table, id } = await asked();
  await answerOnce(table, 'r1', 'APPROVAL', id, yes);
  expect(await waitUnder(table, 'r1', 'APPROVAL', 'second')).toMatchObject({ answered: yes, token: 'first' });
});

it('takes no answer to a question that was asked anew', async () => {
  const { table, id } = await asked();
  await ask<object>(table, 'r1', 'APPROVAL', { token: 'other', expiresAt: '2026-01-01T12:30:00Z' });
  await expect(answerOnce(table, 'r1', 'APPROVAL', id, yes)).rejects.toMatchObject({ name: 'ApprovalRefused' });
  expect((await readQuestion<object>(table, 'r1', 'APPROVAL')).answered).toBeUndefined();
});

it('hears an answer or refuses it, whoever is first', async () => {
  const { table, id } = await asked();
  const [answered, closed] = await Promise.allSettled([
    answerOnce(table, 'r1', 'APPROVAL', id, yes),
    closeQuestion<object>(table, 'r1', 'APPROVAL', at),
  ]);
  const heard = closed.status === 'fulfilled' ? closed.value.answered?.answer : undefined;
  expect(answered.status).toBe(heard === 'approved' ? 'fulfilled' : 'rejected');
});

it('says to whoever comes after silence that it is too late, and to a second one who was first', async () => {
  const { table, id } = await asked();
  expect((await closeQuestion<object>(table, 'r1', 'APPROVAL', at)).answered?.answer).toBe(SILENCE);
  await expect(answerOnce(table, 'r1', 'APPROVAL', id, yes)).rejects.toThrow('too late');
  const again = await ask<object>(table, 'r1', 'APPROVAL', { token: 't', expiresAt: '2026-01-01T12:30:00Z' });
  await answerOnce(table, 'r1', 'APPROVAL', again, yes);
  await expect(answerOnce(table, 'r1', 'APPROVAL', again, no)).rejects.toThrow('already answered: approved by kim');
});
