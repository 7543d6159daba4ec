import { GetExecutionHistoryCommand, type GetExecutionHistoryCommandOutput, type SFNClient } from '@aws-sdk/client-sfn';
import type { NamedCause } from '../lib/domain/diagnosis.ts';
import type { Plan, Step } from '../lib/domain/plan.ts';
import { cost } from '../lib/report/format.ts';

/** What of the run document is needed to decide. */
export interface Proposal {
  readonly service: { readonly name: string };
  readonly plan: Plan;
  readonly diagnosis?: { readonly causes: readonly NamedCause[] };
}

/** The plan with this hash, as it stands in the run: what whoever approves reads, and nothing that was put together since. */
export async function proposalOf(
  client: Pick<SFNClient, 'send'>,
  executionArn: string,
  planHash: string,
): Promise<Proposal | undefined> {
  let nextToken: string | undefined;
  do {
    const page: GetExecutionHistoryCommandOutput = await client.send(
      new GetExecutionHistoryCommand({ executionArn, reverseOrder: true, maxResults: 25, nextToken }),
    );
    for (const { stateEnteredEventDetails: entered } of page.events ?? []) {
      if (!entered?.input?.includes(planHash)) continue;
      const document = JSON.parse(entered.input) as Partial<Proposal>;
      if (document.plan?.hash === planHash && document.service) return document as Proposal;
    }
    nextToken = page.nextToken;
  } while (nextToken);
  return undefined;
}

/** All that is needed to decide, for a terminal. */
export function planText({ service, plan, diagnosis }: Proposal): string {
  const first = plan.steps.slice(0, plan.now);
  const later = plan.steps.slice(plan.now);
  const affected = new Set(first.flatMap(({ affects }) => affects));
  return [
    `Plan for ${service.name}${plan.round > 1 ? `, round ${plan.round}: what was done so far was not enough` : ''}`,
    ...(diagnosis?.causes ?? []).map(({ cause, subject, because }) => `  ✘ ${cause} (${subject}): ${because}`),
    ...first.flatMap((step, index) => stepLines(`  ${index + 1}. `, step)),
    ...(later.length > 0 ? ['  and only if the door still does not answer:'] : []),
    ...later.flatMap((step) => stepLines('     ', step)),
    ...(affected.size > 0 ? [`  who else feels it: ${[...affected].join('; ')}`] : []),
    `  why: ${plan.because}`,
    `  hash: ${plan.hash}`,
  ].join('\n');
}

function stepLines(mark: string, step: Step): string[] {
  const { title, monthlyCostUsd, minutes, redeploys, changes, warnings, undo } = step;
  const price = monthlyCostUsd > 0 ? `${cost(monthlyCostUsd)} a month` : 'free';
  const terms = [price, `${minutes} min`, ...(redeploys ? ['redeploys'] : [])];
  return [
    `${mark}${title} (${terms.join(', ')})`,
    ...changes.map((change) => `       ${change}`),
    `       security: ${step.security}`,
    ...warnings.map((warning) => `       mind: ${warning}`),
    `       way back: ${undo}`,
  ];
}
