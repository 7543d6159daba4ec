import * as z from 'zod/mini';
import { secretsManager, ssm } from '../lib/aws.ts';
import { probeFinding, runProbes } from '../lib/checks/probes.ts';
import { clock } from '../lib/clock.ts';
import { Profile } from '../lib/domain/profile.ts';
import { ServiceRef } from '../lib/domain/service.ts';
import { reveal } from '../lib/reveal.ts';
import { runTable } from '../lib/run/client.ts';
import { firstTime } from '../lib/run/once.ts';
import { step } from '../lib/step.ts';

const Input = z.strictObject({
  run: z.string(),
  service: ServiceRef,
  profile: Profile,
  /** Before or after the repair: a request that changes something is sent once in each. */
  phase: z.enum(['before', 'after']),
});

/** Knocks at the user's door: health first, then what was broken. */
export const handler = step(Input, async ({ run, service, profile, phase }) => {
  const results = await runProbes(profile.probes, {
    url: service.url,
    clock,
    reveal: (reference) => reveal(reference, { ssm, secretsManager }),
    maySend: (probe) => firstTime(runTable(), run, `${phase}#${probe.name}`, clock.now().toISOString()),
  });
  return { check: 'probes', ok: results.every(({ ok }) => ok), findings: results.map(probeFinding), results };
});
