import { describe, expect, it } from 'vitest';
import type { Finding } from '../../../lib/domain/finding.ts';
import { asLook, compare, unseen } from '../../../lib/sweep/news.ts';

const seen = (id: string) => ({ id, subject: id, because: 'gone' });
const look = (broken: string[], unknown: string[] = []) => ({ broken: broken.map(seen), unknown });
const ids = (all: readonly { id: string }[]) => all.map(({ id }) => id);

describe('a sweep', () => {
  it('tells everything the first time, and nothing twice', () => {
    const first = compare([], look(['a', 'b']));
    expect(ids(first.news)).toEqual(['a', 'b']);
    expect(compare(first.remember, look(['a', 'b'])).news).toEqual([]);
  });
  it('tells it again when it was well in between', () => {
    const { remember } = compare([seen('a')], look([]));
    expect(ids(compare(remember, look(['a'])).news)).toEqual(['a']);
  });
  it('does not take what it could not look at for well', () => {
    const { remember } = compare([seen('a'), seen('b')], look([], ['a']));
    expect(ids(remember)).toEqual(['a']);
  });
  it('tells once that a service could not be looked at, and forgets nothing of it', () => {
    const dark = compare([seen('a')], unseen('no profile'));
    expect(dark.news).toMatchObject([{ because: 'could not look: no profile' }]);
    expect(compare(dark.remember, unseen('no profile')).news).toEqual([]);
    expect(compare(dark.remember, look(['a'])).news).toEqual([]);
    expect(ids(compare(dark.remember, look(['a'])).remember)).toEqual(['a']);
  });
  it('tells once that a part could not be looked at, and forgets nothing of it', () => {
    const blind = {
      id: 'egress:all',
      check: 'egress',
      subject: 'egress',
      status: 'unknown',
      because: 'no',
      evidence: [],
    };
    const dark = compare([seen('egress:twilio'), seen('deployment:last')], asLook([blind as Finding]));
    expect(ids(dark.news)).toEqual(['egress:all']);
    expect(ids(dark.remember)).toEqual(['egress:all', 'egress:twilio']);
    expect(compare(dark.remember, asLook([blind as Finding])).news).toEqual([]);
    expect(compare(dark.remember, look(['egress:twilio']))).toMatchObject({
      news: [],
      remember: [{ id: 'egress:twilio' }],
    });
  });
});

it('keeps little of a look, however much there was to see', () => {
  const finding = (index: number): Finding => ({
    id: `egress:${index}`,
    check: 'egress',
    subject: String(index),
    status: 'broken',
    because: 'x'.repeat(5000),
    evidence: ['y'.repeat(5000)],
  });
  const kept = asLook(Array.from({ length: 500 }, (_, index) => finding(index)));
  expect(JSON.stringify(kept).length).toBeLessThan(20_000);
});
