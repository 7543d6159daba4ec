import type { AppRunnerClient, Service } from '@aws-sdk/client-apprunner';
import { contentHash } from '../domain/canonical.ts';
import { RetryLater } from '../domain/errors.ts';
import { isRuleOfAnother, SERVICE_TAG } from '../domain/marks.ts';
import { describeConnector } from '../target/apprunner.ts';
import { collectFacts, type Ec2Reader } from './collect.ts';
import type { EgressConnector, EgressFacts } from './facts.ts';
import { World } from './world.ts';

/**
 * What a repair of the network could change: the route tables of the connector's subnets and the rules of its groups,
 * each as a hash by its id. Small, and equal only where the network treats the service as before. What a run for another
 * service made is left out: where two repair one network at the same time, each knows its own.
 */
export type Footprint = Readonly<Record<string, string>>;

const LOOKED_AT = [
  'ec2:DescribeSubnets',
  'ec2:DescribeRouteTables',
  'ec2:DescribeSecurityGroups',
  'ec2:DescribeNatGateways',
];

/** Undefined where the permission to look is missing. Throws `RetryLater` where AWS only did not answer. */
export async function collectFootprint(
  appRunner: Pick<AppRunnerClient, 'send'>,
  ec2: () => Ec2Reader,
  service: Service,
): Promise<Footprint | undefined> {
  const arn = service.NetworkConfiguration?.EgressConfiguration?.VpcConnectorArn;
  if (!arn) return {};
  const connector = await describeConnector(appRunner, arn);
  const { facts, gaps } = await collectFacts({ ec2: ec2() }, { subnetIds: connector.subnetIds });
  const unseen = gaps.filter(({ action }) => LOOKED_AT.includes(action));
  if (unseen.some(({ because }) => !because.includes('permission')))
    throw new RetryLater('the network could not be read');
  return unseen.length > 0 ? undefined : footprintOf(facts, connector, service.ServiceName ?? '');
}

export function footprintOf(facts: EgressFacts, connector: EgressConnector, service: string): Footprint {
  const world = new World(facts, connector);
  const tables = connector.subnetIds.flatMap((id) => {
    const subnet = world.subnets?.get(id);
    const table = subnet && world.tableOf(subnet);
    return table && typeof table !== 'string' ? [table.id] : [];
  });
  const isAlive = carries(facts.NatGateways);
  const foreign = madeForOthers(facts, service);
  const isForeign = ({ NatGatewayId, GatewayId }: Route) => foreign.has(NatGatewayId ?? GatewayId ?? '');
  const routes = (facts.RouteTables ?? [])
    .filter(({ RouteTableId = '' }) => tables.includes(RouteTableId))
    .map(
      ({ RouteTableId = '', Routes = [] }) =>
        [RouteTableId, unordered(Routes.filter((route) => isAlive(route) && !isForeign(route)))] as const,
    );
  const rules = (facts.SecurityGroups ?? [])
    .filter(({ GroupId = '' }) => connector.securityGroupIds.includes(GroupId))
    .map(({ GroupId = '', IpPermissionsEgress = [], IpPermissions = [] }) => {
      const each = (list: typeof IpPermissions) => unordered(list.flatMap((permission) => apart(permission, service)));
      return [GroupId, contentHash([each(IpPermissionsEgress), each(IpPermissions)])] as const;
    });
  return Object.fromEntries([...routes, ...rules].sort(([a], [b]) => (a < b ? -1 : 1)));
}

const unordered = (list: readonly unknown[]): string => contentHash(list.map(contentHash).sort());

type Gateway = NonNullable<EgressFacts['NatGateways']>[number];
type Route = NonNullable<NonNullable<EgressFacts['RouteTables']>[number]['Routes']>[number];

/** What a dead route drops, no route drops too: AWS makes none to what is gone, so none can be put back. */
const carries = (natGateways: EgressFacts['NatGateways']) => {
  const dead = (natGateways ?? []).filter(({ State }) => !['available', 'pending'].includes(State ?? 'available'));
  const gone = new Set(dead.map(({ NatGatewayId }) => NatGatewayId));
  return ({ State, NatGatewayId }: Route) => State !== 'blackhole' && !(NatGatewayId && gone.has(NatGatewayId));
};

/** NAT gateways and endpoints. */
function madeForOthers({ NatGateways, VpcEndpoints }: EgressFacts, service: string): Set<string> {
  const isForeign = ({ Tags }: Pick<Gateway, 'Tags'>) => {
    const owner = Tags?.find(({ Key }) => Key === SERVICE_TAG)?.Value;
    return owner !== undefined && owner !== service;
  };
  const gateways = (NatGateways ?? []).filter(isForeign).map(({ NatGatewayId }) => NatGatewayId ?? '');
  const endpoints = (VpcEndpoints ?? []).filter(isForeign).map(({ VpcEndpointId }) => VpcEndpointId ?? '');
  return new Set([...gateways, ...endpoints].filter(Boolean));
}

type Permission = NonNullable<NonNullable<EgressFacts['SecurityGroups']>[number]['IpPermissions']>[number];

/** AWS groups the peers of equal ports as it likes. */
function apart({ IpRanges, Ipv6Ranges, PrefixListIds, UserIdGroupPairs, ...ports }: Permission, service: string) {
  const peers = [
    ...(IpRanges ?? []).map(({ CidrIp: peer, Description }) => ({ peer, Description })),
    ...(Ipv6Ranges ?? []).map(({ CidrIpv6: peer, Description }) => ({ peer, Description })),
    ...(PrefixListIds ?? []).map(({ PrefixListId: peer, Description }) => ({ peer, Description })),
    ...(UserIdGroupPairs ?? []).map(({ GroupId: peer, Description }) => ({ peer, Description })),
  ];
  return peers
    .filter(({ Description }) => !isRuleOfAnother(Description, service))
    .map(({ peer }) => ({ ...ports, peer }));
}
