import * as z from 'zod/mini';
import { logs, secretsManager, ssm } from '../lib/aws.ts';
import { briefResult, fitFindings } from '../lib/checks/fit.ts';
import { messagingProbe } from '../lib/checks/messaging-probe.ts';
import { wroteToLog } from '../lib/checks/probe-log.ts';
import { probeFinding, provesRepair, runProbes, stateOf } from '../lib/checks/probes.ts';
import { clock } from '../lib/clock.ts';
import { ProbeResult } from '../lib/domain/diagnosis.ts';
import { Profile } from '../lib/domain/profile.ts';
import { BRANCH } from '../lib/domain/room.ts';
import { ServiceRef } from '../lib/domain/service.ts';
import { reveal } from '../lib/reveal.ts';
import { runTable } from '../lib/run/client.ts';
import { firstTime } from '../lib/run/once.ts';
import { step } from '../lib/step.ts';

const Input = z.strictObject({
  run: z.string(),
  service: ServiceRef,
  profile: Profile,
  /** Before or after the repair: a request that changes something is sent once in each, and once in each round. */
  phase: z.enum(['before', 'after']),
  round: z._default(z.number(), 1),
  /** What was seen before the repair. */
  before: z._default(z.array(ProbeResult), []),
  /** What was seen a moment ago: the door is not tried again. */
  known: z._default(z.array(ProbeResult), []),
});

/** Knocks at the user's door: health first, then what was broken. */
export const handler = step(Input, async ({ run, service, profile, phase, round, before, known }) => {
  const door = {
    url: service.url,
    clock,
    reveal: (reference: Parameters<typeof reveal>[0]) => reveal(reference, { ssm, secretsManager }),
    maySend: ({ name }: { name: string }) =>
      firstTime(runTable(), run, `${phase}-${round}#${name}`, clock.now().toISOString()),
    wrote: wroteToLog(logs, service, clock),
  };
  const sent = known.length > 0 ? known : await runProbes(profile.probes, door);
  const messaging = phase === 'after' && known.length === 0 && sent.every(({ ok }) => ok);
  const all = messaging ? [...sent, ...(await messagingProbe(profile.providers, door))] : sent;
  const results = all.map(briefResult);
  return {
    check: 'probes',
    state: stateOf(results),
    proves: provesRepair(before, results),
    findings: fitFindings(results.map(probeFinding), BRANCH.probes),
    results,
  };
});
