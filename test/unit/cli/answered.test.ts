import { expect, it } from 'vitest';
import { answerTo, refuseSecond } from '../../../cli/answered.ts';
import type { RunView } from '../../../lib/domain/run-view.ts';
import { typed } from '../../end-to-end/terminal.ts';

const at = '2026-03-01T12:10:00Z';
const approval = { answer: 'approved', by: 'bob', at, planHash: 'abc' };
const view: RunView = { run: 'by-hand', status: 'running', executionArn: 'arn', answered: { approval } };
const open = { topic: 'approval', planHash: 'def', requestedBy: 'alice', expiresAt: at } as const;

it('takes a question that is open again for open, whatever was said before', () => {
  expect(answerTo(view, 'approval')).toEqual(approval);
  expect(answerTo({ ...view, question: open }, 'approval')).toBeUndefined();
  expect(answerTo(view, 'delivery')).toBeUndefined();
});

it.each([
  [approval, `refused: already answered: approved by bob at ${at}\n`],
  [{ answer: 'no answer', by: 'nobody', at }, `refused: too late: nobody had answered by ${at}\n`],
])('says whose answer counts, or that nobody gave one', async (first, said) => {
  const { code, err } = await typed(async (io) => refuseSecond(view, first, { profile: 'ops' }, io));
  expect([code, err]).toEqual([1, `${said}  → reconnect watch by-hand --profile ops\n`]);
});
