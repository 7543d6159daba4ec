import * as z from 'zod/mini';
import { secretsManager, ssm } from '../lib/aws.ts';
import { probeFinding, provesRepair, runProbes, stateOf } from '../lib/checks/probes.ts';
import { clock } from '../lib/clock.ts';
import { ProbeResult } from '../lib/domain/diagnosis.ts';
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
  /** What was seen before the repair. */
  before: z._default(z.array(ProbeResult), []),
});

/** Knocks at the user's door: health first, then what was broken. */
export const handler = step(Input, async ({ run, service, profile, phase, before }) => {
  const results = await runProbes(profile.probes, {
    url: service.url,
    clock,
    reveal: (reference) => reveal(reference, { ssm, secretsManager }),
    maySend: (probe) => firstTime(runTable(), run, `${phase}#${probe.name}`, clock.now().toISOString()),
  });
  return {
    check: 'probes',
    state: stateOf(results),
    proves: provesRepair(before, results),
    findings: results.map(probeFinding),
    results,
  };
});
