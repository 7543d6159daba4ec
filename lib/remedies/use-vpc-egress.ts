import * as z from 'zod/mini';
import type { Place, Precondition, Step } from '../domain/plan.ts';
import type { EgressResult } from '../egress/facts.ts';
import { judgeEgress } from '../egress/judge.ts';
import type { Ledger } from '../run/ledger.ts';
import { switchEgress } from './changes/egress.ts';
import type { AppRunnerHands } from './changes/operation.ts';
import { type Basis, type Connector, changeId, type Progress, type Proposal, type Remedy } from './remedy.ts';
import { isRunning } from './service.ts';
import { brokenDependencies } from './weigh.ts';

const Details = z.strictObject({ egress: z.strictObject({ type: z.literal('DEFAULT') }), connector: z.string() });

interface Candidate {
  readonly connector: Connector;
  readonly ways: readonly EgressResult[];
}

/** Back to a VPC, through a connector that is there and whose network is open to everything that is needed. */
export const useVpcEgress: Remedy = {
  name: 'use-vpc-egress',
  propose(basis: Basis): readonly Proposal[] {
    const { service, configuration, exposure } = basis;
    const isPrivate = (name: string) =>
      exposure.some((item) => item.name === name && item.reachableFromInternet === 'no');
    const cutOff = brokenDependencies(basis).filter(isPrivate);
    if (configuration.egress.type !== 'DEFAULT' || cutOff.length === 0) return [];
    const best = bestOf(basis);
    const isNew = best !== undefined && isFirstUse(basis, best.connector);
    return [
      {
        title: 'Switch egress to VPC: through a connector that reaches what is private',
        monthlyCostUsd: 0,
        minutes: isNew ? 15 : 10,
        redeploys: true,
        security:
          'all traffic of the service leaves through the VPC: its routes, groups and network ACLs limit where to',
        reversible: true,
        preconditions: [isRunning(configuration), isThere(best), ...(best?.ways ?? []).map(isReached)],
        affects: [],
        warnings: isNew
          ? [
              `no other service uses the subnets and groups of ${best.connector.arn}: its first use takes 2 to 5 minutes more`,
            ]
          : [],
        fixes: best ? brokenDependencies(basis).filter((name) => opens(best, name)) : [],
        ...(best && {
          step: {
            target: service.arn,
            changes: [`egress of ${service.name}: DEFAULT → VPC through ${best.connector.arn}`],
            undo: 'put egress back to DEFAULT',
            details: { egress: { type: 'DEFAULT' }, connector: best.connector.arn },
          },
        }),
      },
    ];
  },
};

/** The connector that leaves the least unreached; between equals the first by its ARN. */
function bestOf({ connectors, facts, dependencies }: Basis): Candidate | undefined {
  const unreached = ({ ways }: Candidate) => ways.filter(({ status }) => status !== 'ok').length;
  return connectors
    .map((connector) => ({ connector, ways: judgeEgress(facts, connector, dependencies) }))
    .sort((a, b) => unreached(a) - unreached(b) || (a.connector.arn < b.connector.arn ? -1 : 1))[0];
}

const opens = ({ ways }: Candidate, wanted: string) =>
  ways.some(({ name, status }) => name === wanted && status === 'ok');

const isThere = (best: Candidate | undefined): Precondition => ({
  what: 'there is a VPC connector that is ACTIVE',
  met: best ? 'yes' : 'no',
  because: best?.connector.arn ?? 'the region has no VPC connector that is ACTIVE',
});

const isReached = ({ name, status, because }: EgressResult): Precondition => ({
  what: `${name} can be reached through the connector`,
  met: ({ ok: 'yes', unknown: 'unknown', broken: 'no', degraded: 'no' } as const)[status],
  because,
});

/**
 * App Runner keeps one interface for each subnet and set of groups, whoever uses it.
 * https://docs.aws.amazon.com/apprunner/latest/dg/network-vpc.html
 */
const isFirstUse = ({ neighbours }: Basis, wanted: Connector): boolean =>
  !neighbours.some(
    ({ connector }) =>
      isSameSet(connector.subnetIds, wanted.subnetIds) &&
      isSameSet(connector.securityGroupIds, wanted.securityGroupIds),
  );

const isSameSet = (a: readonly string[], b: readonly string[]) =>
  new Set(a).size === new Set(b).size && a.every((item) => b.includes(item));

export interface Hands extends AppRunnerHands {
  readonly ledger: Ledger;
}

/** Switches egress to the connector and touches nothing else. */
export async function apply({ ledger, ...hands }: Hands, place: Place, step: Step): Promise<Progress> {
  const { egress, connector } = z.parse(Details, step.details);
  const { operationId } = await switchEgress(hands, ledger, {
    id: changeId(place, 1),
    service: place.service,
    step,
    from: egress,
    to: { type: 'VPC', vpcConnectorArn: connector },
  });
  return {
    state: 'going',
    operationId,
    because: `App Runner switches egress to ${connector}, which takes some minutes`,
  };
}
