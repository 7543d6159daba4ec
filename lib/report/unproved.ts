import type { RunDocument } from '../domain/run.ts';

/** Said of a repair that was taken back on a person's word. */
export const NOT_ARRIVED = 'a person said that it did not arrive';

/** Whether the door was tried after the repair: one that broke off says nothing of it. */
export const wasTried = ({ proof: { probes } }: RunDocument): boolean => probes !== undefined;

/** Why a repair that stands does not count as proved. */
export function whyNotProved({ proof, profile }: RunDocument): string {
  const { delivery, probes } = proof;
  if (delivery?.status === 'no-answer') return 'nobody said whether it arrived';
  if (delivery?.verification && !delivery.verification.ok)
    return `the code was not accepted (${delivery.verification.because})`;
  const unsent = probes?.results.find(({ sent }) => !sent);
  if (unsent) return `${unsent.label} was ${unsent.because}`;
  const unseen = probes?.results.find(({ unsure }) => unsure);
  if (unseen) return `${unseen.label}: ${unseen.because}`;
  if (profile.probes.length === 0) return 'the profile has no probes';
  return probes ? 'every probe passed before the repair too' : 'the probes could not be sent again';
}
