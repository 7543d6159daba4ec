import type { Change } from '../domain/change.ts';
import type { RemedyName, Step } from '../domain/plan.ts';
import type { Proof } from '../domain/proof.ts';
import type { Report } from '../domain/report.ts';
import type { RunDocument } from '../domain/run.ts';
import { begunSteps, doneSteps } from './steps.ts';

type Item = Report['checklist'][number];

/** What operators tick off by hand, in their order. `null`: the run did not get there. */
export function checklist(document: RunDocument, changes: readonly Change[], proof: Proof | null): Item[] {
  if (document.undoes !== undefined) return takenBack(changes);
  const { idle, profile } = document;
  const begun = begunSteps(document);
  const steps = begun.length > 0 ? begun : (document.plan?.steps.slice(0, document.plan.now) ?? []);
  const made = changes.some(({ state }) => state === 'made' || state === 'undone');
  return [
    { item: 'current deployment finished', ok: idle ? idle.state === 'idle' : null },
    ...steps.flatMap((step) => repair(step, document, changes, proof)),
    ...seen(profile, proof, made),
  ];
}

const takenBack = (changes: readonly Change[]): Item[] =>
  changes.map(({ undo, state }) => ({ item: undo, ok: state === 'undone' || state === 'not-made' ? true : null }));

/** What a remedy that deploys changes first. */
const UPDATES: Partial<Record<RemedyName, string>> = {
  'use-default-egress': 'egress updated',
  'use-vpc-egress': 'egress updated',
  'set-environment': 'environment updated',
};

function repair(step: Step, document: RunDocument, changes: readonly Change[], proof: Proof | null): Item[] {
  const own = changes.filter(({ remedy, state }) => remedy === step.remedy && state !== 'not-made');
  const isMade = own.length > 0 && own.every(({ state }) => state === 'made' || state === 'undone');
  const done = doneSteps(document).includes(step);
  const updates = UPDATES[step.remedy];
  if (!updates && step.remedy !== 'redeploy')
    return [{ item: step.title, ok: done ? true : own.length > 0 ? false : null }];
  const { operation } = document;
  return [
    ...(updates ? [{ item: updates, ok: isMade ? true : null }] : []),
    { item: 'new deployment SUCCEEDED', ok: done ? true : operation ? operation.state === 'succeeded' : null },
    ...egressItem(step, proof),
  ];
}

function egressItem({ remedy }: Step, proof: Proof | null): Item[] {
  if (!remedy.endsWith('-egress')) return [];
  const read = proof?.configuration.find(({ item }) => item === 'egress');
  return [{ item: `egress is ${remedy === 'use-vpc-egress' ? 'VPC' : 'DEFAULT'}`, ok: read?.ok ?? null }];
}

function seen(profile: RunDocument['profile'], proof: Proof | null, repaired: boolean): Item[] {
  const results = (repaired ? proof?.after : proof?.before) ?? [];
  const declared = profile.probes.map(({ name, label, acceptUnderSeconds }): Item => {
    const result = results.find((candidate) => candidate.name === name);
    const limit = acceptUnderSeconds === undefined ? '' : ` (< ${acceptUnderSeconds} s)`;
    return { item: `${label ?? name}${limit}`, ok: result?.sent && !result.unsure ? result.ok : null };
  });
  const more = results
    .filter(({ name }) => !profile.probes.some((probe) => probe.name === name))
    .map(({ label, ok, unsure }): Item => ({ item: label, ok: unsure ? null : ok }));
  return [...declared, ...more, ...delivery(profile, proof)];
}

function delivery({ delivery: asked }: RunDocument['profile'], proof: Proof | null): Item[] {
  if (!asked) return [];
  const answer = proof?.delivery;
  const confirmed = answer?.status === 'confirmed' ? true : answer?.status === 'denied' ? false : null;
  const verify: Item[] = asked.verify
    ? [
        {
          item: `${asked.verify.label ?? asked.verify.name} (optional)`,
          ok: answer?.verification?.unsure ? null : (answer?.verification?.ok ?? null),
        },
      ]
    : [];
  return [{ item: asked.label, ok: confirmed }, ...verify];
}
