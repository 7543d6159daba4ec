import {
  DescribeEgressOnlyInternetGatewaysCommand,
  DescribeInternetGatewaysCommand,
  DescribeNatGatewaysCommand,
  DescribeNetworkAclsCommand,
  DescribeNetworkInterfacesCommand,
  DescribePrefixListsCommand,
  DescribeRouteTablesCommand,
  DescribeSecurityGroupsCommand,
  DescribeSubnetsCommand,
  DescribeVpcAttributeCommand,
  DescribeVpcBlockPublicAccessOptionsCommand,
  DescribeVpcEndpointsCommand,
  DescribeVpcsCommand,
  GetManagedPrefixListEntriesCommand,
} from '@aws-sdk/client-ec2';
import { DescribeDBInstancesCommand } from '@aws-sdk/client-rds';
import { parseAddress } from './addresses.ts';
import type { EgressFacts } from './facts.ts';
import { keepNeeded } from './interfaces.ts';
import { World } from './world.ts';

type Ec2Command =
  | DescribeEgressOnlyInternetGatewaysCommand
  | DescribeInternetGatewaysCommand
  | DescribeNatGatewaysCommand
  | DescribeNetworkAclsCommand
  | DescribeNetworkInterfacesCommand
  | DescribePrefixListsCommand
  | DescribeRouteTablesCommand
  | DescribeSecurityGroupsCommand
  | DescribeSubnetsCommand
  | DescribeVpcAttributeCommand
  | DescribeVpcBlockPublicAccessOptionsCommand
  | DescribeVpcEndpointsCommand
  | DescribeVpcsCommand
  | GetManagedPrefixListEntriesCommand;

/** What the collector needs of an EC2 client, and no more. */
export interface Ec2Reader {
  send(command: Ec2Command): Promise<object>;
}

export interface RdsReader {
  send(command: DescribeDBInstancesCommand): Promise<object>;
}

/** A call that was not answered: the permission it needs, and what AWS said. */
export interface Gap {
  action: string;
  because: string;
}

export interface CollectRequest {
  /** The subnets of one connector or of many: the number of calls grows with the VPCs they are in, not with them. */
  subnetIds: readonly string[];
  /** Addresses of dependencies: a linked VPC that holds one is collected too, and only interfaces that matter are kept. */
  addresses?: readonly string[];
  /** Groups of the connector, none for the default group: what else carries one is kept too, cut to that. */
  groupIds?: readonly string[];
  region?: string;
}

type Page<T> = { [member: string]: T[] | string | undefined };

/** More pages than any VPC has; a client that never ends its list must not hold the run. */
const MAX_PAGES = 500;

const DENIED = /UnauthorizedOperation|AccessDenied|AuthFailure|NotAuthorized|ExpiredToken/;
const THROTTLED = /RequestLimitExceeded|Throttl|TooManyRequests/;

/** Only the name: messages of denied calls carry ARNs and encoded statements. */
function sentence(error: unknown): string {
  const name = error instanceof Error ? error.name : 'an unknown error';
  if (DENIED.test(name)) return `the permission is missing (${name})`;
  if (THROTTLED.test(name)) return `AWS answers too many requests (${name})`;
  return `the call failed (${name})`;
}

const fieldOf = (page: object, field: string): unknown => (page as Page<unknown>)[field];

/** A list that is given counts as whole; half of one would make what is missing look gone. */
async function everyPage(
  field: string,
  page: (token: string | undefined) => Promise<object>,
  tokenField: string,
): Promise<unknown[]> {
  const items: unknown[] = [];
  let token: string | undefined;
  for (let pages = 0; pages < MAX_PAGES; pages++) {
    const answer = await page(token);
    for (const item of (fieldOf(answer, field) as unknown[] | undefined) ?? []) items.push(item);
    const following = fieldOf(answer, tokenField) as string | undefined;
    if (!following) return items;
    token = following;
  }
  throw Object.assign(new Error('the list does not end'), { name: 'EndlessPagination' });
}

/**
 * Reads everything the judge needs about the VPCs of the subnets: about a dozen calls and two per VPC, each list paged to
 * its end, nothing fetched twice. A call that is denied or throttled becomes a gap and leaves its list out, so that the
 * judge says `unknown` for what depends on it; the rest stands.
 * https://docs.aws.amazon.com/AWSEC2/latest/APIReference/Query-Requests.html
 */
export async function collectFacts(
  clients: { ec2: Ec2Reader; rds?: RdsReader },
  request: CollectRequest,
): Promise<{ facts: EgressFacts; gaps: Gap[] }> {
  const { ec2, rds } = clients;
  const gaps: Gap[] = [];

  const attempt = async <T>(action: string, call: () => Promise<T>): Promise<T | undefined> => {
    try {
      return await call();
    } catch (error) {
      if (!gaps.some((gap) => gap.action === action)) gaps.push({ action, because: sentence(error) });
      return undefined;
    }
  };

  const all = <K extends keyof EgressFacts>(
    action: string,
    field: K,
    page: (token: string | undefined) => Promise<object>,
    tokenField: 'NextToken' | 'Marker' = 'NextToken',
  ): Promise<EgressFacts[K] | undefined> =>
    attempt(action, async () => (await everyPage(field, page, tokenField)) as EgressFacts[K]);

  // Subnets come without a filter: by id the siblings in the VPC would need a second call for the same list.
  const everySubnet = await all('ec2:DescribeSubnets', 'Subnets', (NextToken) =>
    ec2.send(new DescribeSubnetsCommand({ MaxResults: 1000, NextToken })),
  );
  const vpcIds = concernedVpcs(everySubnet, request);
  const Subnets = everySubnet?.filter(({ VpcId }) => VpcId && vpcIds.includes(VpcId));
  // Without subnets the VPCs are not known; then the lists are read for the whole region.
  const within = (name: string) => (vpcIds.length > 0 ? [{ Name: name, Values: vpcIds }] : undefined);
  const MaxResults = 1000;

  const attributes = (Attribute: 'enableDnsSupport' | 'enableDnsHostnames') =>
    vpcIds.map((VpcId) =>
      attempt('ec2:DescribeVpcAttribute', async () => {
        const answer = await ec2.send(new DescribeVpcAttributeCommand({ VpcId, Attribute }));
        const member = Attribute === 'enableDnsSupport' ? 'EnableDnsSupport' : 'EnableDnsHostnames';
        return { VpcId, [member]: fieldOf(answer, member) } as NonNullable<EgressFacts['VpcAttributes']>[number];
      }),
    );

  const [
    Vpcs,
    RouteTables,
    NatGateways,
    InternetGateways,
    EgressOnlyInternetGateways,
    SecurityGroups,
    NetworkAcls,
    VpcEndpoints,
    interfaces,
    awsPrefixLists,
    VpcBlockPublicAccessOptions,
    DBInstances,
    vpcAttributes,
  ] = await Promise.all([
    all('ec2:DescribeVpcs', 'Vpcs', (NextToken) =>
      ec2.send(new DescribeVpcsCommand({ Filters: within('vpc-id'), MaxResults, NextToken })),
    ),
    all('ec2:DescribeRouteTables', 'RouteTables', (NextToken) =>
      ec2.send(new DescribeRouteTablesCommand({ Filters: within('vpc-id'), MaxResults: 100, NextToken })),
    ),
    all('ec2:DescribeNatGateways', 'NatGateways', (NextToken) =>
      ec2.send(new DescribeNatGatewaysCommand({ Filter: within('vpc-id'), MaxResults, NextToken })),
    ),
    all('ec2:DescribeInternetGateways', 'InternetGateways', (NextToken) =>
      ec2.send(new DescribeInternetGatewaysCommand({ Filters: within('attachment.vpc-id'), MaxResults, NextToken })),
    ),
    all('ec2:DescribeEgressOnlyInternetGateways', 'EgressOnlyInternetGateways', (NextToken) =>
      ec2.send(new DescribeEgressOnlyInternetGatewaysCommand({ MaxResults: 255, NextToken })),
    ),
    all('ec2:DescribeSecurityGroups', 'SecurityGroups', (NextToken) =>
      ec2.send(new DescribeSecurityGroupsCommand({ Filters: within('vpc-id'), MaxResults, NextToken })),
    ),
    all('ec2:DescribeNetworkAcls', 'NetworkAcls', (NextToken) =>
      ec2.send(new DescribeNetworkAclsCommand({ Filters: within('vpc-id'), MaxResults, NextToken })),
    ),
    all('ec2:DescribeVpcEndpoints', 'VpcEndpoints', (NextToken) =>
      ec2.send(new DescribeVpcEndpointsCommand({ Filters: within('vpc-id'), MaxResults, NextToken })),
    ),
    all('ec2:DescribeNetworkInterfaces', 'NetworkInterfaces', (NextToken) =>
      ec2.send(new DescribeNetworkInterfacesCommand({ Filters: within('vpc-id'), MaxResults, NextToken })),
    ),
    all('ec2:DescribePrefixLists', 'PrefixLists', (NextToken) =>
      ec2.send(new DescribePrefixListsCommand({ MaxResults, NextToken })),
    ),
    attempt('ec2:DescribeVpcBlockPublicAccessOptions', async () => {
      const answer = await ec2.send(new DescribeVpcBlockPublicAccessOptionsCommand({}));
      return fieldOf(answer, 'VpcBlockPublicAccessOptions') as EgressFacts['VpcBlockPublicAccessOptions'];
    }),
    rds
      ? all(
          'rds:DescribeDBInstances',
          'DBInstances',
          (Marker) => rds.send(new DescribeDBInstancesCommand({ MaxRecords: 100, Marker })),
          'Marker',
        )
      : undefined,
    Promise.all([...attributes('enableDnsSupport'), ...attributes('enableDnsHostnames')]),
  ]);

  const answered = vpcAttributes.filter((item) => item !== undefined);
  const owned = awsPrefixLists ?? [];
  const foreign = referencedLists(RouteTables, SecurityGroups).filter(
    (id) => !owned.some(({ PrefixListId }) => PrefixListId === id),
  );
  const entries = await Promise.all(
    foreign.map((PrefixListId) =>
      attempt('ec2:GetManagedPrefixListEntries', async () => {
        const page = (NextToken: string | undefined) =>
          ec2.send(new GetManagedPrefixListEntriesCommand({ PrefixListId, MaxResults: 100, NextToken }));
        const found = (await everyPage('Entries', page, 'NextToken')) as { Cidr?: string }[];
        return { PrefixListId, Cidrs: found.flatMap(({ Cidr }) => Cidr ?? []) };
      }),
    ),
  );
  const readLists = entries.filter((item) => item !== undefined);

  const facts: EgressFacts = {
    ...(request.region && { Region: request.region }),
    Vpcs,
    Subnets,
    RouteTables,
    NatGateways,
    InternetGateways,
    EgressOnlyInternetGateways,
    SecurityGroups,
    NetworkAcls,
    VpcEndpoints,
    PrefixLists: awsPrefixLists || readLists.length > 0 ? [...owned, ...readLists] : undefined,
    NetworkInterfaces: interfaces && keepNeeded(interfaces, request, { VpcEndpoints, SecurityGroups }),
    VpcAttributes: answered.length > 0 ? answered : undefined,
    VpcBlockPublicAccessOptions,
    DBInstances,
  };
  return { facts, gaps: gaps.sort((a, b) => (a.action < b.action ? -1 : 1)) };
}

/** The VPCs of the connector, and those that hold an address the service wants to reach. */
function concernedVpcs(subnets: EgressFacts['Subnets'], { subnetIds, addresses }: CollectRequest): string[] {
  const world = new World({ Subnets: subnets ?? [] }, { subnetIds: [], securityGroupIds: [] });
  const own = subnetIds.flatMap((id) => world.subnets?.get(id)?.vpcId ?? []);
  const linked = (addresses ?? []).flatMap((text) => {
    const address = parseAddress(text);
    if (!address || own.some((vpcId) => world.subnetAt(vpcId, address))) return [];
    return own.flatMap((vpcId) => world.otherVpcOf(vpcId, address) ?? []);
  });
  return [...new Set([...own, ...linked])].sort();
}

function referencedLists(tables: EgressFacts['RouteTables'], groups: EgressFacts['SecurityGroups']): string[] {
  const routes = (tables ?? []).flatMap(({ Routes }) => (Routes ?? []).map((route) => route.DestinationPrefixListId));
  const rules = (groups ?? []).flatMap(({ IpPermissions, IpPermissionsEgress }) =>
    [...(IpPermissions ?? []), ...(IpPermissionsEgress ?? [])].flatMap(({ PrefixListIds }) =>
      (PrefixListIds ?? []).map(({ PrefixListId }) => PrefixListId),
    ),
  );
  return [...new Set([...routes, ...rules])].filter((id) => id !== undefined && id !== null).sort();
}
