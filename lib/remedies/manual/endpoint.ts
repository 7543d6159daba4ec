import { startCommand } from '../../domain/start-command.ts';
import type { EgressDependency } from '../../egress/facts.ts';
import { judgeEgress } from '../../egress/judge.ts';
import { lower, type VpcEndpoint, World } from '../../egress/world.ts';
import type { Basis } from '../remedy.ts';
import { type ByHand, destinations, type Guide, list, proveIt } from './guide.ts';
import { inTheVpc, regionOf, vpcOf } from './vpc.ts';

/** The interface endpoints on the way of one dependency, and what stops it there. */
interface Passage {
  readonly dependency: EgressDependency;
  readonly endpoints: readonly VpcEndpoint[];
  /** Groups that do not let it in. */
  readonly shut: readonly string[];
}

function passagesOf({ facts, connector, dependencies }: Basis, subjects: readonly string[]): Passage[] {
  if (!connector) return [];
  return dependencies
    .filter(({ name }) => subjects.includes(name))
    .map((dependency) => {
      const hops = judgeEgress(facts, connector, [dependency]).flatMap(({ subnets }) =>
        subnets.flatMap((one) => one.hops),
      );
      const idsOf = (wanted: string) => hops.filter(({ kind }) => kind === wanted).map(({ id }) => id);
      const shut = hops.filter(
        ({ kind, status }) => kind === 'security-group' && ['broken', 'degraded'].includes(status),
      );
      return {
        dependency,
        endpoints: (facts.VpcEndpoints ?? []).filter(({ VpcEndpointId = '' }) =>
          idsOf('endpoint').includes(VpcEndpointId),
        ),
        shut: shut.flatMap(({ id }) => id.split(', ')),
      };
    });
}

const idOf = ({ VpcEndpointId = '' }: VpcEndpoint) => VpcEndpointId;
const unique = <T>(items: readonly T[]): T[] => [...new Set(items)];

export const endpointClosed: Guide = (basis, subjects) => {
  const passages = passagesOf(basis, subjects);
  const endpoints = unique(passages.flatMap((one) => one.endpoints));
  const down = endpoints.filter(({ State }) => !['available', 'pending'].includes(lower(State ?? 'available')));
  if (down.length > 0) return putRight(basis, down);
  const rules = unique(passages.flatMap((passage) => rulesFor(basis, passage)));
  if (rules.length > 0) return openGroups(basis, passages, rules);
  const ids = endpoints.map(idOf);
  return inTheVpc(`Open the VPC endpoint${ids.length > 0 ? ` ${list(ids)}` : ''} for the service`, SHARED, [
    `look at its state, its security groups and its policy: aws ec2 describe-vpc-endpoints ${regionOf(basis)} --vpc-endpoint-ids ${ids.join(' ') || '<endpoint>'}`,
    `let ${destinations(basis, subjects)} in from ${list(basis.connector?.securityGroupIds ?? [])}`,
    'how: https://docs.aws.amazon.com/vpc/latest/privatelink/create-interface-endpoint.html',
  ]);
};

const SHARED = 'the endpoint is shared by everything that uses it: let in the groups of the service only';

/** One group that lets the traffic in is enough, whatever else the endpoint carries. */
const openableOf = ({ shut }: Passage, { Groups = [] }: VpcEndpoint): string[] =>
  Groups.flatMap(({ GroupId }) => (GroupId && shut.includes(GroupId) ? [GroupId] : [])).slice(0, 1);

function rulesFor(basis: Basis, passage: Passage): string[] {
  const [source] = basis.connector?.securityGroupIds ?? [];
  const { protocol, port } = passage.dependency;
  if (!source) return [];
  return passage.endpoints
    .flatMap((endpoint) => openableOf(passage, endpoint))
    .map((id) => `${regionOf(basis)} --group-id ${id} --protocol ${protocol} --port ${port} --source-group ${source}`);
}

function openGroups(basis: Basis, passages: readonly Passage[], rules: readonly string[]): ByHand {
  const opened = passages.flatMap((passage) =>
    passage.endpoints.flatMap((endpoint) =>
      openableOf(passage, endpoint).map((group) => `the group ${group} of the VPC endpoint ${idOf(endpoint)}`),
    ),
  );
  return inTheVpc(`Open ${unique(opened).join(' and ')}`, SHARED, [
    ...rules.map((rule) => `let the service in: aws ec2 authorize-security-group-ingress ${rule}`),
    proveIt(basis),
    ...rules.map((rule) => `the way back, if you need one: aws ec2 revoke-security-group-ingress ${rule}`),
  ]);
}

const putRight = (basis: Basis, down: readonly VpcEndpoint[]): ByHand =>
  inTheVpc(
    `Put the VPC endpoint ${list(down.map(idOf))} right`,
    'nothing gets through it as it is; one in its place may have other groups and another policy',
    down.flatMap((endpoint) => stepsFor(basis, endpoint)),
  );

function stepsFor(basis: Basis, endpoint: VpcEndpoint): string[] {
  const id = idOf(endpoint);
  const state = lower(endpoint.State);
  const another = `then start a run, which may make another, with an approval and a way back: ${startCommand(basis.service)}`;
  if (state === 'pendingacceptance')
    return [`${id} waits until the owner of ${endpoint.ServiceName} accepts it: ask there`, proveIt(basis)];
  if (state === 'deleting') return [`wait until ${id} is gone`, another];
  return [
    `${id} is ${state}, and may hold the names of its service until it is deleted: aws ec2 delete-vpc-endpoints ${regionOf(basis)} --vpc-endpoint-ids ${id}`,
    another,
  ];
}

export const dnsDisabled: Guide = (basis, subjects) => {
  const endpoints = unique(passagesOf(basis, subjects).flatMap((one) => one.endpoints));
  const silent = endpoints.flatMap((endpoint) => optionFor(endpoint).map((option) => ({ id: idOf(endpoint), option })));
  const steps = [
    ...attributeSteps(basis, silent.length > 0),
    ...silent.map(
      ({ id, option }) =>
        `let the names of its service lead to ${id}: aws ec2 modify-vpc-endpoint ${regionOf(basis)} --vpc-endpoint-id ${id} ${option}`,
    ),
    proveIt(basis),
  ];
  return silent.length > 0
    ? inTheVpc(
        `Switch on private DNS of ${list(silent.map(({ id }) => id))}`,
        'names in the whole VPC lead to the endpoint afterwards: its groups have to let in everything that calls the service',
        steps,
      )
    : inTheVpc(
        'Switch on the DNS attributes of the VPC',
        'names in the whole VPC resolve otherwise afterwards: names of endpoints lead to private addresses',
        steps,
      );
};

function optionFor({ PrivateDnsEnabled, DnsOptions }: VpcEndpoint): string[] {
  if (!PrivateDnsEnabled) return ['--private-dns-enabled'];
  if (DnsOptions?.PrivateDnsOnlyForInboundResolverEndpoint)
    return ['--dns-options PrivateDnsOnlyForInboundResolverEndpoint=false'];
  return [];
}

/** Those that are off; where nothing else keeps the names, also those that nobody saw. */
function attributeSteps(basis: Basis, onlyKnown: boolean): string[] {
  const vpcId = vpcOf(basis);
  const { support, hostnames } = new World(basis.facts, { subnetIds: [], securityGroupIds: [] }).dns(vpcId);
  const isWanted = (value: boolean | undefined) => value === false || (value === undefined && !onlyKnown);
  const command = `aws ec2 modify-vpc-attribute ${regionOf(basis)} --vpc-id ${vpcId}`;
  return [
    ...(isWanted(support)
      ? [
          `switch on DNS support (what it does: https://docs.aws.amazon.com/vpc/latest/userguide/AmazonDNS-concepts.html): ${command} --enable-dns-support`,
        ]
      : []),
    ...(isWanted(hostnames) ? [`switch on DNS host names: ${command} --enable-dns-hostnames`] : []),
  ];
}
