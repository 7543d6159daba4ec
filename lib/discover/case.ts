import * as z from 'zod/mini';
import { InvalidRequest } from '../domain/errors.ts';
import { redact } from '../domain/redact.ts';
import type { Gap } from '../egress/collect.ts';
import type { EgressConnector, EgressDependency, EgressFacts } from '../egress/facts.ts';
import { policyRemark } from '../egress/gateway-endpoint.ts';
import { databaseOf } from '../egress/plan.ts';
import type { NetworkInterface } from '../egress/world.ts';
import { parse } from '../step.ts';

/*
 * A case that can be shared: what the judge of egress needs to know of an account, and nothing else. What is not listed
 * here is not written: tags, descriptions, users, policies. The same list says what a file may hold when it is read.
 */

export const FORMAT = 'reconnect-facts/1';

/** Everything the judge looks at, item by item. `object` decides whether anything else is refused or dropped. */
function shapes(object: typeof z.object) {
  const text = z.optional(z.string().check(z.maxLength(2000)));
  const number = z.optional(z.number());
  const flag = z.optional(z.boolean());
  const list = <T extends z.core.$ZodType>(item: T) => z.optional(z.array(item));
  const State = z.optional(object({ State: text }));
  const Ipv6CidrBlockAssociationSet = list(object({ Ipv6CidrBlock: text, Ipv6CidrBlockState: State }));
  const BlockPublicAccessStates = z.optional(object({ InternetGatewayBlockMode: text }));
  const Attachments = list(object({ VpcId: text, State: text }));
  const Groups = list(object({ GroupId: text }));
  const attribute = z.optional(z.union([z.boolean(), object({ Value: flag })]));
  const permissions = list(
    object({
      IpProtocol: text,
      FromPort: number,
      ToPort: number,
      IpRanges: list(object({ CidrIp: text })),
      Ipv6Ranges: list(object({ CidrIpv6: text })),
      PrefixListIds: list(object({ PrefixListId: text })),
      UserIdGroupPairs: list(object({ GroupId: text })),
    }),
  );
  const route = object({
    DestinationCidrBlock: text,
    DestinationIpv6CidrBlock: text,
    DestinationPrefixListId: text,
    GatewayId: text,
    NatGatewayId: text,
    TransitGatewayId: text,
    VpcPeeringConnectionId: text,
    EgressOnlyInternetGatewayId: text,
    LocalGatewayId: text,
    CarrierGatewayId: text,
    CoreNetworkArn: text,
    OdbNetworkArn: text,
    NetworkInterfaceId: text,
    InstanceId: text,
    Origin: text,
    State: text,
  });
  return {
    Region: text,
    Vpcs: list(
      object({
        VpcId: text,
        CidrBlock: text,
        CidrBlockAssociationSet: list(object({ CidrBlock: text, CidrBlockState: State })),
        Ipv6CidrBlockAssociationSet,
        BlockPublicAccessStates,
        DhcpOptionsId: text,
        OwnerId: text,
      }),
    ),
    Subnets: list(
      object({
        SubnetId: text,
        VpcId: text,
        AvailabilityZone: text,
        CidrBlock: text,
        Ipv6CidrBlockAssociationSet,
        BlockPublicAccessStates,
        OwnerId: text,
      }),
    ),
    RouteTables: list(
      object({
        RouteTableId: text,
        VpcId: text,
        Associations: list(object({ GatewayId: text, SubnetId: text, Main: flag, AssociationState: State })),
        Routes: list(route),
      }),
    ),
    NatGateways: list(
      object({
        NatGatewayId: text,
        SubnetId: text,
        VpcId: text,
        RouteTableId: text,
        ConnectivityType: text,
        AvailabilityMode: text,
        State: text,
        FailureCode: text,
        FailureMessage: text,
        NatGatewayAddresses: list(object({ PublicIp: text, Status: text })),
      }),
    ),
    InternetGateways: list(object({ InternetGatewayId: text, Attachments })),
    EgressOnlyInternetGateways: list(object({ EgressOnlyInternetGatewayId: text, Attachments })),
    SecurityGroups: list(
      object({
        GroupId: text,
        GroupName: text,
        VpcId: text,
        OwnerId: text,
        IpPermissions: permissions,
        IpPermissionsEgress: permissions,
      }),
    ),
    NetworkAcls: list(
      object({
        NetworkAclId: text,
        Associations: list(object({ SubnetId: text })),
        Entries: list(
          object({
            RuleNumber: number,
            Egress: flag,
            RuleAction: text,
            CidrBlock: text,
            Ipv6CidrBlock: text,
            Protocol: text,
            PortRange: z.optional(object({ From: number, To: number })),
          }),
        ),
      }),
    ),
    VpcEndpoints: list(
      object({
        VpcEndpointId: text,
        VpcEndpointType: text,
        VpcId: text,
        ServiceName: text,
        State: text,
        PrivateDnsEnabled: flag,
        DnsOptions: z.optional(object({ PrivateDnsOnlyForInboundResolverEndpoint: flag })),
        DnsEntries: list(object({ DnsName: text })),
        Groups,
        SubnetIds: list(z.string()),
        NetworkInterfaceIds: list(z.string()),
        PolicyDocument: z.optional(z.string()),
      }),
    ),
    PrefixLists: list(object({ PrefixListId: text, PrefixListName: text, Cidrs: list(z.string()) })),
    NetworkInterfaces: list(
      object({
        NetworkInterfaceId: text,
        VpcId: text,
        SubnetId: text,
        Description: text,
        PrivateIpAddress: text,
        PrivateIpAddresses: list(object({ PrivateIpAddress: text })),
        Ipv6Addresses: list(object({ Ipv6Address: text })),
        Association: z.optional(object({ PublicIp: text })),
        Groups,
        TagSet: list(object({ Key: text })),
      }),
    ),
    VpcAttributes: list(object({ VpcId: text, EnableDnsSupport: attribute, EnableDnsHostnames: attribute })),
    VpcBlockPublicAccessOptions: z.optional(
      object({ AwsAccountId: text, InternetGatewayBlockMode: text, ManagedBy: text }),
    ),
    VpcBlockPublicAccessExclusions: list(
      object({ ResourceArn: text, State: text, InternetGatewayExclusionMode: text }),
    ),
    DhcpOptions: list(
      object({
        DhcpOptionsId: text,
        DhcpConfigurations: list(object({ Key: text, Values: list(object({ Value: text })) })),
      }),
    ),
    DBInstances: list(
      object({
        DBInstanceIdentifier: text,
        DBInstanceStatus: text,
        Engine: text,
        Endpoint: z.optional(object({ Address: text, Port: number })),
        AvailabilityZone: text,
        PubliclyAccessible: flag,
        VpcSecurityGroups: list(object({ VpcSecurityGroupId: text, Status: text })),
        DBSubnetGroup: z.optional(
          object({
            VpcId: text,
            Subnets: list(
              object({ SubnetIdentifier: text, SubnetAvailabilityZone: z.optional(object({ Name: text })) }),
            ),
          }),
        ),
      }),
    ),
  };
}

const strictly = z.strictObject as unknown as typeof z.object;
const Facts = z.strictObject(shapes(strictly));
/** Output of `describe-*` as it is: what is not needed of an item is dropped, a list with another name is refused. */
const Dump = z.strictObject(shapes(z.object));

const name = z.string().check(z.minLength(1), z.maxLength(300));

const CaseFile = z.strictObject({
  format: z.literal(FORMAT),
  service: z.strictObject({ name, arn: z.string().check(z.maxLength(1011)), id: z.string().check(z.maxLength(64)) }),
  /** Null: the service leaves from App Runner's own network. */
  connector: z.nullable(z.strictObject({ subnetIds: z.array(name), securityGroupIds: z.array(name) })),
  /** With the addresses that their names had when the facts were collected. */
  dependencies: z.array(
    z.strictObject({
      name,
      host: z.optional(name),
      addresses: z.optional(z.array(z.union([z.ipv4(), z.ipv6()]))),
      /** False: looked up where the case was collected, and not found. */
      resolved: z.optional(z.boolean()),
      port: z.int().check(z.gte(1), z.lte(65535)),
      protocol: z.enum(['tcp', 'udp']),
      aws: z.optional(name),
      rds: z.optional(name),
    }),
  ),
  facts: Facts,
  /** Calls that were not answered when the facts were collected. */
  gaps: z.optional(z.array(z.strictObject({ action: name, because: name }))),
});

/** One account's answer to "how does this service get out?", as it is shared. */
export interface Case {
  readonly format: typeof FORMAT;
  readonly service: { readonly name: string; readonly arn: string; readonly id: string };
  readonly connector: EgressConnector | null;
  readonly dependencies: readonly EgressDependency[];
  readonly facts: EgressFacts;
  readonly gaps?: readonly Gap[];
}

/** What is needed to judge a dump that does not say which service it is about. */
export interface DumpOptions {
  readonly service?: string;
  readonly connector?: EgressConnector;
  readonly dependencies: readonly EgressDependency[];
}

/**
 * Reads a shared case, or an object of `describe-*` lists. Throws `InvalidRequest` that names each wrong field. Members
 * that are null count as left out, as some tools write them.
 */
export function readCase(value: unknown, dump: DumpOptions): Case {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) {
    throw new InvalidRequest('it is neither a case that `--facts` wrote nor an object of describe-* lists');
  }
  const given = withoutNulls(value) as Record<string, unknown>;
  if ('format' in given) {
    const read = parse(CaseFile, { ...given, connector: given.connector ?? null }) as Case;
    return { ...read, facts: shareable(read.facts) };
  }
  const facts = shareable(parse(Dump, given) as EgressFacts);
  if (!dump.connector) {
    throw new InvalidRequest('it says nothing about the service: give --connector-subnets and --connector-groups');
  }
  const ownVpcs = (facts.Subnets ?? [])
    .filter(({ SubnetId = '' }) => dump.connector?.subnetIds.includes(SubnetId))
    .map(({ VpcId }) => VpcId);
  // Databases of other VPCs are other people's.
  const nearby = (facts.DBInstances ?? []).filter(({ DBSubnetGroup }) => ownVpcs.includes(DBSubnetGroup?.VpcId));
  const databases = nearby.flatMap(({ DBInstanceIdentifier: rds, Endpoint }): EgressDependency[] =>
    rds ? [{ name: rds, rds, host: Endpoint?.Address, port: Endpoint?.Port ?? 5432, protocol: 'tcp' }] : [],
  );
  return {
    format: FORMAT,
    service: { name: dump.service ?? 'unnamed-service', arn: '', id: '' },
    connector: dump.connector,
    dependencies: [...databases, ...dump.dependencies],
    facts,
  };
}

function withoutNulls(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(withoutNulls);
  if (typeof value !== 'object' || value === null) return value;
  const members = Object.entries(value).filter(([, member]) => member !== null && member !== undefined);
  return Object.fromEntries(members.map(([key, member]) => [key, withoutNulls(member)]));
}

/** The case as it may be shown to anybody: nothing but what the judge needs, free text redacted. */
export function writeCase(parts: Omit<Case, 'format'>): Case {
  const { service, connector, dependencies, facts, gaps = [] } = parts;
  const wanted = {
    ...facts,
    ...(facts.DBInstances && {
      DBInstances: facts.DBInstances.filter((one) => dependencies.some((other) => databaseOf([one], other))),
    }),
    ...(facts.NetworkInterfaces && { NetworkInterfaces: facts.NetworkInterfaces.filter(hasAddress) }),
  };
  return {
    format: FORMAT,
    service: { name: service.name, arn: service.arn, id: service.id },
    connector,
    dependencies: dependencies.map((dependency) => ({ ...dependency })),
    facts: shareable(parse(Dump, jsonOf(wanted)) as EgressFacts),
    ...(gaps.length > 0 && { gaps: gaps.map(({ action, because }) => ({ action, because: redact(because) })) }),
  };
}

const jsonOf = (value: unknown): unknown => JSON.parse(JSON.stringify(value));

/** Without one it only shares a group, which no judgement asks for. */
const hasAddress = ({ PrivateIpAddress, Ipv6Addresses }: NetworkInterface): boolean =>
  PrivateIpAddress !== undefined || (Ipv6Addresses ?? []).length > 0;

/** Members that anybody may write into are cut to what the judge compares them with. */
function shareable(facts: EgressFacts): EgressFacts {
  return withoutUndefined({
    ...facts,
    NatGateways: facts.NatGateways?.map((nat) => ({
      ...nat,
      ...(nat.FailureMessage !== undefined && { FailureMessage: redact(nat.FailureMessage) }),
    })),
    SecurityGroups: facts.SecurityGroups?.map(({ GroupName, ...group }) => ({
      ...group,
      ...(GroupName === 'default' && { GroupName }),
    })),
    NetworkInterfaces: facts.NetworkInterfaces?.map(({ Description, TagSet, ...item }) => ({
      ...item,
      ...describedAs(Description),
      ...(TagSet?.some(({ Key }) => Key === MANAGED) && { TagSet: [{ Key: MANAGED }] }),
    })),
    VpcEndpoints: facts.VpcEndpoints?.map(({ PolicyDocument, ...endpoint }) => ({
      ...endpoint,
      ...standIn(PolicyDocument),
    })),
    PrefixLists: facts.PrefixLists?.map(({ PrefixListName, ...list }) => ({
      ...list,
      ...(PrefixListName && AWS_LIST.test(PrefixListName) && { PrefixListName }),
    })),
    DhcpOptions: facts.DhcpOptions?.map(({ DhcpOptionsId, DhcpConfigurations }) => ({
      DhcpOptionsId,
      DhcpConfigurations: DhcpConfigurations?.filter(({ Key }) => Key === 'domain-name-servers'),
    })),
  });
}

const MANAGED = 'AWSAppRunnerManaged';
const AWS_LIST = /^(?:[a-z]+\.)?com\.amazonaws\.[\w.-]+$/;

function describedAs(description: string | undefined): { Description?: string } {
  if (description === 'RDSNetworkInterface') return { Description: description };
  return description?.startsWith('AWSAppRunner ENI') ? { Description: 'AWSAppRunner ENI' } : {};
}

/** Of a policy only whether there is one that does not let everything through: the judge says so and looks no further. */
function standIn(policy: string | undefined): { PolicyDocument?: string } {
  const remark = policyRemark(policy);
  if (remark === '') return {};
  return { PolicyDocument: remark === policyRemark('{}') ? '{}' : 'unreadable' };
}

const withoutUndefined = (facts: EgressFacts): EgressFacts => jsonOf(facts) as EgressFacts;
