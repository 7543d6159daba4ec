import type { Option } from '../domain/plan.ts';
import type { Report } from '../domain/report.ts';
import { bytesOf, shorten } from '../domain/size.ts';

/* A report that has to fit somewhere. What was decided, changed and proved stays; the material for it goes, least first. */

interface Reduction {
  readonly what: string;
  readonly reduce: (report: Report) => Report;
}

const withFindings = (report: Report, change: (findings: Report['findings']) => Report['findings']): Report => ({
  ...report,
  findings: change(report.findings),
});

const withOptions = (report: Report, change: (option: Option) => Option): Report => ({
  ...report,
  plan: { ...report.plan, options: report.plan.options.map(change) },
});

const first = <T>(list: readonly T[], many = 20): T[] => list.slice(0, many);
const shortest = (list: readonly string[]) => first(list).map((text) => shorten(text, 300));

const REDUCTIONS: readonly Reduction[] = [
  {
    what: 'the ways before and after the repair in the proof',
    reduce: (report) => ({ ...report, proof: report.proof && { ...report.proof, pathsBefore: [], pathsAfter: [] } }),
  },
  {
    what: 'the stations of the ways to dependencies',
    reduce: (report) =>
      withFindings(report, (all) => all.map((finding) => (finding.paths ? { ...finding, paths: [] } : finding))),
  },
  {
    what: 'the findings that are ok',
    reduce: (report) => withFindings(report, (all) => all.filter(({ status }) => status !== 'ok')),
  },
  {
    what: 'the evidence of findings',
    reduce: (report) => withFindings(report, (all) => all.map((finding) => ({ ...finding, evidence: [] }))),
  },
  {
    what: 'the exact steps by hand, the preconditions and who is affected, of options',
    reduce: (report) =>
      withOptions(report, ({ byHand: _, ...option }) => ({ ...option, preconditions: [], affects: [], warnings: [] })),
  },
  {
    what: 'all but the first twenty gaps, next steps and findings',
    reduce: (report) => ({
      ...withFindings(report, first),
      gaps: first(report.gaps),
      nextSteps: first(report.nextSteps),
    }),
  },
  { what: 'the options', reduce: (report) => ({ ...report, plan: { ...report.plan, options: [] } }) },
  {
    what: 'the rest of long sentences and lists',
    reduce: (report) => ({
      ...withFindings(report, (all) => all.map((finding) => ({ ...finding, because: shorten(finding.because, 300) }))),
      summary: shorten(report.summary, 2000),
      nextSteps: shortest(report.nextSteps),
      followUps: shortest(report.followUps),
      gaps: report.gaps.map((gap) => ({ ...gap, because: shorten(gap.because, 300) })),
      causes: report.causes.map((cause) => ({
        ...cause,
        because: shorten(cause.because, 300),
        supportedBy: first(cause.supportedBy, 5),
        contradictedBy: first(cause.contradictedBy, 5),
      })),
    }),
  },
  {
    what: 'all but the first twenty causes',
    reduce: (report) => ({ ...report, causes: first(report.causes) }),
  },
];

/** Takes out what matters least until it fits, and says what that was and `where` it stands. */
export function fitReport(report: Report, room: number, where: string): Report {
  if (bytesOf(report) <= room) return report;
  const left: string[] = [];
  let fitted = report;
  for (const { what, reduce } of REDUCTIONS) {
    const before = bytesOf(fitted);
    const reduced = reduce(fitted);
    if (bytesOf(reduced) < before) left.push(`${what}: ${where}`);
    fitted = { ...reduced, cut: [...(report.cut ?? []), ...left] };
    if (bytesOf(fitted) <= room) break;
  }
  return fitted;
}
