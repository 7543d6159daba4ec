import type { Change } from '../domain/change.ts';
import type { Proof } from '../domain/proof.ts';
import type { Report } from '../domain/report.ts';
import type { RunDocument } from '../domain/run.ts';

type Item = Report['checklist'][number];

/** What operators tick off by hand, in their order. `null`: the run did not get there. */
export function checklist(document: RunDocument, changes: readonly Change[], proof: Proof | null): Item[] {
  const { idle, operation, profile } = document;
  const made = changes.some(({ state }) => state === 'made' || state === 'undone');
  const read = new Map(proof?.configuration.map(({ item, ok }) => [item, ok]));
  const repairs: Item[] =
    document.plan?.steps.length || made
      ? [
          { item: 'egress updated', ok: made ? true : null },
          { item: 'new deployment SUCCEEDED', ok: operation ? operation.state === 'succeeded' : null },
          { item: 'egress is DEFAULT', ok: read.get('egress') ?? null },
        ]
      : [];
  return [
    { item: 'current deployment finished', ok: idle ? idle.state === 'idle' : null },
    ...repairs,
    ...seen(profile, proof, made),
  ];
}

function seen(profile: RunDocument['profile'], proof: Proof | null, repaired: boolean): Item[] {
  const results = (repaired ? proof?.after : proof?.before) ?? [];
  const probes = profile.probes.map(({ name, label, acceptUnderSeconds }): Item => {
    const result = results.find((candidate) => candidate.name === name);
    const limit = acceptUnderSeconds === undefined ? '' : ` (< ${acceptUnderSeconds} s)`;
    return { item: `${label ?? name}${limit}`, ok: result?.sent ? result.ok : null };
  });
  return [...probes, ...delivery(profile, proof)];
}

function delivery({ delivery: asked }: RunDocument['profile'], proof: Proof | null): Item[] {
  if (!asked) return [];
  const answer = proof?.delivery;
  const confirmed = answer?.status === 'confirmed' ? true : answer?.status === 'denied' ? false : null;
  const verify: Item[] = asked.verify
    ? [{ item: `${asked.verify.label ?? asked.verify.name} (optional)`, ok: answer?.verification?.ok ?? null }]
    : [];
  return [{ item: asked.label, ok: confirmed }, ...verify];
}
