import { expect, it } from 'vitest';
import type { Finding, Path } from '../../../lib/domain/finding.ts';
import { fitPaths } from '../../../lib/egress/fit.ts';

const path = (subnetId: string): Path => ({
  subnetId,
  status: 'ok',
  hops: [{ kind: 'route', id: 'r', status: 'ok', because: 'x'.repeat(100) }],
});
const finding = (subject: string, status: Finding['status'], subnets: number): Finding => ({
  id: `egress:${subject}`,
  check: 'egress',
  subject,
  status,
  because: subject,
  evidence: [],
  paths: Array.from({ length: subnets }, (_, at) => path(`subnet-${at}`)),
});
const all = [finding('broken', 'broken', 3), finding('open', 'ok', 3)];
const counts = (largest: number) => fitPaths(all, largest).map(({ paths }) => paths?.length);

it('keeps all paths while they fit', () => {
  expect(counts(10_000)).toEqual([3, 3]);
});

it('leaves out what matters least first', () => {
  expect([900, 650, 300, 10].map(counts)).toEqual([
    [3, 1],
    [3, 0],
    [1, 0],
    [0, 0],
  ]);
});

it('keeps every finding and its sentence', () => {
  expect(fitPaths(all, 10).map(({ because }) => because)).toEqual(['broken', 'open']);
});
