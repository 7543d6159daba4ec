import * as z from 'zod/mini';
import { sns } from '../lib/aws.ts';
import { Report } from '../lib/domain/report.ts';
import { tell } from '../lib/notify.ts';
import { step } from '../lib/step.ts';

const Input = z.strictObject({ report: Report });

/** Tells people how it ended: the verdict in the subject, what to do next in the message. */
export const handler = step(Input, async ({ report }) => {
  const { verdict, service, run, summary, nextSteps } = report;
  const urgent = verdict === 'stuck' ? 'ACT NOW: ' : '';
  const todo = nextSteps.length > 0 ? `\n\nNext:\n${nextSteps.map((line) => `- ${line}`).join('\n')}` : '';
  return tell(sns, `reconnect: ${urgent}${service} ${verdict}`, `${summary}${todo}\n\nRun ${run}`);
});
