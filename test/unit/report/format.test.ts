import { describe, expect, it } from 'vitest';
import { clockOf, cost, duration, foldSubnets } from '../../../lib/report/format.ts';
import { FIXTURES } from './fixtures.ts';
import { cutOff } from './incident.ts';

describe('duration', () => {
  it.each([
    [0, '0 s'],
    [0.0004, '1 ms'],
    [0.084, '84 ms'],
    [0.9999, '1 s'],
    [1.84, '1.8 s'],
    [9.96, '10 s'],
    [59.7, '1 min'],
    [440, '7 min 20 s'],
    [600, '10 min'],
    [3599.6, '1 h'],
    [3900, '1 h 5 min'],
    [-1, '–'],
    [Number.NaN, '–'],
  ])('says %d s as %s', (seconds, expected) => expect(duration(seconds)).toBe(expected));
});

describe('cost', () => {
  it.each([
    [0, '0 USD'],
    [32.4, '32.40 USD'],
  ])('says %d as %s', (usd, expected) => expect(cost(usd)).toBe(expected));
});

describe('clockOf', () => {
  const clock = clockOf(FIXTURES.recovered);
  it('gives the date of the start and times in UTC', () => {
    expect(clock.date).toBe('2025-11-20');
    expect(clock.time('2025-11-20T04:00:01+01:00')).toBe('03:00:01');
  });
  it('marks the days before and after', () => {
    expect(clock.time('2025-11-21T00:00:01Z')).toBe('00:00:01 (+1 d)');
    expect(clock.time('2025-11-19T23:59:59Z')).toBe('23:59:59 (−1 d)');
  });
  it('shows what is no time as it is', () => expect(clock.time('soon')).toBe('soon'));
});

describe('foldSubnets', () => {
  it('makes one route of paths that differ in their subnet only', () => {
    const [route, ...rest] = foldSubnets(cutOff);
    expect(rest).toEqual([]);
    expect(route?.subnets).toHaveLength(2);
    expect(route?.hops.filter(({ breaks }) => breaks)).toHaveLength(1);
    expect(route?.hops.map(({ because }) => because).join()).not.toContain('subnet-0a11');
  });
  it('keeps apart what differs in one hop', () => {
    const [first, second] = cutOff;
    if (!first || !second) throw new Error('two paths expected');
    const other = {
      ...second,
      hops: second.hops.map((hop) => (hop.kind === 'route-table' ? { ...hop, id: 'rtb-other' } : hop)),
    };
    expect(foldSubnets([first, other]).map(({ subnets }) => subnets.length)).toEqual([1, 1]);
  });
  it('marks no hop behind which there is no break', () => {
    const [path] = FIXTURES.recovered.proof?.pathsAfter[0]?.paths ?? [];
    expect(foldSubnets(path ? [path] : [])[0]?.hops.some(({ beyond, breaks }) => beyond || breaks)).toBe(false);
  });
});
