import type { Precondition } from '../domain/plan.ts';
import type { ServiceConfiguration } from '../domain/service.ts';
import type { Basis } from './remedy.ts';

/* What the remedies that change the service itself have in common. */

/** App Runner updates and deploys nothing else. https://docs.aws.amazon.com/apprunner/latest/api/API_UpdateService.html */
export const isRunning = ({ status }: Pick<ServiceConfiguration, 'status'>): Precondition => ({
  what: 'the service is RUNNING',
  met: status === 'RUNNING' ? 'yes' : 'no',
  because: status === 'RUNNING' ? 'App Runner says so' : `the service is ${status}, not RUNNING`,
});

/** What was tried at the user's door and failed. */
export const brokenProbes = ({ probes }: Pick<Basis['diagnosis'], 'probes'>): string[] =>
  probes.filter(({ ok, sent }) => sent && !ok).map(({ name }) => name);

/** A new deployment takes the image that the tag names by then, which may be another one. */
export const pullsAgain = ({ source }: Pick<ServiceConfiguration, 'source'>): string[] =>
  source.includes('@sha256:')
    ? []
    : [`App Runner fetches ${source} again: if that was changed since the last deployment, this ships other code too`];
