import type { Report } from '../../../lib/domain/report.ts';
import { FIXTURES } from './fixtures.ts';

const { recovered } = FIXTURES;
const broken = recovered.findings.filter(({ cause }) => cause !== undefined);

/** The example of docs/report.md: a true report, its lists cut short. */
export const EXAMPLE: Report = {
  ...recovered,
  findings: broken.map((finding) => ({
    ...finding,
    evidence: finding.evidence.slice(0, 1),
    paths: finding.paths
      ?.slice(0, 1)
      .map((path) => ({ ...path, hops: path.hops.filter(({ status }) => status === 'broken') })),
  })),
  plan: {
    ...recovered.plan,
    options: recovered.plan.options.map((option) => ({ ...option, preconditions: option.preconditions.slice(-1) })),
  },
  proof: recovered.proof && {
    ...recovered.proof,
    before: recovered.proof.before.slice(-1),
    after: recovered.proof.after.slice(-1),
    configuration: recovered.proof.configuration.slice(0, 1),
    pathsBefore: [],
    pathsAfter: [],
  },
  checklist: recovered.checklist.slice(0, 2),
  followUps: recovered.followUps.slice(0, 1),
};

/** Run this file to print it. */
if (import.meta.main) console.log(JSON.stringify(EXAMPLE, null, 2));
