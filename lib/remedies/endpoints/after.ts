import { parseAddress } from '../../egress/addresses.ts';
import type { EgressFacts } from '../../egress/facts.ts';
import { canonicalService } from '../../egress/services.ts';
import type { Basis } from '../remedy.ts';
import type { Admission } from './admission.ts';

/*
 * The network as it would be. Ids of what is not made yet are made up and begin so: no rule may name them.
 */
export const PLANNED_GROUP = 'sg-planned';
export const PLANNED_LIST = 'pl-planned';

export interface PlannedGateway {
  readonly service: string;
  readonly serviceName: string;
  readonly routeTableIds: readonly string[];
  /** Null: AWS did not name it. */
  readonly prefixListId: string | null;
}

export function withGatewayEndpoints(
  { facts, dependencies }: Pick<Basis, 'facts' | 'dependencies'>,
  VpcId: string,
  endpoints: readonly PlannedGateway[],
): EgressFacts {
  const made = endpoints.map((one) => ({
    ...one,
    id: `vpce-planned-${one.service}`,
    listId: one.prefixListId ?? `${PLANNED_LIST}-${one.service}`,
  }));
  /** A list that nobody named holds at least the addresses that the service has. */
  const addressesOf = (service: string) =>
    dependencies
      .filter(({ aws }) => aws && canonicalService(aws) === service)
      .flatMap(({ addresses = [] }) => addresses)
      .filter((address) => parseAddress(address)?.family === 4)
      .map((address) => `${address}/32`);
  return {
    ...facts,
    RouteTables: facts.RouteTables?.map((table) => ({
      ...table,
      Routes: [
        ...(table.Routes ?? []),
        ...made
          .filter(({ routeTableIds }) => routeTableIds.includes(table.RouteTableId ?? ''))
          .map(({ id, listId }) => ({
            DestinationPrefixListId: listId,
            GatewayId: id,
            State: 'active',
            Origin: 'CreateRoute',
          })),
      ],
    })),
    VpcEndpoints: facts.VpcEndpoints && [
      ...facts.VpcEndpoints,
      ...made.map(({ id, serviceName, routeTableIds }) => ({
        VpcEndpointId: id,
        VpcEndpointType: 'Gateway',
        VpcId,
        ServiceName: serviceName,
        State: 'available',
        RouteTableIds: [...routeTableIds],
      })),
    ],
    PrefixLists: [
      ...(facts.PrefixLists ?? []),
      ...made
        .filter(({ prefixListId }) => prefixListId === null)
        .map(({ listId, serviceName, service }) => ({
          PrefixListId: listId,
          PrefixListName: serviceName,
          Cidrs: addressesOf(service),
        })),
    ],
  };
}

export interface PlannedEndpoint {
  readonly service: string;
  readonly serviceName: string;
  readonly subnetIds: readonly string[];
}

/**
 * The network with interface endpoints in it. Their addresses are AWS's to choose, so they get no interfaces here: any
 * address of their subnets has to do.
 */
export function withInterfaceEndpoints(
  facts: EgressFacts,
  VpcId: string,
  endpoints: readonly (PlannedEndpoint & { readonly privateDnsNames: readonly string[] })[],
  { ports, cidrs, groupIds }: Pick<Admission, 'ports' | 'cidrs' | 'groupIds'>,
): EgressFacts {
  const GroupId = PLANNED_GROUP;
  return {
    ...facts,
    SecurityGroups: facts.SecurityGroups && [
      ...facts.SecurityGroups,
      {
        GroupId,
        GroupName: GroupId,
        VpcId,
        IpPermissions: ports.map((port) => ({
          IpProtocol: 'tcp',
          FromPort: port,
          ToPort: port,
          IpRanges: cidrs.map((CidrIp) => ({ CidrIp })),
          UserIdGroupPairs: groupIds.map((id) => ({ GroupId: id })),
        })),
        IpPermissionsEgress: [],
      },
    ],
    VpcEndpoints: facts.VpcEndpoints && [
      ...facts.VpcEndpoints,
      ...endpoints.map(({ service, serviceName, subnetIds, privateDnsNames }) => ({
        VpcEndpointId: `vpce-planned-${service}`,
        VpcEndpointType: 'Interface',
        VpcId,
        ServiceName: serviceName,
        State: 'available',
        PrivateDnsEnabled: true,
        SubnetIds: [...subnetIds],
        NetworkInterfaceIds: [],
        Groups: [{ GroupId, GroupName: GroupId }],
        DnsEntries: privateDnsNames.map((DnsName) => ({ DnsName })),
      })),
    ],
  };
}
