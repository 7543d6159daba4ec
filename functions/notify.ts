import * as z from 'zod/mini';
import { sns } from '../lib/aws.ts';
import { redact } from '../lib/domain/redact.ts';
import { Verdict } from '../lib/domain/report.ts';
import { tell } from '../lib/notify.ts';
import { isBeneath } from '../lib/report/outline.ts';
import { step } from '../lib/step.ts';

/** What is told of a report: less will do when it could not be written. */
const Told = z.object({
  run: z.string(),
  service: z.string(),
  verdict: Verdict,
  summary: z.string(),
  nextSteps: z.array(z.string()),
});

const Input = z.strictObject({ report: Told });

/** Tells people how it ended: the verdict in the subject, what to do next in the message. */
export const handler = step(Input, async ({ report }) => {
  const { verdict, service, run, summary, nextSteps } = report;
  const urgent = verdict === 'stuck' ? 'ACT NOW: ' : '';
  const todo =
    nextSteps.length > 0
      ? `\n\nNext:\n${nextSteps.map((line) => (isBeneath(line) ? line : `- ${line}`)).join('\n')}`
      : '';
  return tell(sns, `reconnect: ${urgent}${service} ${verdict}`, `${redact(`${summary}${todo}`)}\n\nRun ${run}`);
});
