import * as z from 'zod/mini';
import { StateDrifted } from '../domain/errors.ts';
import type { Finding } from '../domain/finding.ts';
import type { Place, Step } from '../domain/plan.ts';
import type { Ledger } from '../run/ledger.ts';
import { describe, recentOperations, sourceOf } from '../target/apprunner.ts';
import { readImage } from '../target/image.ts';
import { deploy } from './changes/deployment.ts';
import { type AppRunnerHands, isBegun } from './changes/operation.ts';
import { type Basis, changeId, type ImageFacts, type Progress, type Proposal, type Remedy } from './remedy.ts';
import { brokenProbes, isRunning, pullsAgain } from './service.ts';

const Details = z.strictObject({ source: z.string(), digest: z.nullable(z.string()) });
type Details = z.infer<typeof Details>;

/** The configuration is right and what runs is older: the same deployment again. */
export const redeploy: Remedy = {
  name: 'redeploy',
  propose(basis: Basis): readonly Proposal[] {
    const { service, configuration, diagnosis, image } = basis;
    const stale = staleFindings(diagnosis);
    if (stale.length === 0) return [];
    const probes = brokenProbes(diagnosis);
    const details: Details = { source: configuration.source, digest: image?.digest ?? null };
    return [
      {
        title: 'Redeploy the service as it is configured',
        monthlyCostUsd: 0,
        minutes: 10,
        redeploys: true,
        security: 'nothing is opened; the instances start anew and read their secrets anew',
        reversible: false,
        preconditions: [isRunning(configuration)],
        affects: [],
        warnings: shipsOtherCode(configuration.source, image),
        fixes: probes.length > 0 ? probes : stale.map(({ subject }) => subject),
        step: {
          target: service.arn,
          changes: [`a new deployment of ${service.name} with ${configuration.source}`],
          undo: wayBack(configuration.source, image),
          details,
        },
      },
    ];
  },
};

/** A service that is set to another image than the profile expects would run that image again. */
const staleFindings = ({ causes, findings }: Basis['diagnosis']): Finding[] =>
  causes.some(({ cause }) => cause === 'stale-deployment')
    ? findings.filter(
        ({ id, status, cause }) => status === 'broken' && cause === 'stale-deployment' && id !== 'deployment:image',
      )
    : [];

const ROLLS_BACK = 'App Runner itself rolls back a deployment that fails';

/** The configuration is not touched, but a tag that names another image by now never leads back to the old one. */
function wayBack(source: string, image: ImageFacts | undefined): string {
  if (source.includes('@sha256:')) return `nothing to take back: the same image and configuration; ${ROLLS_BACK}`;
  const { digest, pushedAt, deployedAt } = image ?? {};
  if (!digest || !pushedAt || !deployedAt)
    return `no sure way back to the image that runs now: whether ${source} still names it could not be seen; ${ROLLS_BACK}`;
  if (pushedAt <= deployedAt)
    return `nothing to take back: ${source} names the image that runs now, ${digest}; ${ROLLS_BACK}`;
  return `no way back to the image that runs now: ${source} names another one by now (${digest}), and App Runner does not tell the digest of the one that runs; look in its repository for what was pushed last before ${deployedAt}; ${ROLLS_BACK}`;
}

function shipsOtherCode(source: string, image: ImageFacts | undefined): string[] {
  if (source.includes('@sha256:')) return [];
  if (!image?.digest || !image.pushedAt || !image.deployedAt) {
    const why = image?.unseen ?? 'when it was pushed or deployed is not known';
    return [`what a new deployment would ship could not be looked at: ${why}`, ...pullsAgain({ source })];
  }
  if (image.pushedAt <= image.deployedAt) return [];
  return [
    `the tag of ${source} names an image that was pushed at ${image.pushedAt}, after the deployment that runs began at ${image.deployedAt}: a redeployment ships other code (digest ${image.digest})`,
  ];
}

export interface Hands extends AppRunnerHands {
  readonly ecr: () => Parameters<typeof readImage>[0];
  readonly ledger: Ledger;
}

/** Starts one deployment. Throws `StateDrifted` when it would ship another image than the one that was approved. */
export async function apply({ ecr, ledger, ...hands }: Hands, place: Place, step: Step): Promise<Progress> {
  const id = changeId(place, 1);
  if (!(await isBegun(ledger, id)))
    await assertSameImage({ ecr, ...hands }, step.target, z.parse(Details, step.details));
  const { operationId } = await deploy(hands, ledger, { id, service: place.service, step });
  return { state: 'going', operationId, because: 'App Runner deploys the service, which takes some minutes' };
}

async function assertSameImage({ appRunner, ecr }: Omit<Hands, 'ledger'>, arn: string, { source, digest }: Details) {
  const service = await describe(appRunner, arn);
  const now = sourceOf(service);
  if (now !== source)
    throw new StateDrifted(`the service is set to ${now} by now, not to ${source}; nothing was changed`);
  if (digest === null) return;
  const image = await readImage(ecr(), service, await recentOperations(appRunner, arn));
  if (image.digest === digest) return;
  throw new StateDrifted(
    `${source} names ${image.digest ?? `something that cannot be seen (${image.unseen})`} by now, and ${digest} was approved; nothing was changed`,
  );
}
