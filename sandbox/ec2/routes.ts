import { isIPv4 } from 'node:net';
import type { CreateRouteRequest, DeleteRouteRequest, ReplaceRouteRequest } from '@aws-sdk/client-ec2';
import type { Account } from '../account.ts';
import { AwsError } from '../http/errors.ts';
import { canonical } from '../network/address.ts';
import type { Route } from '../network/routing.ts';
import { refuseDryRun } from './describe.ts';
import { tableById } from './lookup.ts';
import { targetOf } from './route-targets.ts';
import type { World } from './world.ts';

type Destination = Pick<Route, 'DestinationCidrBlock' | 'DestinationIpv6CidrBlock' | 'DestinationPrefixListId'>;

/** https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_CreateRoute.html */
export const routeOperations = ({ account }: World) => ({
  CreateRoute: (request: CreateRouteRequest): object => {
    refuseDryRun(request);
    const table = tableById(account, request.RouteTableId ?? '');
    const destination = destinationOf(account, request);
    const routes = table.Routes ?? [];
    // A blackhole is in the way like any other route.
    if (find(routes, destination)) {
      throw new AwsError('RouteAlreadyExists', `The route identified by ${nameOf(destination)} already exists.`);
    }
    const target = targetOf(account, table.VpcId ?? '', request);
    table.Routes = [...routes, { ...destination, ...target, Origin: 'CreateRoute', State: 'active' }];
    return { Return: true };
  },
  ReplaceRoute: (request: ReplaceRouteRequest): object => {
    refuseDryRun(request);
    const table = tableById(account, request.RouteTableId ?? '');
    const destination = destinationOf(account, request);
    const route = find(table.Routes, destination);
    if (!route) {
      // Not InvalidRoute.NotFound: https://github.com/getmoto/moto/pull/6425 tells what AWS really answers.
      const message = `There is no route defined for '${nameOf(destination)}' in the route table. Use CreateRoute instead.`;
      throw new AwsError('InvalidParameterValue', message);
    }
    holdChangeable(table.RouteTableId, route, 'replace');
    const target = targetOf(account, table.VpcId ?? '', request);
    const replacement: Route = { ...destination, ...target, Origin: 'CreateRoute', State: 'active' };
    table.Routes = table.Routes?.map((other) => (other === route ? replacement : other));
    return {};
  },
  DeleteRoute: (request: DeleteRouteRequest): object => {
    refuseDryRun(request);
    const table = tableById(account, request.RouteTableId ?? '');
    const destination = destinationOf(account, request);
    const route = find(table.Routes, destination);
    if (!route) {
      const message = `no route with destination ${nameOf(destination)} in route table ${table.RouteTableId}`;
      throw new AwsError('InvalidRoute.NotFound', message);
    }
    holdChangeable(table.RouteTableId, route, 'remove');
    table.Routes = table.Routes?.filter((other) => other !== route);
    return {};
  },
});

function destinationOf(account: Account, request: DeleteRouteRequest): Destination {
  const { DestinationCidrBlock, DestinationIpv6CidrBlock, DestinationPrefixListId } = request;
  const given = [DestinationCidrBlock, DestinationIpv6CidrBlock, DestinationPrefixListId].filter(Boolean);
  if (given.length === 0) {
    throw new AwsError('MissingParameter', 'The request must contain the parameter destinationCidrBlock');
  }
  if (given.length > 1) {
    throw new AwsError('InvalidParameterCombination', `The request names several destinations: ${given.join(', ')}`);
  }
  if (DestinationPrefixListId) {
    if (!account.ec2.prefixLists.some(({ PrefixListId }) => PrefixListId === DestinationPrefixListId)) {
      const message = `The prefix list ID '${DestinationPrefixListId}' does not exist`;
      throw new AwsError('InvalidPrefixListID.NotFound', message);
    }
    return { DestinationPrefixListId };
  }
  if (DestinationIpv6CidrBlock) return { DestinationIpv6CidrBlock };
  return { DestinationCidrBlock: canonicalOrRefused(DestinationCidrBlock ?? '') };
}

function canonicalOrRefused(cidr: string): string {
  const [network = '', length = ''] = cidr.split('/');
  if (isIPv4(network) && /^\d{1,2}$/.test(length) && Number(length) <= 32) return canonical(cidr);
  const message = `Value (${cidr}) for parameter destinationCidrBlock is invalid. This is not a valid CIDR block.`;
  throw new AwsError('InvalidParameterValue', message);
}

const nameOf = (one: Destination) =>
  one.DestinationCidrBlock ?? one.DestinationIpv6CidrBlock ?? one.DestinationPrefixListId;

const isPropagated = ({ Origin }: Route) => Origin === 'EnableVgwRoutePropagation' || Origin === 'Advertisement';

/** A propagated route may have a static one beside it, which goes first: https://docs.aws.amazon.com/vpc/latest/userguide/route-tables-priority.html */
const find = (routes: readonly Route[] | undefined, destination: Destination) =>
  routes?.find((route) => nameOf(route) === nameOf(destination) && !isPropagated(route));

/** https://docs.aws.amazon.com/vpc/latest/privatelink/gateway-endpoints.html */
function holdChangeable(tableId: string | undefined, route: Route, verb: string): void {
  const { GatewayId, DestinationPrefixListId } = route;
  if (GatewayId === 'local') {
    throw new AwsError(
      'InvalidParameterValue',
      `cannot ${verb} local route ${nameOf(route)} in route table ${tableId}`,
    );
  }
  if (DestinationPrefixListId && GatewayId?.startsWith('vpce-')) {
    const message = `cannot ${verb} route ${DestinationPrefixListId} of endpoint ${GatewayId}: change the endpoint instead`;
    throw new AwsError('InvalidParameterValue', message);
  }
}
