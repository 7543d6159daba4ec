import {
  containedInAny,
  formatAddress,
  INTERNET4,
  isOnLink,
  isPrivate,
  parseAddress,
  type Range,
} from './addresses.ts';
import { type EndpointUse, endpointFor, smtpOnly } from './endpoint.ts';
import type { EgressDependency } from './facts.ts';
import { canonicalService, isServiceName, serviceOfHost } from './services.ts';
import { broken, ok, type Step, unknown } from './steps.ts';
import type { Target } from './target.ts';
import { type DBInstance, lower, type World } from './world.ts';

/** Where a dependency is, seen from one VPC; the same for all its subnets. */
export interface Plan {
  steps: Step[];
  targets: Target[];
  /** An interface endpoint that is there and not used: the cause, if the other way fails, or a doubt about it. */
  unused?: Step;
  /** Why no verdict can be given, whatever the hops say. */
  doubt?: Step;
}

const RESOLVERS = ['169.254.169.253', 'fd00:ec2::253'].flatMap((text) => parseAddress(text) ?? []);

/** States in which a DB instance takes no connections. https://docs.aws.amazon.com/AmazonRDS/latest/UserGuide/accessing-monitoring.html */
const DOWN =
  /^(stopped|stopping|starting|creating|deleting|deleted|failed|restore-error|storage-full|insufficient-capacity|incompatible-(network|restore|parameters|create)|inaccessible-encryption-credentials.*)$/;

export const databaseOf = (
  instances: readonly DBInstance[] | undefined,
  { rds, host }: Pick<EgressDependency, 'rds' | 'host'>,
): DBInstance | undefined =>
  instances?.find((db) =>
    rds
      ? lower(db.DBInstanceIdentifier) === rds.toLowerCase()
      : Boolean(host && lower(db.Endpoint?.Address) === host.toLowerCase().replace(/\.$/, '')),
  );

export const activeGroups = (db: DBInstance): string[] =>
  (db.VpcSecurityGroups ?? []).flatMap(({ VpcSecurityGroupId: id, Status }) =>
    id && (Status === undefined || lower(Status) === 'active') ? [id] : [],
  );

const base = { prefixListIds: [], maybeAws: false, exact: true };

/** Each private address by itself: each has its own interface with its own groups. */
const privateTargets = (
  world: World,
  vpcId: string,
  addresses: readonly Range[],
  key: string,
  groups?: string[],
): Target[] =>
  addresses.map((address) => {
    const text = formatAddress(address);
    const vpc = containedInAny(address, world.vpcRanges(vpcId)) ? vpcId : world.otherVpcOf(vpcId, address);
    const known =
      groups ?? (vpc ? world.interfaceAt(vpc, address)?.Groups?.flatMap(({ GroupId }) => GroupId ?? []) : undefined);
    return { ...base, label: text, ranges: [address], ...(known && { groups: known }), key: `${key} ${text}` };
  });

const anywhere = (label: string, key: string, prefixListIds: string[], maybeAws: boolean): Target => ({
  label,
  ranges: [...INTERNET4],
  exact: false,
  prefixListIds,
  maybeAws,
  groups: [],
  key: `${key} anywhere`,
});

const unresolved = (label: string): Step =>
  ok('destination', label, `${label} was not resolved: it is judged as some address anywhere on the internet.`);

/** Suffixes that are never public, and names of databases and caches, which lead to private addresses as a rule. */
const INSIDE = /(^[^.]+$)|\.(internal|local)$|\.rds\.|\.cache\.amazonaws\.com/i;

/** A name without an address that may well be one that only the VPC knows: taking it for the internet would be a guess. */
function whereabouts(host: string, { resolved }: EgressDependency): Step | undefined {
  if (resolved === false)
    return unknown(
      'destination',
      host,
      `${host} did not resolve here; it may be a name of a private zone that only the VPC knows.`,
    );
  if (INSIDE.test(host.replace(/\.$/, '')))
    return unknown('destination', host, `${host} was not resolved; it looks like a name that only the VPC knows.`);
  return undefined;
}

/** Of a host without addresses. */
function unresolvedPlan(label: string, dependency: EgressDependency, key: string, before: Step[] = []): Plan {
  const nowhere = dependency.host ? whereabouts(dependency.host, dependency) : undefined;
  return nowhere
    ? { steps: [...before, nowhere], targets: [] }
    : { steps: [...before, unresolved(label)], targets: [anywhere(label, key, [], false)] };
}

function publicTargets(
  label: string,
  addresses: readonly Range[],
  key: string,
  prefixListIds: string[],
  maybeAws: boolean,
): Target[] {
  return ([4, 6] as const).flatMap((family): Target[] => {
    const ranges = addresses.filter((address) => address.family === family);
    if (ranges.length === 0) return [];
    return [{ label, ranges, exact: true, prefixListIds, maybeAws, groups: [], key: `${key} v${family}` }];
  });
}

/** The VPC resolver is beyond groups and ACLs. https://docs.aws.amazon.com/vpc/latest/userguide/AmazonDNS-concepts.html */
function isResolver(world: World, vpcId: string, address: Range, port: number): boolean {
  if (port !== 53) return false;
  if (RESOLVERS.some((resolver) => resolver.family === address.family && resolver.lo === address.lo)) return true;
  return world
    .vpcRanges(vpcId)
    .some((block) => block.family === 4 && address.family === 4 && Number(block.lo) + 2 === address.lo);
}

/** Names do not resolve at all without the VPC's DNS, unless its DHCP options name other servers. */
function nameResolution(world: World, vpcId: string, label: string): Step[] {
  if (world.dns(vpcId).support !== false) return [];
  const id = world.dhcpOptionsOf(vpcId);
  const options = world.facts.DhcpOptions?.find(({ DhcpOptionsId }) => id !== undefined && DhcpOptionsId === id);
  const servers = options?.DhcpConfigurations?.find(({ Key }) => Key === 'domain-name-servers')?.Values?.flatMap(
    ({ Value }) => Value ?? [],
  );
  if (servers?.some((server) => server !== 'AmazonProvidedDNS'))
    return [
      unknown(
        'dns',
        vpcId,
        `enableDnsSupport of ${vpcId} is off, and ${id} names other DNS servers, which this check does not ask.`,
      ),
    ];
  return [
    broken(
      'dns',
      vpcId,
      'dns-disabled',
      `enableDnsSupport of ${vpcId} is off, so ${label} does not resolve unless the DHCP options of the VPC name other DNS servers.`,
    ),
  ];
}

function databasePlan(
  world: World,
  vpcId: string,
  dependency: EgressDependency,
  db: DBInstance,
  addresses: readonly Range[],
  key: string,
): Plan {
  const id = db.DBInstanceIdentifier ?? dependency.rds ?? dependency.name;
  const status = lower(db.DBInstanceStatus ?? 'available');
  const down = DOWN.test(status);
  const steps: Step[] = [
    down
      ? broken(
          'database',
          id,
          'database-unreachable',
          `The database ${id} is in state ${status} and takes no connections.`,
        )
      : ok('database', id, `The database ${id} is in state ${status}.`),
  ];
  const groups = db.VpcSecurityGroups ? activeGroups(db) : undefined;
  const home = db.DBSubnetGroup?.VpcId;
  const own = addresses.filter((address) => isPrivate(address) || containedInAny(address, world.vpcRanges(vpcId)));
  if (own.length > 0) return { steps, targets: privateTargets(world, vpcId, own, key, groups) };
  const label = dependency.host ?? `the database ${id}`;
  if (home !== undefined && home !== vpcId && db.PubliclyAccessible)
    return addresses.length > 0
      ? { steps, targets: publicTargets(label, addresses, key, [], false) }
      : dependency.resolved === false
        ? unresolvedPlan(label, dependency, key, steps)
        : { steps: [...steps, unresolved(label)], targets: [anywhere(label, key, [], false)] };

  // Inside its VPC the name of an instance gives the private address, whatever it gives elsewhere.
  const seen = addresses.flatMap(
    (address) => parseAddress(world.interfaceAt('', address)?.PrivateIpAddress ?? '') ?? [],
  );
  if (seen.length > 0) return { steps, targets: privateTargets(world, vpcId, seen, key, groups) };
  const all = db.DBSubnetGroup?.Subnets ?? [];
  const inZone = all.filter(
    ({ SubnetAvailabilityZone }) => SubnetAvailabilityZone?.Name && SubnetAvailabilityZone.Name === db.AvailabilityZone,
  );
  const subnetIds = [
    ...new Set((inZone.length > 0 ? inZone : all).flatMap(({ SubnetIdentifier }) => SubnetIdentifier ?? [])),
  ].sort();
  const wanted = [...(groups ?? [])].sort().join();
  const candidates = (world.facts.NetworkInterfaces ?? [])
    .filter(
      ({ Description, SubnetId, Groups }) =>
        Description === 'RDSNetworkInterface' &&
        SubnetId &&
        subnetIds.includes(SubnetId) &&
        (Groups ?? [])
          .flatMap(({ GroupId }) => GroupId ?? [])
          .sort()
          .join() === wanted,
    )
    .flatMap(({ PrivateIpAddress }) => parseAddress(PrivateIpAddress ?? '') ?? [])
    .sort((a, b) => (a.lo < b.lo ? -1 : 1));
  const ranges =
    candidates.length > 0 ? candidates : subnetIds.flatMap((subnetId) => world.subnets?.get(subnetId)?.v4 ?? []);
  if (ranges.length === 0)
    return {
      steps: [...steps, unknown('destination', id, `In which subnet the database ${id} is was not collected.`)],
      targets: [],
    };
  return {
    steps,
    targets: [
      { ...base, label: `the database ${id}`, ranges, exact: false, ...(groups && { groups }), key: `${key} database` },
    ],
  };
}

function awsPlan(
  world: World,
  vpcId: string,
  dependency: EgressDependency,
  service: string,
  region: string | undefined,
  addresses: readonly Range[],
  key: string,
): Plan {
  const label = dependency.host ?? `the AWS service ${service}`;
  const local = region === undefined || world.region === undefined || region === world.region;
  const lists = local ? gatewayLists(world, service, region) : [];
  const own = addresses.filter(isPrivate);
  if (own.length > 0) return { steps: [], targets: privateTargets(world, vpcId, own, key) };
  if (addresses.length > 0) return { steps: [], targets: publicTargets(label, addresses, key, lists, true) };
  const ranges = lists.flatMap((id) => world.prefixListRanges(id) ?? []).filter(({ family }) => family === 4);
  if (ranges.length > 0) {
    const step = ok(
      'destination',
      label,
      `${label} was not resolved: it is judged as all addresses of ${lists.join(', ')}.`,
    );
    return {
      steps: [step],
      targets: [{ label, ranges, exact: true, prefixListIds: lists, maybeAws: true, groups: [], key: `${key} list` }],
    };
  }
  return { steps: [unresolved(label)], targets: [anywhere(label, key, lists, true)] };
}

/** Prefix lists of a service: by their own name, or because a gateway endpoint of that service is where their route leads. */
function gatewayLists(world: World, service: string, region: string | undefined): string[] {
  const named = world.prefixListsNamed((name) => isServiceName(name, service, region));
  if (named.length > 0) return named;
  const endpoints = new Set(
    (world.facts.VpcEndpoints ?? []).flatMap(({ VpcEndpointId, ServiceName }) =>
      VpcEndpointId && isServiceName(ServiceName, service, region) ? [VpcEndpointId] : [],
    ),
  );
  const lists = (world.facts.RouteTables ?? []).flatMap(({ Routes }) =>
    (Routes ?? []).flatMap(({ DestinationPrefixListId: id, GatewayId }) =>
      id && GatewayId && endpoints.has(GatewayId) ? [id] : [],
    ),
  );
  return [...new Set(lists)].sort();
}

function hostPlan(
  world: World,
  vpcId: string,
  dependency: EgressDependency,
  addresses: readonly Range[],
  key: string,
): Plan {
  const label = dependency.host ?? dependency.addresses?.join(', ') ?? dependency.name;
  if (addresses.length === 0) {
    if (!dependency.host)
      return {
        steps: [
          unknown(
            'destination',
            dependency.name,
            `Nothing says where ${dependency.name} is: no host, no address, no service.`,
          ),
        ],
        targets: [],
      };
    return unresolvedPlan(label, dependency, key);
  }
  const resolver = addresses.find((address) => isResolver(world, vpcId, address, dependency.port));
  if (resolver) {
    const { support } = world.dns(vpcId);
    const id = formatAddress(resolver);
    if (support === false)
      return {
        steps: [
          broken('dns', vpcId, 'dns-disabled', `${id} is the DNS resolver of ${vpcId}, and enableDnsSupport is off.`),
        ],
        targets: [],
      };
    const because = `${id} is the DNS resolver of ${vpcId}; neither security groups nor network ACLs filter traffic to it.`;
    return {
      steps: [
        support === undefined
          ? unknown(
              'dns',
              vpcId,
              `${because} Whether enableDnsSupport is on was not collected (ec2:DescribeVpcAttribute).`,
            )
          : ok('dns', id, because),
      ],
      targets: [],
    };
  }
  const onLink = addresses.filter(isOnLink);
  if (onLink.length > 0)
    return {
      steps: [
        unknown(
          'destination',
          label,
          `${onLink.map(formatAddress).sort().join(', ')} never enters the VPC, so nothing here says whether it answers.`,
        ),
      ],
      targets: [],
    };
  const ranges = world.vpcRanges(vpcId);
  const own = addresses.filter((address) => isPrivate(address) || containedInAny(address, ranges));
  const others = addresses.filter((address) => !own.includes(address));
  return {
    steps: [],
    targets: [...privateTargets(world, vpcId, own, key), ...publicTargets(label, others, key, [], !dependency.host)],
  };
}

const withDns = (world: World, vpcId: string, dependency: EgressDependency, plan: Plan): Plan => {
  const { host, aws, rds } = dependency;
  if (!aws && !rds && (!host || parseAddress(host))) return plan;
  const dns = nameResolution(world, vpcId, host ?? `the name of ${aws ?? rds}`);
  return { ...plan, steps: [...dns, ...plan.steps] };
};

/** Private addresses that were resolved say more than a name that fits an endpoint. */
const leadsElsewhere = (use: EndpointUse, addresses: readonly Range[]): boolean => {
  const own = addresses.filter(isPrivate);
  if (use.kind !== 'used' || use.targets.length === 0 || own.length === 0) return false;
  const ranges = use.targets.flatMap((target) => target.ranges);
  return !own.some((address) => containedInAny(address, ranges));
};

/** What the name of a dependency leads to inside a VPC. `key` is unique for the dependency within this judgement. */
export function planFor(world: World, vpcId: string, dependency: EgressDependency, key: string): Plan {
  const { host } = dependency;
  const texts = dependency.addresses?.length ? dependency.addresses : host && parseAddress(host) ? [host] : [];
  const unique = [...new Set(texts)].sort();
  const addresses = unique.flatMap((text) => parseAddress(text) ?? []);
  if (unique.length > 0 && addresses.length === 0)
    return {
      steps: [unknown('destination', dependency.name, `${unique.join(', ')} is not an IP address.`)],
      targets: [],
    };

  const db = databaseOf(world.facts.DBInstances, dependency);
  if (db) return withDns(world, vpcId, dependency, databasePlan(world, vpcId, dependency, db, addresses, key));
  if (dependency.rds && addresses.length === 0) {
    const why = world.facts.DBInstances ? 'is not among the collected' : 'was not collected (rds:DescribeDBInstances)';
    return { steps: [unknown('database', dependency.rds, `The database ${dependency.rds} ${why}.`)], targets: [] };
  }

  const byName = host ? serviceOfHost(host) : undefined;
  const service = dependency.aws ? canonicalService(dependency.aws) : byName?.service;
  const region = byName?.region ?? world.region;
  const found = endpointFor(world, vpcId, dependency, service, region, key);
  const use: EndpointUse = leadsElsewhere(found, addresses) ? { kind: 'none' } : found;
  if (use.kind === 'used') return withDns(world, vpcId, dependency, { steps: use.steps, targets: use.targets });

  const plan = service
    ? awsPlan(world, vpcId, dependency, service, region, addresses, key)
    : hostPlan(world, vpcId, dependency, addresses, key);
  const steps = [...smtpOnly(world, vpcId, service), ...plan.steps];
  const doubt =
    service && !world.facts.VpcEndpoints
      ? unknown(
          'endpoint',
          service,
          `Whether an interface endpoint serves ${service} in ${vpcId} was not collected (ec2:DescribeVpcEndpoints).`,
        )
      : undefined;
  return withDns(world, vpcId, dependency, {
    ...plan,
    steps,
    ...(use.kind === 'unused' && { unused: use.reason }),
    ...(doubt && { doubt }),
  });
}
