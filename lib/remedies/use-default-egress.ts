import * as z from 'zod/mini';
import type { Place, Precondition, Step } from '../domain/plan.ts';
import { Egress } from '../domain/service.ts';
import type { Ledger } from '../run/ledger.ts';
import { switchEgress } from './changes/egress.ts';
import type { AppRunnerHands } from './changes/operation.ts';
import { type Basis, changeId, type Progress, type Proposal, type Remedy } from './remedy.ts';
import { isRunning } from './service.ts';
import { brokenDependencies } from './weigh.ts';

const Details = z.strictObject({ egress: Egress });

/** Free and quick, but everything the service needs must be reachable from the internet. */
export const useDefaultEgress: Remedy = {
  name: 'use-default-egress',
  propose(basis: Basis): readonly Proposal[] {
    const { service, configuration, exposure } = basis;
    const broken = brokenDependencies(basis);
    if (configuration.egress.type === 'DEFAULT' || broken.length === 0) return [];
    const connector = configuration.egress.vpcConnectorArn;
    return [
      {
        title: 'Switch egress to DEFAULT: leave the VPC',
        monthlyCostUsd: 0,
        minutes: 10,
        redeploys: true,
        security:
          'the service leaves from App Runner’s own network: the VPC’s routes and groups no longer limit where to, and nothing private can be reached',
        reversible: true,
        preconditions: [isRunning(configuration), ...exposure.map(asPrecondition)],
        ...(configuration.status === 'RUNNING' && { otherwise: CUT_OFF }),
        affects: [],
        warnings: [
          'only what the profile declares was looked at: anything else that the service reaches through the VPC is cut off',
        ],
        fixes: broken.filter((name) =>
          exposure.some((item) => item.name === name && item.reachableFromInternet === 'yes'),
        ),
        step: {
          target: service.arn,
          changes: [`egress of ${service.name}: VPC through ${connector} → DEFAULT`],
          undo: `put egress back to VPC through ${connector}`,
          details: { egress: { type: 'VPC', ...(connector && { vpcConnectorArn: connector }) } },
        },
      },
    ];
  },
};

const CUT_OFF = {
  no: 'it would cut off what is private',
  unknown: 'it could cut off what may be private',
} as const;

const asPrecondition = ({ name, reachableFromInternet, because }: Basis['exposure'][number]): Precondition => ({
  what: `${name} can be reached without the VPC`,
  met: reachableFromInternet,
  because: because.replace(/\.$/, ''),
});

export interface Hands extends AppRunnerHands {
  readonly ledger: Ledger;
}

/** Switches egress to DEFAULT and touches nothing else. */
export async function apply({ ledger, ...hands }: Hands, place: Place, step: Step): Promise<Progress> {
  const { operationId } = await switchEgress(hands, ledger, {
    id: changeId(place, 1),
    service: place.service,
    step,
    from: z.parse(Details, step.details).egress,
    to: { type: 'DEFAULT' },
  });
  return { state: 'going', operationId, because: 'App Runner switches egress to DEFAULT, which takes some minutes' };
}
