import type { CreateVpcEndpointRequest, ModifyVpcEndpointRequest } from '@aws-sdk/client-ec2';
import type { Account } from '../account.ts';
import { AwsError } from '../http/errors.ts';
import type { Endpoint } from './endpoints.ts';
import { tableById } from './lookup.ts';
import type { World } from './world.ts';

type RouteTable = Account['ec2']['routeTables'][number];

/*
 * A gateway endpoint is its routes: it is there and gone at once.
 * https://docs.aws.amazon.com/vpc/latest/privatelink/gateway-endpoints.html
 */

export function createGatewayEndpoint(
  { account }: World,
  draft: Endpoint,
  { RouteTableIds = [] }: CreateVpcEndpointRequest,
): void {
  const { vpcEndpoints, limits } = account.ec2;
  if (vpcEndpoints.filter((one) => one.VpcEndpointType === 'Gateway').length >= limits.gatewayEndpoints) {
    throw new AwsError('VpcEndpointLimitExceeded', `The limit is ${limits.gatewayEndpoints} gateway endpoints.`);
  }
  const tables = freeTables(account, draft, RouteTableIds);
  draft.State = 'available';
  vpcEndpoints.push(draft);
  attach(account, draft, tables);
}

export function modifyGatewayEndpoint(
  { account }: World,
  endpoint: Endpoint,
  { AddRouteTableIds = [], RemoveRouteTableIds = [] }: ModifyVpcEndpointRequest,
): void {
  const present = endpoint.RouteTableIds ?? [];
  const leaving = RemoveRouteTableIds.map((id) => tableById(account, id));
  const stranger = RemoveRouteTableIds.find((id) => !present.includes(id));
  if (stranger) throw new AwsError('InvalidParameter', `Route table ${stranger} is not associated with the endpoint`);
  const joining = freeTables(
    account,
    endpoint,
    AddRouteTableIds.filter((id) => !present.includes(id)),
  );
  detach(endpoint, leaving);
  attach(account, endpoint, joining);
}

export function deleteGatewayEndpoint({ account }: World, endpoint: Endpoint): void {
  detach(endpoint, account.ec2.routeTables);
  account.ec2.vpcEndpoints = account.ec2.vpcEndpoints.filter((other) => other !== endpoint);
}

const prefixListOf = ({ ec2 }: Account, { ServiceName }: Endpoint): string | undefined =>
  ec2.prefixLists.find(({ PrefixListName }) => PrefixListName === ServiceName)?.PrefixListId;

/** Tables of the endpoint's VPC that have no route to the service yet. */
function freeTables(account: Account, endpoint: Endpoint, ids: readonly string[]): RouteTable[] {
  const list = prefixListOf(account, endpoint);
  return ids.map((id) => {
    const table = tableById(account, id);
    if (table.VpcId !== endpoint.VpcId) {
      throw new AwsError('InvalidParameter', `Route table ${id} does not belong to ${endpoint.VpcId}`);
    }
    if (table.Routes?.some(({ DestinationPrefixListId }) => DestinationPrefixListId === list)) {
      const message = `route table ${id} already has a route with destination-prefix-list-id ${list}`;
      throw new AwsError('RouteAlreadyExists', message);
    }
    return table;
  });
}

function attach(account: Account, endpoint: Endpoint, tables: readonly RouteTable[]): void {
  const { VpcEndpointId: GatewayId } = endpoint;
  const DestinationPrefixListId = prefixListOf(account, endpoint);
  for (const table of tables) {
    const route = { DestinationPrefixListId, GatewayId, Origin: 'CreateRoute', State: 'active' };
    table.Routes = [...(table.Routes ?? []), route];
  }
  endpoint.RouteTableIds = [
    ...(endpoint.RouteTableIds ?? []),
    ...tables.flatMap(({ RouteTableId }) => RouteTableId ?? []),
  ];
}

function detach(endpoint: Endpoint, tables: readonly RouteTable[]): void {
  for (const table of tables) {
    table.Routes = table.Routes?.filter(({ GatewayId }) => GatewayId !== endpoint.VpcEndpointId);
  }
  const ids = tables.map(({ RouteTableId }) => RouteTableId);
  endpoint.RouteTableIds = endpoint.RouteTableIds?.filter((id) => !ids.includes(id));
}
