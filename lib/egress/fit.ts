import type { Finding } from '../domain/finding.ts';

/** A run's document may hold 256 KiB in all, and carries the paths before and after the repair. */
const LARGEST = 40_000;

const sizeOf = (finding: Finding) => Buffer.byteLength(JSON.stringify(finding.paths ?? []));

/**
 * Leaves paths out where there are too many to carry: first the second and further subnets of ways that are open, then
 * those ways, then the further subnets of the rest. Every finding keeps its sentence.
 */
export function fitPaths(findings: readonly Finding[], largest = LARGEST): Finding[] {
  const isOpen = ({ status }: Finding) => status === 'ok';
  const first = (finding: Finding) => ({ ...finding, paths: finding.paths?.slice(0, 1) });
  const reductions: ((finding: Finding) => Finding)[] = [
    (finding) => finding,
    (finding) => (isOpen(finding) ? first(finding) : finding),
    (finding) => (isOpen(finding) ? { ...finding, paths: [] } : finding),
    (finding) => (isOpen(finding) ? { ...finding, paths: [] } : first(finding)),
  ];
  for (const reduce of reductions) {
    const reduced = findings.map(reduce);
    if (reduced.reduce((sum, finding) => sum + sizeOf(finding), 0) <= largest) return reduced;
  }
  return findings.map((finding) => ({ ...finding, paths: [] }));
}
