import { describe, expect, it } from 'vitest';
import { assertMayDecide, patienceOf } from '../../../lib/run/approval.ts';

const question = {
  id: 'q',
  token: 't',
  expiresAt: '2026-01-01T12:30:00Z',
  planHash: 'hash',
  requestedBy: 'U1',
  approvers: ['U2', 'S9'],
  requesterMayApprove: false,
};
const person = (by: string, ...memberOf: string[]) => ({ by, memberOf });

describe('may decide', () => {
  it.each([
    ['who is an approver', person('U2')],
    ['who is in a group of approvers', person('U3', 'S1', 'S9')],
  ])('%s', (_, by) => expect(() => assertMayDecide(question, 'approve', by, 'hash')).not.toThrow());
  it.each([
    ['who is in another group', person('U3', 'S1')],
    ['who asked, though in the group', person('U1', 'S9')],
    ['who asked, written in another way', person(' u1', 'S9')],
  ])('but not %s', (_, by) => expect(() => assertMayDecide(question, 'approve', by, 'hash')).toThrow(/^by: /));
});

it.each([1, 2, 7, 30, 1440])(
  'reminds after two thirds of %i minutes, in whole seconds that add up',
  (timeoutMinutes) => {
    const { approval, untilReminder, afterReminder } = patienceOf({
      approval: { approvers: [], requesterMayApprove: false, timeoutMinutes },
    });
    expect(untilReminder + afterReminder).toBe(approval);
    expect(untilReminder).toBe(timeoutMinutes * 40);
    expect([untilReminder, afterReminder].every(Number.isInteger)).toBe(true);
  },
);
