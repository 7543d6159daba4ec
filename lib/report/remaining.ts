import type { NamedCause } from '../domain/diagnosis.ts';
import type { Step } from '../domain/plan.ts';
import type { RunDocument } from '../domain/run.ts';
import { doneSteps } from './steps.ts';

/** The causes of the last diagnosis that a repair which recovered the door did not mend. */
export function remaining(document: RunDocument): NamedCause[] {
  const steps = doneSteps(document);
  return (document.diagnosis?.causes ?? []).filter((cause) => !isMended(cause, steps, document));
}

function isMended(cause: NamedCause, steps: readonly Step[], document: RunDocument): boolean {
  const { subject, supportedBy } = cause;
  const seenBy = (check: string) => supportedBy.some((id) => id.startsWith(`${check}:`));
  // Traced again after the repair: that says more than any promise.
  const way = document.proof.egress?.findings.find((finding) => finding.subject === subject);
  if (seenBy('egress') && way) return way.status !== 'broken';
  if (steps.some(({ fixes }) => fixes.includes(subject))) return true;
  switch (cause.cause) {
    // The door answers, and providers that were asked there are well.
    case 'event-loop-blocked':
    case 'fallback-in-use':
      return true;
    // Whatever deploys, deploys what the service is set to: another image than the profile expects stays another.
    case 'stale-deployment':
      return steps.some(({ redeploys }) => redeploys) && !supportedBy.includes('deployment:image');
    case 'deployment-failed':
      return steps.some(({ redeploys }) => redeploys);
    case 'credentials-rejected':
    case 'provider-suspended':
    case 'provider-resource-missing':
      // A log tells of the time before. What a provider itself said is changed by other credentials only.
      return !seenBy('providers') || steps.some((step) => setsCredentials(step, document));
    default:
      return !seenBy('egress') && !seenBy('environment');
  }
}

/** It set one of the variables that the provider is asked with. */
function setsCredentials({ remedy, details }: Step, { profile }: RunDocument): boolean {
  const names = Object.values(profile.providers?.twilio ?? {});
  const { variables, secrets } = details;
  return (
    remedy === 'set-environment' &&
    Object.keys({ ...Object(variables), ...Object(secrets) }).some((name) => names.includes(name))
  );
}
