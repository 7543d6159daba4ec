import * as z from 'zod/mini';
import { appRunner, secretsManager, ssm } from '../lib/aws.ts';
import { checkEnvironment, checkReferences } from '../lib/checks/environment.ts';
import { fitFindings } from '../lib/checks/fit.ts';
import { openSecrets } from '../lib/checks/providers/credentials.ts';
import { lookUpReferences } from '../lib/checks/references.ts';
import { Profile } from '../lib/domain/profile.ts';
import { BRANCH } from '../lib/domain/room.ts';
import { ServiceRef } from '../lib/domain/service.ts';
import { step } from '../lib/step.ts';
import { describe, environmentIsVisible, environmentOf } from '../lib/target/apprunner.ts';

const Input = z.strictObject({ service: ServiceRef, profile: Profile });

/** Holds the environment against the owner's rules. Values stay in here. */
export const handler = step(Input, async ({ service, profile }) => {
  const described = await describe(appRunner(), service.arn);
  if (!environmentIsVisible(described)) {
    const because = 'could not look: the environment stands in apprunner.yaml, which App Runner does not show';
    return {
      check: 'environment',
      findings: [
        { id: 'environment:all', check: 'environment', subject: 'all', status: 'unknown', because, evidence: [] },
      ],
    };
  }
  const environment = environmentOf(described);
  const vaults = { ssm, secretsManager };
  const [references, opened] = await Promise.all([
    lookUpReferences(vaults, environment),
    openSecrets(profile.environment, environment, vaults),
  ]);
  return {
    check: 'environment',
    findings: fitFindings(
      [...checkEnvironment(profile.environment, environment, opened), ...checkReferences(references)],
      BRANCH.environment,
    ),
  };
});
