import { DescribeRouteTablesCommand } from '@aws-sdk/client-ec2';
import * as z from 'zod/mini';
import { StateDrifted } from '../domain/errors.ts';
import type { Place, Step } from '../domain/plan.ts';
import { isServiceName } from '../egress/services.ts';
import type { Entry, Ledger } from '../run/ledger.ts';
import { type Hands, makeEndpoint } from './changes/endpoint.ts';
import { isGone } from './changes/refusal.ts';
import { withGatewayEndpoints } from './endpoints/after.ts';
import { areSeen, brokenServices, hasGateway, isOffered, isOwn, offerOf } from './endpoints/broken.ts';
import { lookAtEndpoints } from './endpoints/wait.ts';
import { neighboursOn, sharersOf } from './network/affected.ts';
import { isBegun } from './network/begun.ts';
import { connectorTables, isKnown } from './network/tables.ts';
import { type Basis, changeId, type Progress, type Proposal, type Remedy } from './remedy.ts';

const Details = z.strictObject({
  vpcId: z.string(),
  endpoints: z.array(
    z.strictObject({
      service: z.string(),
      serviceName: z.string(),
      /** Those that had no route to the service. */
      routeTableIds: z.array(z.string()).check(z.minLength(1)),
      /** What the route leads to; null where AWS did not name it. */
      prefixListId: z.nullable(z.string()),
      /** Services that left by these tables when the plan was made. */
      knownNeighbours: z.array(z.string()),
    }),
  ),
});
type Details = z.infer<typeof Details>;
type Planned = Details['endpoints'][number];

const TITLES: Readonly<Record<string, string>> = { s3: 'S3', dynamodb: 'DynamoDB' };
const titleOf = (service: string) => TITLES[service] ?? service;

/** A way to S3 and DynamoDB past the internet: free, in force at once. */
export const addGatewayEndpoint: Remedy = { name: 'add-gateway-endpoint', propose };

function propose(basis: Basis): Proposal[] {
  const broken = brokenServices(basis)
    .map(({ service }) => service)
    .filter(hasGateway);
  const { connector } = basis;
  if (!connector || broken.length === 0) return [];
  const tables = connectorTables(basis);
  const known = tables.filter(isKnown);
  const unknown = tables.flatMap((table) => (isKnown(table) ? [] : [table.because]));
  const ids = [...new Set(known.map(({ routeTableId }) => routeTableId))].sort();
  const endpoints = broken.flatMap((service) => plannedFor(basis, service, ids));
  const vpcId = known[0]?.vpcId;
  // Where every table has its route already, what is broken is something else.
  if (endpoints.length === 0 && unknown.length === 0) return [];
  const services = endpoints.length > 0 ? endpoints.map(({ service }) => service) : broken;
  const names = services.map(titleOf).join(' and ');
  const touched = [...new Set(endpoints.flatMap(({ routeTableIds }) => routeTableIds))].sort();
  const where = touched.join(', ');
  return [
    {
      title: `Add ${endpoints.length > 1 ? 'gateway endpoints' : 'a gateway endpoint'} for ${names}`,
      monthlyCostUsd: 0,
      minutes: 1,
      redeploys: false,
      security: `traffic to ${names} stays inside AWS and takes no way to the internet; what it may do there is still up to the permissions of the caller, because the endpoint has AWS's default policy`,
      reversible: true,
      preconditions: [
        isOffered(basis, services, 'Gateway'),
        {
          what: 'the route table of each subnet of the service is known',
          met: unknown.length > 0 ? 'unknown' : 'yes',
          because: unknown.length > 0 ? unknown.join('; ') : `they are ${ids.join(', ')}`,
        },
        areSeen(basis, 'the endpoints of the VPC are known', 'VpcEndpoints'),
        ...(vpcId ? [isOwn(basis, vpcId)] : []),
      ],
      affects: sharersOf(basis, touched),
      warnings: [
        `connections to ${names} that are open through ${where} are cut once, when the route changes`,
        `for all that goes by ${where}, ${names} no longer sees the address of a NAT gateway: policies that name aws:SourceIp stop matching, and aws:SourceVpc or aws:SourceVpce take their place`,
        `only ${names} in ${basis.region} goes this way`,
      ],
      ...(vpcId && endpoints.length > 0 && { step: stepOf(vpcId, endpoints) }),
      ...(vpcId && endpoints.length > 0 && { after: withGatewayEndpoints(basis, vpcId, endpoints) }),
    },
  ];
}

/** A table takes one route to a service, whatever it leads to. */
function plannedFor(basis: Basis, service: string, ids: readonly string[]): Planned[] {
  const { facts, region } = basis;
  const list = facts.PrefixLists?.find(({ PrefixListName }) => isServiceName(PrefixListName, service, region));
  const prefixListId = list?.PrefixListId ?? null;
  const serving = (facts.VpcEndpoints ?? []).filter(({ ServiceName }) => isServiceName(ServiceName, service, region));
  const routeTableIds = ids.filter((id) => {
    const routes = facts.RouteTables?.find(({ RouteTableId }) => RouteTableId === id)?.Routes ?? [];
    const hasRoute = routes.some(
      ({ DestinationPrefixListId: to, GatewayId }) =>
        to && (to === prefixListId || serving.some(({ VpcEndpointId }) => VpcEndpointId === GatewayId)),
    );
    return !hasRoute;
  });
  const serviceName = offerOf(basis, service, 'Gateway')?.serviceName ?? `com.amazonaws.${region}.${service}`;
  const knownNeighbours = neighboursOn(basis, routeTableIds);
  return routeTableIds.length > 0 ? [{ service, serviceName, routeTableIds, prefixListId, knownNeighbours }] : [];
}

const stepOf = (vpcId: string, endpoints: Planned[]): Pick<Step, 'target' | 'changes' | 'undo' | 'details'> => ({
  target: vpcId,
  changes: endpoints.map(whatOf(vpcId)),
  undo: 'delete the endpoints that were made here; their routes go with them',
  details: { vpcId, endpoints } satisfies Details,
});

const whatOf =
  (vpcId: string) =>
  ({ service, serviceName, routeTableIds, prefixListId }: Planned): string =>
    `make a gateway endpoint for ${titleOf(service)} (${serviceName}) in ${vpcId}, with a route to it${prefixListId ? ` for ${prefixListId}` : ''} in ${routeTableIds.join(', ')}`;

/** Makes the endpoints one after the other, then looks whether they are in force. Called again, it makes nothing twice. */
export async function apply(
  { ec2, ledger }: Hands & { readonly ledger: Ledger },
  place: Place,
  step: Step,
): Promise<Progress> {
  const { vpcId, endpoints } = z.parse(Details, step.details);
  if (!(await isBegun(ledger, place))) await holdRoutes({ ec2 }, endpoints);
  const made: Entry[] = [];
  for (const [index, planned] of endpoints.entries()) {
    const { serviceName, routeTableIds, knownNeighbours } = planned;
    const entry = await makeEndpoint(
      { ec2 },
      ledger,
      {
        id: changeId(place, index + 1),
        service: place.service,
        remedy: step.remedy,
        target: vpcId,
        what: whatOf(vpcId)(planned),
        undo: 'delete the endpoint; its routes go with it',
      },
      { vpcId, serviceName, type: 'Gateway', routeTableIds, subnetIds: [], groupIds: [], knownNeighbours },
    );
    made.push(entry);
  }
  return lookAtEndpoints({ ec2 }, ledger, made);
}

/** The plan saw tables without a route to the service. */
async function holdRoutes({ ec2 }: Hands, endpoints: readonly Planned[]): Promise<void> {
  const RouteTableIds = [...new Set(endpoints.flatMap(({ routeTableIds }) => routeTableIds))];
  try {
    const { RouteTables = [] } = await ec2.send(new DescribeRouteTablesCommand({ RouteTableIds }));
    for (const { serviceName, routeTableIds, prefixListId } of endpoints)
      for (const { RouteTableId = '', Routes = [] } of RouteTables) {
        const route = Routes.find(({ DestinationPrefixListId: to }) => to && to === prefixListId);
        if (route && routeTableIds.includes(RouteTableId))
          throw new StateDrifted(`${RouteTableId} has a route to ${serviceName} by now, to ${route.GatewayId}`);
      }
  } catch (error) {
    if (!isGone(error)) throw error;
    throw new StateDrifted(`one of the route tables ${RouteTableIds.join(', ')} is gone`, { cause: error });
  }
}
