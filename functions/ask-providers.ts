import * as z from 'zod/mini';
import { appRunner, secretsManager, ses, sns, ssm } from '../lib/aws.ts';
import { fitFindings } from '../lib/checks/fit.ts';
import { askProviders } from '../lib/checks/providers/ask.ts';
import { type Looked, look } from '../lib/checks/providers/look.ts';
import { clock } from '../lib/clock.ts';
import { Profile } from '../lib/domain/profile.ts';
import { BRANCH } from '../lib/domain/room.ts';
import { type EnvironmentVariable, ServiceRef } from '../lib/domain/service.ts';
import { step } from '../lib/step.ts';
import { describe, environmentIsVisible, environmentOf } from '../lib/target/apprunner.ts';

const Input = z.strictObject({ service: ServiceRef, profile: Profile });

/** Asks the providers that the profile declares, with the service's own credentials. They stay in here. */
export const handler = step(Input, async ({ service, profile }) => ({
  check: 'providers',
  findings: fitFindings(
    await askProviders(profile.providers ?? {}, {
      url: service.url,
      clock,
      environment: () => readEnvironment(service.arn),
      vaults: { ssm, secretsManager },
      sns,
      ses,
      // For Twilio what AWS_ENDPOINT_URL is for AWS; unset, its own hosts are asked.
      twilioEndpoint: process.env.TWILIO_ENDPOINT_URL || undefined,
    }),
    BRANCH.providers,
  ),
}));

async function readEnvironment(arn: string): Promise<Looked<readonly EnvironmentVariable[]>> {
  const described = await look('apprunner:DescribeService', () => describe(appRunner(), arn));
  if ('unanswered' in described) return described;
  return environmentIsVisible(described.value)
    ? { value: environmentOf(described.value) }
    : { unanswered: 'the environment stands in apprunner.yaml, which App Runner does not show' };
}
