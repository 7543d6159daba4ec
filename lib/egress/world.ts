import { type Block, formatAddress, parseAddress, parseCidrs, type Range } from './addresses.ts';
import type { EgressConnector, EgressFacts } from './facts.ts';
import { type CompiledAcl, type CompiledGroup, compileAcl, compileGroup } from './firewall.ts';
import { type Choice, type CompiledTable, compileTable } from './route.ts';
import type { Step } from './steps.ts';

type Item<K extends keyof EgressFacts> = NonNullable<EgressFacts[K]> extends (infer T)[] ? T : never;
export type NetworkInterface = Item<'NetworkInterfaces'>;
export type NatGateway = Item<'NatGateways'>;
export type VpcEndpoint = Item<'VpcEndpoints'>;
export type DBInstance = Item<'DBInstances'>;

export interface SubnetInfo {
  id: string;
  vpcId: string;
  zone: string | undefined;
  v4: Block[];
  v6: Block[];
  blockMode: string | undefined;
}

/** Why something is not at hand. */
export type Absent = 'not collected' | 'not there';

const lower = (text: string | undefined): string => (text ?? '').toLowerCase();

/** A map by id, or `undefined` when the list was not collected. */
const byId = <T>(list: readonly T[] | undefined, id: (item: T) => string | undefined): Map<string, T> | undefined =>
  list && new Map(list.flatMap((item) => (id(item) ? [[id(item) as string, item]] : [])));

const associated = (state: string | undefined): boolean => state === undefined || state === 'associated';

/**
 * The facts, indexed once per judgement. Everything is compiled when first asked for, so that judging one subnet does not
 * pay for the other 199.
 */
export class World {
  readonly facts: EgressFacts;
  readonly connector: EgressConnector;
  readonly subnets: Map<string, SubnetInfo> | undefined;
  readonly subnetsOfVpc = new Map<string, SubnetInfo[]>();
  readonly natGateways: Map<string, NatGateway> | undefined;
  readonly region: string | undefined;
  readonly sourceCache = new Map<string, Range[]>();
  readonly choiceCache = new Map<string, Choice[]>();
  readonly outboundCache = new Map<string, Step>();
  readonly #tables: Map<string, Item<'RouteTables'>> | undefined;
  readonly #explicit = new Map<string, string>();
  readonly #main = new Map<string, string>();
  readonly #compiledTables = new Map<string, CompiledTable>();
  readonly #groups: Map<string, Item<'SecurityGroups'>> | undefined;
  readonly #compiledGroups = new Map<string, CompiledGroup>();
  readonly #aclOfSubnet: Map<string, Item<'NetworkAcls'>> | undefined;
  readonly #compiledAcls = new Map<string, CompiledAcl>();
  readonly #prefixLists = new Map<string, { name: string | undefined; ranges: Block[] | undefined }>();
  readonly #vpcs: Map<string, Item<'Vpcs'>> | undefined;
  readonly #users = new Map<string, string[]>();
  #ownInterfaces: Map<string, NetworkInterface[]> | undefined;
  #interfaces: Map<string, NetworkInterface> | undefined;
  #interfacesByAddress: Map<string, NetworkInterface> | undefined;

  constructor(facts: EgressFacts, connector: EgressConnector) {
    this.facts = facts;
    this.connector = connector;
    this.#vpcs = byId(facts.Vpcs, ({ VpcId }) => VpcId);
    this.natGateways = byId(facts.NatGateways, ({ NatGatewayId }) => NatGatewayId);
    this.#tables = byId(facts.RouteTables, ({ RouteTableId }) => RouteTableId);
    this.#groups = byId(facts.SecurityGroups, ({ GroupId }) => GroupId);
    for (const { PrefixListId: id, PrefixListName: name, Cidrs: cidrs } of facts.PrefixLists ?? []) {
      if (!id) continue;
      const known = this.#prefixLists.get(id);
      this.#prefixLists.set(id, { name: name ?? known?.name, ranges: cidrs ? parseCidrs(cidrs) : known?.ranges });
    }
    this.subnets = this.#indexSubnets();
    this.#indexAssociations();
    this.#aclOfSubnet = facts.NetworkAcls && new Map();
    for (const acl of facts.NetworkAcls ?? [])
      for (const { SubnetId } of acl.Associations ?? []) if (SubnetId) this.#aclOfSubnet?.set(SubnetId, acl);
    this.region = facts.Region ?? this.#regionOfSubnets();
  }

  #indexSubnets(): Map<string, SubnetInfo> | undefined {
    if (!this.facts.Subnets) return undefined;
    const subnets = new Map<string, SubnetInfo>();
    for (const subnet of this.facts.Subnets) {
      if (!subnet.SubnetId || !subnet.VpcId) continue;
      const info: SubnetInfo = {
        id: subnet.SubnetId,
        vpcId: subnet.VpcId,
        zone: subnet.AvailabilityZone ?? undefined,
        v4: parseCidrs([subnet.CidrBlock]),
        v6: parseCidrs(
          subnet.Ipv6CidrBlockAssociationSet?.filter(({ Ipv6CidrBlockState }) =>
            associated(Ipv6CidrBlockState?.State),
          ).map(({ Ipv6CidrBlock }) => Ipv6CidrBlock),
        ),
        blockMode: subnet.BlockPublicAccessStates?.InternetGatewayBlockMode ?? undefined,
      };
      if (subnets.has(info.id)) continue;
      subnets.set(info.id, info);
      const siblings = this.subnetsOfVpc.get(info.vpcId);
      if (siblings) siblings.push(info);
      else this.subnetsOfVpc.set(info.vpcId, [info]);
    }
    return subnets;
  }

  /** Implicit associations are not listed; gateway associations and those not (or no longer) in force do not count. */
  #indexAssociations(): void {
    for (const table of this.facts.RouteTables ?? []) {
      for (const association of table.Associations ?? []) {
        if (association.GatewayId || !associated(association.AssociationState?.State) || !table.RouteTableId) continue;
        if (association.SubnetId) this.#explicit.set(association.SubnetId, table.RouteTableId);
        else if (association.Main && table.VpcId) this.#main.set(table.VpcId, table.RouteTableId);
      }
    }
  }

  #regionOfSubnets(): string | undefined {
    for (const subnet of this.facts.Subnets ?? []) {
      const match = /^([a-z]{2}(?:-[a-z]+)+-\d)[a-z]$/.exec(subnet.AvailabilityZone ?? '');
      if (match) return match[1];
    }
    return undefined;
  }

  prefixListRanges = (id: string): Block[] | undefined => this.#prefixLists.get(id)?.ranges;

  prefixListName(id: string): string | undefined {
    return this.#prefixLists.get(id)?.name;
  }

  prefixListsNamed(matches: (name: string) => boolean): string[] {
    return [...this.#prefixLists].flatMap(([id, { name }]) => (name && matches(name) ? [id] : [])).sort();
  }

  /** All address ranges of a VPC, as far as known. */
  vpcRanges(vpcId: string): Block[] {
    const vpc = this.#vpcs?.get(vpcId);
    const ranges = parseCidrs([
      vpc?.CidrBlock,
      ...(vpc?.CidrBlockAssociationSet ?? []).flatMap(({ CidrBlock, CidrBlockState }) =>
        associated(CidrBlockState?.State) ? [CidrBlock] : [],
      ),
      ...(vpc?.Ipv6CidrBlockAssociationSet ?? []).flatMap(({ Ipv6CidrBlock, Ipv6CidrBlockState }) =>
        associated(Ipv6CidrBlockState?.State) ? [Ipv6CidrBlock] : [],
      ),
    ]);
    return ranges.length > 0 ? ranges : (this.subnetsOfVpc.get(vpcId) ?? []).flatMap(({ v4, v6 }) => [...v4, ...v6]);
  }

  knownVpcIds(): string[] {
    return [...new Set([...(this.#vpcs?.keys() ?? []), ...this.subnetsOfVpc.keys()])].sort();
  }

  vpcBlockMode(vpcId: string): string | undefined {
    return this.#vpcs?.get(vpcId)?.BlockPublicAccessStates?.InternetGatewayBlockMode ?? undefined;
  }

  dhcpOptionsOf(vpcId: string): string | undefined {
    return this.#vpcs?.get(vpcId)?.DhcpOptionsId ?? undefined;
  }

  /** Resources of the owner of a shared VPC do not show up in the lists of a participant. */
  isShared(vpcId: string): boolean {
    const owner =
      this.#vpcs?.get(vpcId)?.OwnerId ?? this.facts.Subnets?.find((subnet) => subnet.VpcId === vpcId)?.OwnerId;
    const ours =
      this.facts.VpcBlockPublicAccessOptions?.AwsAccountId ??
      this.connector.securityGroupIds.map((id) => this.#groups?.get(id)?.OwnerId).find(Boolean);
    return Boolean(owner && ours && owner !== ours);
  }

  tableById(id: string): CompiledTable | Absent {
    const raw = this.#tables?.get(id);
    if (!raw) return this.#tables ? 'not there' : 'not collected';
    let compiled = this.#compiledTables.get(id);
    if (!compiled) {
      compiled = compileTable(raw, this.prefixListRanges, raw.VpcId ? this.vpcRanges(raw.VpcId) : []);
      this.#compiledTables.set(id, compiled);
    }
    return compiled;
  }

  /** Explicit association, else the main table of the VPC. https://docs.aws.amazon.com/vpc/latest/userguide/subnet-route-tables.html */
  tableOf(subnet: SubnetInfo): CompiledTable | Absent {
    const id = this.#explicit.get(subnet.id) ?? this.#main.get(subnet.vpcId);
    if (id) return this.tableById(id);
    return this.#tables ? 'not there' : 'not collected';
  }

  isExplicit(subnetId: string): boolean {
    return this.#explicit.has(subnetId);
  }

  /** The VPCs with a route to this next hop: the ends of a peering, as far as seen. */
  vpcsUsing(nextHopId: string): string[] {
    let found = this.#users.get(nextHopId);
    if (!found) {
      const tables = (this.facts.RouteTables ?? []).filter(({ Routes }) =>
        Routes?.some(({ VpcPeeringConnectionId }) => VpcPeeringConnectionId === nextHopId),
      );
      found = [...new Set(tables.flatMap(({ VpcId }) => VpcId ?? []))].sort();
      this.#users.set(nextHopId, found);
    }
    return found;
  }

  /** The groups that are at hand, and the ids of those that are not. */
  groups(ids: readonly string[]): { groups: CompiledGroup[]; missing: string[] } {
    const groups: CompiledGroup[] = [];
    const missing: string[] = [];
    for (const id of [...new Set(ids)].sort()) {
      const raw = this.#groups?.get(id);
      if (!raw) {
        missing.push(id);
        continue;
      }
      let compiled = this.#compiledGroups.get(id);
      if (!compiled) {
        compiled = compileGroup(raw, this.prefixListRanges);
        this.#compiledGroups.set(id, compiled);
      }
      groups.push(compiled);
    }
    return { groups, missing };
  }

  defaultGroup(vpcId: string): string | undefined {
    return this.facts.SecurityGroups?.find((group) => group.VpcId === vpcId && group.GroupName === 'default')?.GroupId;
  }

  aclOf(subnetId: string): CompiledAcl | Absent {
    const raw = this.#aclOfSubnet?.get(subnetId);
    if (!raw) return this.#aclOfSubnet ? 'not there' : 'not collected';
    const id = raw.NetworkAclId ?? subnetId;
    let compiled = this.#compiledAcls.get(id);
    if (!compiled) {
      compiled = compileAcl(raw);
      this.#compiledAcls.set(id, compiled);
    }
    return compiled;
  }

  interfaceById(id: string): NetworkInterface | undefined {
    this.#interfaces ??= byId(this.facts.NetworkInterfaces, ({ NetworkInterfaceId }) => NetworkInterfaceId);
    return this.#interfaces?.get(id);
  }

  /** Private addresses are unique only inside a VPC; public ones are looked up with an empty `vpcId`. */
  interfaceAt(vpcId: string, address: Range): NetworkInterface | undefined {
    if (!this.#interfacesByAddress) {
      const index = new Map<string, NetworkInterface>();
      const put = (vpc: string, text: string | undefined, item: NetworkInterface): void => {
        const parsed = text ? parseAddress(text) : undefined;
        if (parsed) index.set(`${vpc} ${formatAddress(parsed)}`, item);
      };
      for (const item of this.facts.NetworkInterfaces ?? []) {
        const vpc = item.VpcId ?? '';
        put(vpc, item.PrivateIpAddress, item);
        for (const { PrivateIpAddress } of item.PrivateIpAddresses ?? []) put(vpc, PrivateIpAddress, item);
        for (const { Ipv6Address } of item.Ipv6Addresses ?? []) put(vpc, Ipv6Address, item);
        put('', item.Association?.PublicIp, item);
      }
      this.#interfacesByAddress = index;
    }
    return this.#interfacesByAddress.get(`${vpcId} ${formatAddress(address)}`);
  }

  subnetAt(vpcId: string, address: Range): SubnetInfo | undefined {
    return this.subnetsOfVpc
      .get(vpcId)
      ?.find(({ v4, v6 }) =>
        (address.family === 4 ? v4 : v6).some((block) => block.lo <= address.lo && address.hi <= block.hi),
      );
  }

  /** A VPC other than this one whose range holds the address; several or none: not known which. */
  otherVpcOf(vpcId: string, address: Range): string | undefined {
    const found = this.knownVpcIds().filter(
      (id) =>
        id !== vpcId &&
        this.vpcRanges(id).some(
          (block) => block.family === address.family && block.lo <= address.lo && address.hi <= block.hi,
        ),
    );
    return found.length === 1 ? found[0] : undefined;
  }

  /** The interfaces of the connector in a subnet: one per subnet and combination of groups. */
  connectorInterfaces(subnetId: string): readonly NetworkInterface[] {
    if (!this.#ownInterfaces) {
      const wanted = [...new Set(this.connector.securityGroupIds)].sort().join();
      this.#ownInterfaces = new Map();
      for (const item of this.facts.NetworkInterfaces ?? []) {
        const managed =
          (item.TagSet ?? []).some(({ Key }) => Key === 'AWSAppRunnerManaged') ||
          (item.Description ?? '').startsWith('AWSAppRunner ENI');
        const groups = [...new Set((item.Groups ?? []).flatMap(({ GroupId }) => GroupId ?? []))].sort().join();
        if (!managed || groups !== wanted || !item.SubnetId) continue;
        this.#ownInterfaces.set(item.SubnetId, [...(this.#ownInterfaces.get(item.SubnetId) ?? []), item]);
      }
    }
    return this.#ownInterfaces.get(subnetId) ?? [];
  }

  /** Where traffic of the service comes from: the addresses of its interfaces where known, else the whole subnet. */
  sources(subnet: SubnetInfo, family: 4 | 6): Range[] {
    const key = `${subnet.id} ${family}`;
    let ranges = this.sourceCache.get(key);
    if (!ranges) {
      const own = this.connectorInterfaces(subnet.id)
        .flatMap((item) => [
          ...(item.PrivateIpAddress ? [item.PrivateIpAddress] : []),
          ...(item.Ipv6Addresses ?? []).flatMap(({ Ipv6Address }) => Ipv6Address ?? []),
        ])
        .flatMap((text) => parseAddress(text) ?? [])
        .filter((address) => address.family === family);
      ranges = own.length > 0 ? own : family === 4 ? subnet.v4 : subnet.v6;
      this.sourceCache.set(key, ranges);
    }
    return ranges;
  }

  /** DNS attributes of a VPC; `undefined`: not collected. */
  dns(vpcId: string): { support: boolean | undefined; hostnames: boolean | undefined } {
    const read = (pick: (item: Item<'VpcAttributes'>) => boolean | { Value?: boolean } | undefined) => {
      for (const item of this.facts.VpcAttributes ?? []) {
        if (item.VpcId !== vpcId) continue;
        const value = pick(item);
        if (value === undefined || value === null) continue;
        return typeof value === 'boolean' ? value : value.Value;
      }
      return undefined;
    };
    return { support: read((item) => item.EnableDnsSupport), hostnames: read((item) => item.EnableDnsHostnames) };
  }

  /** Whether a gateway of this list is attached to the VPC. */
  attachment(
    list: 'InternetGateways' | 'EgressOnlyInternetGateways',
    id: string,
    vpcId: string,
  ): 'attached' | 'detached' | Absent {
    const gateways:
      | {
          InternetGatewayId?: string;
          EgressOnlyInternetGatewayId?: string;
          Attachments?: { VpcId?: string; State?: string }[];
        }[]
      | undefined = this.facts[list];
    if (!gateways) return 'not collected';
    const gateway = gateways.find((item) => (item.InternetGatewayId ?? item.EgressOnlyInternetGatewayId) === id);
    if (!gateway) return 'not there';
    // The API answers `available`, the enum of the SDK says `attached`.
    const attached = (gateway.Attachments ?? []).some(
      ({ VpcId, State }) => VpcId === vpcId && ['', 'available', 'attached'].includes(lower(State)),
    );
    return attached ? 'attached' : 'detached';
  }

  anyInternetGateway(vpcId: string): boolean {
    return (this.facts.InternetGateways ?? []).some(
      ({ InternetGatewayId: id }) => id && this.attachment('InternetGateways', id, vpcId) === 'attached',
    );
  }
}

export { lower };
