import { appRunner, lambda, ssm, stepFunctions } from '../lib/aws.ts';
import { clock } from '../lib/clock.ts';
import { runTable } from '../lib/run/client.ts';
import { setting } from '../lib/settings.ts';
import type { Slack } from '../lib/slack/client.ts';
import { connectSlack } from '../lib/slack/parameters.ts';
import { Work } from '../lib/slack/work.ts';
import { decide, denyDelivery } from '../lib/slack/worker/answer.ts';
import { list, status } from '../lib/slack/worker/look.ts';
import { start, undo } from '../lib/slack/worker/start.ts';
import { tellAsker } from '../lib/slack/worker/tell.ts';
import { step } from '../lib/step.ts';

/** Does what was asked for in Slack, and says to whoever asked what came of it. Called again, it does nothing twice. */
export const handler = step(Work, async (work) => {
  const slack = await connectSlack(ssm());
  await tellAsker(slack, work, await done(work, slack).catch((error) => sayAndThrow(slack, work, error)));
});

/** Lambda tries again, twice. */
async function sayAndThrow(slack: Slack, work: Work, error: unknown): Promise<never> {
  const name = error instanceof Error ? error.name : 'unknown error';
  await tellAsker(slack, work, `That did not work yet (${name}): I try again in a minute.`).catch(() => undefined);
  throw error;
}

async function done(work: Work, slack: Slack): Promise<string> {
  const table = runTable();
  const looking = () => ({ table, ssm: ssm(), appRunner: appRunner(), now: () => clock.now() });
  const desk = () => ({
    table,
    slack,
    lambda: lambda(),
    doors: {
      approval: setting('RECONNECT_ANSWER_APPROVAL_FUNCTION'),
      delivery: setting('RECONNECT_ANSWER_DELIVERY_FUNCTION'),
    },
  });
  const starting = () => ({
    table,
    slack,
    stepFunctions: stepFunctions(),
    machines: {
      reconnect: setting('RECONNECT_STATE_MACHINE_ARN'),
      undo: setting('RECONNECT_UNDO_STATE_MACHINE_ARN'),
    },
    now: () => clock.now(),
  });
  if (work.kind === 'list') return list(looking());
  if (work.kind === 'status') return status(looking(), work.service);
  if (work.kind === 'start') return start(starting(), work);
  if (work.kind === 'undo') return undo(starting(), work);
  if (work.kind === 'decide') return decide(desk(), work);
  if (work.kind === 'deny-delivery') return denyDelivery(desk(), work);
  return work.text;
}
