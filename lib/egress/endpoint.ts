import { parseAddress } from './addresses.ts';
import type { EgressDependency } from './facts.ts';
import { policyRemark } from './gateway-endpoint.ts';
import { isServiceName, SMTP_PORTS } from './services.ts';
import { beingMade, broken, list, ok, type Step, unknown } from './steps.ts';
import type { Target } from './target.ts';
import { lower, type VpcEndpoint, type World } from './world.ts';

const idOf = (endpoint: VpcEndpoint): string => endpoint.VpcEndpointId ?? 'endpoint without id';

const answersTo = (name: string | undefined, host: string): boolean => {
  const pattern = lower(name).replace(/\.$/, '');
  return pattern === host || (pattern.startsWith('*.') && host.endsWith(pattern.slice(1)));
};

/** What an interface endpoint means for a dependency. */
export type EndpointUse =
  /** The name resolves to the endpoint: the way ends there. */
  | { kind: 'used'; steps: Step[]; targets: Target[] }
  /**
   * There is one, but the name does not lead to it: `reason` becomes the cause when the other way fails too. Where it is
   * unknown, the name is about to lead there.
   */
  | { kind: 'unused'; reason: Step }
  | { kind: 'none' };

function interfacesOf(world: World, endpoint: VpcEndpoint, key: string): Target[] {
  const id = idOf(endpoint);
  const label = `the endpoint ${id}`;
  const own = endpoint.Groups?.flatMap(({ GroupId }) => GroupId ?? []);
  const base = { label, prefixListIds: [], maybeAws: false, endpointId: id };
  const interfaces = (endpoint.NetworkInterfaceIds ?? []).flatMap((eni) => world.interfaceById(eni) ?? []);
  const targets = interfaces.flatMap((item): Target[] => {
    const address = item.PrivateIpAddress ? parseAddress(item.PrivateIpAddress) : undefined;
    if (!address) return [];
    const groups = own?.length ? own : item.Groups?.flatMap(({ GroupId }) => GroupId ?? []);
    return [
      { ...base, ranges: [address], exact: true, ...(groups && { groups }), key: `${key} ${item.NetworkInterfaceId}` },
    ];
  });
  if (targets.length > 0) return targets.sort((a, b) => (a.key < b.key ? -1 : 1));
  return [...new Set(endpoint.SubnetIds ?? [])].sort().flatMap((subnetId): Target[] => {
    const blocks = world.subnets?.get(subnetId)?.v4;
    if (!blocks?.length) return [];
    return [
      { ...base, ranges: [...blocks], exact: false, ...(own?.length && { groups: own }), key: `${key} ${subnetId}` },
    ];
  });
}

function use(
  world: World,
  endpoint: VpcEndpoint,
  dependency: EgressDependency,
  service: string | undefined,
  key: string,
): EndpointUse {
  const id = idOf(endpoint);
  const kind = 'endpoint';
  if (service === 'email-smtp' && !(dependency.protocol === 'tcp' && SMTP_PORTS.includes(dependency.port))) {
    const because = `${id} serves SMTP on the ports ${SMTP_PORTS.join(', ')}, not ${dependency.protocol}/${dependency.port}.`;
    return { kind: 'used', steps: [broken(kind, id, 'endpoint-closed', because)], targets: [] };
  }
  const targets = interfacesOf(world, endpoint, key);
  if (targets.length === 0) {
    const known = endpoint.SubnetIds !== undefined;
    const because = known
      ? `${id} has no interface in any subnet that was collected.`
      : `In which subnets ${id} has interfaces was not collected.`;
    return {
      kind: 'used',
      steps: [
        known && endpoint.SubnetIds?.length === 0
          ? broken(kind, id, 'endpoint-closed', because)
          : unknown(kind, id, because),
      ],
      targets: [],
    };
  }
  // Services of AWS answer on 443; what a customer offers through PrivateLink may answer anywhere.
  const ofAws = !endpoint.ServiceName?.includes('.vpce-svc-');
  if (ofAws && service !== 'email-smtp' && !(dependency.protocol === 'tcp' && dependency.port === 443)) {
    const because = `Endpoints answer on tcp/443 as a rule; whether ${id} answers on ${dependency.protocol}/${dependency.port} is not known.`;
    return { kind: 'used', steps: [unknown(kind, id, because)], targets: [] };
  }
  const remark = policyRemark(endpoint.PolicyDocument);
  return {
    kind: 'used',
    steps: [ok(kind, id, `The name resolves to the interface endpoint ${id}, which is available${remark}.`)],
    targets,
  };
}

function notAvailable(endpoint: VpcEndpoint): Step | undefined {
  const id = idOf(endpoint);
  const state = lower(endpoint.State ?? 'available');
  if (state === 'available') return undefined;
  if (state === 'pending') return beingMade('endpoint', id, `The interface endpoint ${id}`);
  return broken('endpoint', id, 'endpoint-closed', `The interface endpoint ${id} is in state ${state}.`);
}

/**
 * The default name of a service resolves to its interface endpoint only with private DNS on the endpoint and both DNS
 * attributes of the VPC. https://docs.aws.amazon.com/vpc/latest/privatelink/create-interface-endpoint.html
 */
function byPrivateDns(
  world: World,
  vpcId: string,
  endpoint: VpcEndpoint,
  dependency: EgressDependency,
  service: string | undefined,
  key: string,
): EndpointUse {
  const id = idOf(endpoint);
  const notYet = notAvailable(endpoint);
  if (notYet?.status === 'broken') return { kind: 'unused', reason: notYet };
  if (!endpoint.PrivateDnsEnabled)
    return {
      kind: 'unused',
      reason: broken(
        'endpoint',
        id,
        'dns-disabled',
        `Private DNS is off on ${id}, so the name of the service resolves to public addresses and not to the endpoint.`,
      ),
    };
  if (endpoint.DnsOptions?.PrivateDnsOnlyForInboundResolverEndpoint)
    return {
      kind: 'unused',
      reason: broken(
        'endpoint',
        id,
        'dns-disabled',
        `${id} answers names only for resolvers outside the VPC; inside it traffic is meant for the gateway endpoint.`,
      ),
    };
  const { support, hostnames } = world.dns(vpcId);
  const off = [
    ...(support === false ? ['enableDnsSupport'] : []),
    ...(hostnames === false ? ['enableDnsHostnames'] : []),
  ];
  if (off.length > 0)
    return {
      kind: 'unused',
      reason: broken(
        'dns',
        vpcId,
        'dns-disabled',
        `${off.join(' and ')} of ${vpcId} ${off.length > 1 ? 'are' : 'is'} off, so the name does not resolve to ${id}.`,
      ),
    };
  if (notYet) return { kind: 'unused', reason: notYet };
  const result = use(world, endpoint, dependency, service, key);
  if (result.kind === 'used' && (support === undefined || hostnames === undefined)) {
    const because = `Whether the name resolves to ${id} depends on the DNS attributes of ${vpcId}, which were not collected (ec2:DescribeVpcAttribute).`;
    return { ...result, steps: [unknown('dns', vpcId, because), ...result.steps] };
  }
  return result;
}

/** The interface endpoint, if any, that the dependency's name leads to inside this VPC. */
export function endpointFor(
  world: World,
  vpcId: string,
  dependency: EgressDependency,
  service: string | undefined,
  region: string | undefined,
  key: string,
): EndpointUse {
  const host = dependency.host?.toLowerCase().replace(/\.$/, '');
  const candidates = (world.facts.VpcEndpoints ?? [])
    .filter((endpoint) => endpoint.VpcId === vpcId && lower(endpoint.VpcEndpointType) === 'interface')
    .sort((a, b) => (idOf(a) < idOf(b) ? -1 : 1));

  // The endpoint's own names (`vpce-….vpce.amazonaws.com`) lead to it whatever the attributes of the VPC say.
  const named = host?.includes('.vpce.')
    ? candidates.find(
        (endpoint) =>
          host.startsWith(`${idOf(endpoint)}-`) || endpoint.DnsEntries?.some(({ DnsName }) => answersTo(DnsName, host)),
      )
    : undefined;
  if (named) {
    const notYet = notAvailable(named);
    return notYet ? { kind: 'used', steps: [notYet], targets: [] } : use(world, named, dependency, service, key);
  }
  const serving = candidates.filter(
    (endpoint) =>
      (service !== undefined && isServiceName(endpoint.ServiceName, service, region)) ||
      (host !== undefined && endpoint.DnsEntries?.some(({ DnsName }) => answersTo(DnsName, host))),
  );
  const uses = serving.map((endpoint) =>
    byPrivateDns(world, vpcId, endpoint, dependency, service, `${key} ${idOf(endpoint)}`),
  );
  const hopeful = uses.find((one) => one.kind === 'unused' && one.reason.status === 'unknown');
  return uses.find(({ kind }) => kind === 'used') ?? hopeful ?? uses[0] ?? { kind: 'none' };
}

/** SDKs that send mail call the SES API, which the SMTP endpoint does not serve. https://github.com/aws/aws-sdk/issues/181 */
export function smtpOnly(world: World, vpcId: string, service: string | undefined): Step[] {
  if (service !== 'email') return [];
  const smtp = (world.facts.VpcEndpoints ?? []).filter(
    (endpoint) => endpoint.VpcId === vpcId && isServiceName(endpoint.ServiceName, 'email-smtp', undefined),
  );
  if (smtp.length === 0) return [];
  const ids = list(smtp.map(idOf));
  return [
    ok('endpoint', ids, `${ids} serves SMTP only, not the SES API, so the traffic takes the way to the internet.`),
  ];
}
