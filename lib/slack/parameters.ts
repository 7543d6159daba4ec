import { GetParametersCommand, type SSMClient } from '@aws-sdk/client-ssm';
import { lazy } from '../aws.ts';
import { clock } from '../clock.ts';
import { setting } from '../settings.ts';
import { type Slack, slackClient } from './client.ts';

/** How the app of Slack is known to us, and we to it. */
export interface SlackParameters {
  readonly botToken: string;
  readonly signingSecret: string;
  /** The workspace, where the deployment was told: nobody else's people are heard. */
  readonly team?: string;
}

/** So soon a secret that was changed is in use everywhere. */
const FRESH_MS = 5 * 60_000;

interface Kept {
  parameters?: SlackParameters;
  at: number;
}
const kept = /* @__PURE__ */ lazy((): Kept => ({ at: 0 }));

/** Reads them all at once, at most once in five minutes. Throws an error that names a secret that is missing. */
export async function slackParameters(ssm: Pick<SSMClient, 'send'>): Promise<SlackParameters> {
  const memory = kept();
  const now = clock.now().getTime();
  if (memory.parameters && now - memory.at < FRESH_MS && now >= memory.at) return memory.parameters;
  const folder = setting('RECONNECT_SLACK_PARAMETERS');
  const names = { botToken: `${folder}/bot-token`, signingSecret: `${folder}/signing-secret` };
  const { Parameters = [] } = await ssm.send(
    new GetParametersCommand({ Names: [...Object.values(names), `${folder}/team`], WithDecryption: true }),
  );
  const find = (name: string) => Parameters.find((parameter) => parameter.Name === name)?.Value?.trim();
  const read = (name: string): string => {
    const value = find(name);
    if (!value) throw new Error(`the SSM parameter ${name} is missing: docs/slack.md says what goes into it`);
    return value;
  };
  const team = find(`${folder}/team`);
  memory.parameters = {
    botToken: read(names.botToken),
    signingSecret: read(names.signingSecret),
    ...(team && { team }),
  };
  memory.at = now;
  return memory.parameters;
}

/** Slack, as the app that this deployment was given. */
export const connectSlack = async (ssm: Pick<SSMClient, 'send'>, patienceMs?: number): Promise<Slack> =>
  slackClient((await slackParameters(ssm)).botToken, patienceMs);
