import { DescribeVpcAttributeCommand, DescribeVpcEndpointsCommand, type VpcEndpoint } from '@aws-sdk/client-ec2';
import * as z from 'zod/mini';
import { StateDrifted } from '../domain/errors.ts';
import type { Place, Precondition, Step } from '../domain/plan.ts';
import type { Entry, Ledger } from '../run/ledger.ts';
import { type Hands, makeEndpoint } from './changes/endpoint.ts';
import { makeSecurityGroup } from './changes/security-group.ts';
import { type Admission, admissionFor, neighboursIn } from './endpoints/admission.ts';
import { withInterfaceEndpoints } from './endpoints/after.ts';
import { type Asked, askFor, canBeHad, homeOf } from './endpoints/asked.ts';
import { areSeen, isOffered, isOwn } from './endpoints/broken.ts';
import { namesAreFree, namesCanTurn, rivalOf } from './endpoints/dns.ts';
import { lookAtEndpoints } from './endpoints/wait.ts';
import { isBegun } from './network/begun.ts';
import { aMonth } from './prices.ts';
import { type Basis, changeId, type EndpointService, type Progress, type Proposal, type Remedy } from './remedy.ts';

const Details = z.strictObject({
  vpcId: z.string(),
  /** Whom the group of the endpoints lets in: from each block or group, by TCP to each port. */
  group: z.strictObject({ ports: z.array(z.int()), cidrs: z.array(z.string()), groupIds: z.array(z.string()) }),
  /** Services in the VPC when the plan was made. */
  knownNeighbours: z.array(z.string()),
  endpoints: z.array(
    z.strictObject({
      service: z.string(),
      serviceName: z.string(),
      subnetIds: z.array(z.string()).check(z.minLength(1)),
    }),
  ),
});
type Details = z.infer<typeof Details>;
type Planned = Details['endpoints'][number];

/** A way to AWS services that have no gateway endpoint, past the internet: by name, for the whole VPC. */
export const addInterfaceEndpoints: Remedy = { name: 'add-interface-endpoints', propose };

function propose(basis: Basis): Proposal[] {
  const { connector, facts, prices } = basis;
  const asked = askFor(basis);
  if (!connector || asked.length === 0) return [];
  const possible = asked.filter(canBeHad);
  // What cannot be had is a reason against it only where nothing else is left to have.
  const chosen = possible.length > 0 ? possible : asked;
  const names = chosen.map(({ service }) => service).join(', ');
  const vpcId = homeOf(basis);
  const admission = vpcId && admissionFor(basis, vpcId, chosen);
  const endpoints = possible.map(({ service, offer, subnetIds }) => ({ service, ...offer, subnetIds: [...subnetIds] }));
  const zones = endpoints.reduce((sum, { subnetIds }) => sum + subnetIds.length, 0);
  return [
    {
      title: `Add interface endpoints for ${names}`,
      monthlyCostUsd: aMonth(prices.interfaceEndpointHour * zones),
      minutes: 5,
      redeploys: false,
      security: `traffic to ${names} stays inside AWS and takes no way to the internet; ${admission ? `a new group lets ${portsOf(admission)} in ${admission.because}` : 'whom to let in is not known'}`,
      reversible: true,
      preconditions: preconditionsOf(basis, vpcId, chosen),
      affects: vpcId ? affectsOf(basis, vpcId, endpoints) : [],
      warnings: [
        ...asked.filter((one) => !chosen.includes(one)).map((one) => `${one.service} is left out: ${one.against}`),
        'each gigabyte through an endpoint costs extra, and each zone by the hour',
        `policies that name aws:SourceIp stop matching for ${names}: aws:SourceVpc or aws:SourceVpce take its place`,
        ...(admission && admission.cidrs.length === 0
          ? ['what gets another group in this VPC later has to be let in by the group of the endpoints']
          : []),
        'a private hosted zone of the same name in the VPC makes AWS refuse private DNS; that is not looked at here',
      ],
      ...(vpcId &&
        admission &&
        endpoints.length > 0 && {
          step: stepOf(vpcId, admission, endpoints, neighboursIn(basis, vpcId)),
          after: withInterfaceEndpoints(facts, vpcId, endpoints, admission),
        }),
    },
  ];
}

function preconditionsOf(basis: Basis, vpcId: string | undefined, chosen: readonly Asked[]): Precondition[] {
  const names = chosen.map(({ service }) => service);
  const rivals = chosen.flatMap(({ rival }) => rival ?? []);
  return [
    isOffered(basis, names, 'Interface'),
    namesAreFree(names, rivals),
    ...(vpcId ? [namesCanTurn(basis, vpcId), isOwn(basis, vpcId)] : [NOWHERE]),
    ...chosen.flatMap(({ placement }) => placement?.check ?? []),
    areSeen(basis, 'the endpoints of the VPC are known', 'VpcEndpoints'),
    areSeen(basis, 'the security groups of the VPC are known', 'SecurityGroups'),
  ];
}

const NOWHERE: Precondition = {
  what: 'the VPC of the service is known',
  met: 'unknown',
  because: 'the subnets of the connector could not be looked at (ec2:DescribeSubnets)',
};

const stepOf = (
  vpcId: string,
  { ports, cidrs, groupIds }: Admission,
  wanted: readonly Planned[],
  knownNeighbours: string[],
) => {
  const group = { ports: [...ports], cidrs: [...cidrs], groupIds: [...groupIds] };
  const endpoints = wanted.map(({ service, serviceName, subnetIds }) => ({ service, serviceName, subnetIds }));
  return {
    target: vpcId,
    changes: [groupOf(vpcId, group), ...endpoints.map((one) => endpointOf(vpcId, one))],
    undo: 'delete the endpoints that were made here, then their group; the names lead where they led before',
    details: { vpcId, group, knownNeighbours, endpoints } satisfies Details,
  };
};

const portsOf = ({ ports }: Pick<Admission, 'ports'>): string => ports.map((port) => `tcp/${port}`).join(', ');

const groupOf = (vpcId: string, { ports, cidrs, groupIds }: Omit<Admission, 'because'>): string =>
  `make a security group in ${vpcId} that lets ${portsOf({ ports })} in from ${[...groupIds, ...cidrs].join(', ')}`;

const endpointOf = (vpcId: string, { serviceName, subnetIds }: Planned): string =>
  `make an interface endpoint for ${serviceName} in ${vpcId}, with private DNS, in ${subnetIds.join(', ')}`;

const affectsOf = (basis: Basis, vpcId: string, endpoints: readonly Pick<EndpointService, 'privateDnsNames'>[]) => [
  ...neighboursIn(basis, vpcId).map(
    (name) => `${name} is in ${vpcId} too: for it the names lead to the endpoints as well`,
  ),
  ...endpoints.map(
    ({ privateDnsNames }) =>
      `everything in ${vpcId} that calls ${privateDnsNames.join(', ') || 'the default name'} goes through the endpoint`,
  ),
];

/** The group, then the endpoints, then looks until they are available. Called again, it makes nothing twice. */
export async function apply(
  { ec2, ledger }: Hands & { readonly ledger: Ledger },
  place: Place,
  step: Step,
): Promise<Progress> {
  const { vpcId, group, knownNeighbours, endpoints } = z.parse(Details, step.details);
  if (!(await isBegun(ledger, place))) await holdNames({ ec2 }, vpcId, endpoints);
  const base = { service: place.service, remedy: step.remedy, target: vpcId };
  const { resource = '' } = await makeSecurityGroup(
    { ec2 },
    ledger,
    { ...base, id: changeId(place, 1), what: groupOf(vpcId, group), undo: 'delete the group with its rules' },
    { vpcId, description: `reconnect: endpoints for ${place.service}`, ...group },
  );
  const made: Entry[] = [];
  for (const [index, planned] of endpoints.entries()) {
    const id = changeId(place, index + 2);
    const { serviceName, subnetIds } = planned;
    const entry = await makeEndpoint(
      { ec2 },
      ledger,
      { ...base, id, what: endpointOf(vpcId, planned), undo: 'delete the endpoint' },
      { vpcId, serviceName, type: 'Interface', routeTableIds: [], subnetIds, groupIds: [resource], knownNeighbours },
    );
    made.push(entry);
  }
  return lookAtEndpoints({ ec2 }, ledger, made);
}

/** The plan saw names that were free to lead to new endpoints. */
async function holdNames({ ec2 }: Hands, vpcId: string, planned: Details['endpoints']): Promise<void> {
  const seen: VpcEndpoint[] = [];
  const Filters = [{ Name: 'vpc-id', Values: [vpcId] }];
  let NextToken: string | undefined;
  do {
    const page = await ec2.send(new DescribeVpcEndpointsCommand({ Filters, NextToken }));
    seen.push(...(page.VpcEndpoints ?? []));
    NextToken = page.NextToken;
  } while (NextToken);
  for (const { serviceName } of planned) {
    const rival = rivalOf(seen, vpcId, { serviceName });
    if (rival) throw new StateDrifted(`${rival} answers to the names of ${serviceName} in ${vpcId} by now`);
  }
  for (const Attribute of ['enableDnsSupport', 'enableDnsHostnames'] as const) {
    const answer = await ec2.send(new DescribeVpcAttributeCommand({ VpcId: vpcId, Attribute }));
    const { Value } = (Attribute === 'enableDnsSupport' ? answer.EnableDnsSupport : answer.EnableDnsHostnames) ?? {};
    if (!Value) throw new StateDrifted(`${Attribute} of ${vpcId} is off by now`);
  }
}
