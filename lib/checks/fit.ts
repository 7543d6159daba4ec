import type { Diagnosis, Gap, NamedCause, ProbeResult } from '../domain/diagnosis.ts';
import type { Check, Finding } from '../domain/finding.ts';
import { bytesOf, fill, shorten } from '../domain/size.ts';

/* What of a diagnosis is carried where not all of it can be: causes and what is broken first. */

const ORDER: readonly Finding['status'][] = ['broken', 'unknown', 'ok'];

const withoutPaths = (finding: Finding): Finding => (finding.paths ? { ...finding, paths: [] } : finding);

const terse = (finding: Finding): Finding => ({
  ...withoutPaths(finding),
  because: shorten(finding.because, 200),
  evidence: finding.evidence.slice(0, 3).map((line) => shorten(line, 200)),
});

/** From what costs nobody anything to what hurts. */
const REDUCTIONS: readonly ((finding: Finding) => Finding)[] = [
  (finding) => finding,
  (finding) => (finding.status === 'ok' ? { ...withoutPaths(finding), evidence: [] } : finding),
  (finding) => ({ ...terse(finding), ...(finding.paths && { paths: finding.paths.slice(0, 1) }) }),
  terse,
];

/** Where not all fit, what is ok goes first, and one finding tells how many are left out: never as if they were ok. */
export function fitFindings(findings: readonly Finding[], room: number): Finding[] {
  for (const reduce of REDUCTIONS) {
    const all = findings.map(reduce);
    if (bytesOf(all) <= room) return all;
  }
  const ranked = findings.map(terse).sort((a, b) => ORDER.indexOf(a.status) - ORDER.indexOf(b.status));
  const kept = fill(ranked, room - 500);
  return [...kept, leftOut(ranked.filter((finding) => !kept.includes(finding)))];
}

function leftOut(findings: readonly Finding[]): Finding {
  const check: Check = findings[0]?.check ?? 'environment';
  const bad = findings.filter(({ status }) => status !== 'ok').length;
  return {
    id: `${check}:and ${findings.length} more`,
    check,
    subject: `${findings.length} more`,
    status: bad > 0 ? 'unknown' : 'ok',
    because: `and ${findings.length} more findings, of which ${bad} are not ok: more than can be carried`,
    evidence: [],
  };
}

export const briefResult = (result: ProbeResult): ProbeResult => ({ ...result, because: shorten(result.because, 200) });

const briefCause = (cause: NamedCause): NamedCause => ({
  ...cause,
  because: shorten(cause.because, 200),
  supportedBy: cause.supportedBy.slice(0, 3),
  contradictedBy: cause.contradictedBy.slice(0, 3),
});

const briefGap = (gap: Gap): Gap => ({ ...gap, because: shorten(gap.because, 200) });

/** `cut` says what is left out; empty when nothing is. */
export function fitDiagnosis(whole: Diagnosis, room: number): Diagnosis & { cut: string[] } {
  if (bytesOf(whole) <= room) return { ...whole, cut: [] };
  const bare = { ...whole, probes: whole.probes.map(briefResult), causes: [], gaps: [], findings: [] };
  const rest = room - bytesOf(bare) - 300;
  const causes = fill(whole.causes.map(briefCause), rest * 0.5);
  const gaps = fill(whole.gaps.map(briefGap), rest * 0.15);
  const findings = fitFindings(whole.findings, rest - bytesOf(causes) - bytesOf(gaps));
  const more = (what: string, all: readonly unknown[], kept: readonly unknown[]) =>
    all.length > kept.length ? [`and ${all.length - kept.length} more ${what}`] : [];
  const cut = [
    ...more('causes', whole.causes, causes),
    ...more('gaps', whole.gaps, gaps),
    `the findings here are not in full; all ${whole.findings.length} are in the report`,
  ];
  return { ...bare, causes, gaps, findings, cut };
}
