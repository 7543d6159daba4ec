import { isIPv4 } from 'node:net';
import type { Account, ServiceRecord } from './account.ts';
import { isPublic } from './network/address.ts';
import { aclAllows, type End, EPHEMERAL, groupsAllow } from './network/firewall.ts';
import { resolve } from './network/names.ts';
import { isAttached, publicAccessBlocked, type Route, routeTo, tableOf } from './network/routing.ts';

/*
 * Where a packet goes, hop by hop, by the account's state at this moment. Never imports lib/egress: the two answer the
 * same question independently, and a test holds them against each other.
 * IPv4 only: an IPv6 destination is dropped. Peerings and appliances: dropped too.
 */

export type Path = { readonly from: string; readonly address?: string } & (
  | { readonly reached: true; readonly via: string }
  | { readonly reached: false; readonly because: string; readonly symptom: 'timeout' | 'refused' | 'unknown-host' }
);

type Verdict = { reached: true; via: string } | { reached: false; because: string; symptom: 'timeout' | 'refused' };

const dropped = (because: string): Verdict => ({ reached: false, because, symptom: 'timeout' });

/**
 * Sources App Runner sends from with DEFAULT egress. Neither fixed nor published, so a rule that leaves any of them out
 * does not count.
 */
const APP_RUNNER_SOURCES = [
  '3.95.20.11',
  '18.209.77.4',
  '34.230.9.145',
  '44.203.61.8',
  '52.90.14.201',
  '54.221.3.77',
  '100.27.40.9',
];

/** Where a transit gateway's traffic leaves: a network account's own routes are not simulated, and they work. */
const CENTRAL_EGRESS = '52.2.118.40';

/** One path for DEFAULT egress; one per subnet and address with VPC egress. Instances may use any of them. */
export function paths(account: Account, service: ServiceRecord, host: string, port: number): Path[] {
  const egress = service.running.NetworkConfiguration.EgressConfiguration;
  if (egress?.EgressType !== 'VPC') {
    return pathsFrom(account, 'DEFAULT', undefined, host, (address) =>
      fromOutside(account, APP_RUNNER_SOURCES, address, port),
    );
  }
  const connector = account.apprunner.connectors.find((one) => one.VpcConnectorArn === egress.VpcConnectorArn);
  return (connector?.Subnets ?? []).flatMap((subnetId) => {
    const vpcId = account.ec2.subnets.find(({ SubnetId }) => SubnetId === subnetId)?.VpcId ?? '';
    const groups = connector?.SecurityGroups ?? [];
    return pathsFrom(account, subnetId, vpcId, host, (address) =>
      fromSubnet(account, { subnetId, vpcId, groups }, address, port),
    );
  });
}

function pathsFrom(
  account: Account,
  from: string,
  vpcId: string | undefined,
  host: string,
  judge: (address: string) => Verdict,
): Path[] {
  const addresses = isIPv4(host) ? [host] : resolve(account, host, vpcId);
  if (addresses.length === 0)
    return [{ from, reached: false, because: `${host} does not resolve`, symptom: 'unknown-host' }];
  return addresses.map((address) => ({ from, address, ...judge(address) }));
}

function fromOutside(account: Account, sources: readonly string[], address: string, port: number): Verdict {
  if (!isPublic(address)) return dropped(`${address} is private`);
  const owned = account.ec2.networkInterfaces.find(({ Association }) => Association?.PublicIp === address);
  if (!owned) return onInternet(account, address, port);
  const { SubnetId: subnetId = '', VpcId: vpcId } = owned;
  const back = routeTo(account, tableOf(account, subnetId), sources[0] ?? '');
  if (back?.State !== 'active' || !isAttached(account, back.GatewayId, vpcId)) {
    return dropped(`${subnetId} has no route to an attached internet gateway`);
  }
  if (publicAccessBlocked(account, subnetId, 'in')) return dropped(`public access to ${subnetId} is blocked`);
  const passes = sources.every(
    (source) =>
      aclAllows(account, subnetId, 'in', source, [port, port]) &&
      aclAllows(account, subnetId, 'out', source, EPHEMERAL) &&
      groupsAllow(account, 'in', groupsOf(owned), { address: source, groups: [] }, port),
  );
  return passes
    ? listening(account, owned, port)
    : dropped(`the network ACL of ${subnetId} or the groups of ${address} deny`);
}

function onInternet(account: Account, address: string, port: number): Verdict {
  const host = Object.values(account.internet).find(({ addresses }) => addresses.includes(address));
  return host?.ports.includes(port)
    ? { reached: true, via: 'internet' }
    : dropped(`nothing answers at ${address}:${port}`);
}

interface Source {
  readonly subnetId: string;
  readonly vpcId: string;
  readonly groups: readonly string[];
}

function fromSubnet(account: Account, source: Source, address: string, port: number): Verdict {
  const { subnetId } = source;
  const target = account.ec2.networkInterfaces.find(
    (one) => one.VpcId === source.vpcId && one.PrivateIpAddress === address,
  );
  const peer: End = { address, groups: target ? groupsOf(target) : [] };
  if (!groupsAllow(account, 'out', source.groups, peer, port))
    return dropped('the security groups of the connector deny');
  const stays = target?.SubnetId === subnetId;
  if (!stays && !aclPasses(account, subnetId, 'out', address, port))
    return dropped(`the network ACL of ${subnetId} denies`);
  const route = routeTo(account, tableOf(account, subnetId), address);
  if (!route) return dropped(`${subnetId} has no route to ${address}`);
  if (route.State !== 'active') return dropped(`the route of ${subnetId} to ${address} is a ${route.State}`);
  if (route.GatewayId === 'local')
    return target ? inside(account, source, target, port) : dropped(`nobody has ${address}`);
  if (route.NatGatewayId) return throughNat(account, source, route.NatGatewayId, address, port);
  if (route.TransitGatewayId) return fromOutside(account, [CENTRAL_EGRESS], address, port);
  if (route.GatewayId?.startsWith('vpce-')) return throughEndpoint(account, subnetId, route, address, port);
  if (route.GatewayId?.startsWith('igw-')) return dropped('the source has no public address');
  return dropped(`this target is not simulated: ${JSON.stringify(route)}`);
}

/** Both directions of one connection through the ACL of the subnet it starts from (`out`) or ends in (`in`). */
const aclPasses = (account: Account, subnetId: string, direction: 'in' | 'out', peer: string, port: number) =>
  aclAllows(account, subnetId, direction, peer, [port, port]) &&
  aclAllows(account, subnetId, direction === 'out' ? 'in' : 'out', peer, EPHEMERAL);

type Interface = Account['ec2']['networkInterfaces'][number];

const groupsOf = ({ Groups = [] }: Interface) => Groups.flatMap(({ GroupId }) => GroupId ?? []);

function inside(account: Account, source: Source, target: Interface, port: number): Verdict {
  const sender = addressIn(account, source);
  if (!sender) return dropped(`App Runner has no network interface in ${source.subnetId}`);
  const subnetId = target.SubnetId ?? '';
  if (subnetId !== source.subnetId && !aclPasses(account, subnetId, 'in', sender, port)) {
    return dropped(`the network ACL of ${subnetId} denies`);
  }
  const end: End = { address: sender, groups: source.groups };
  if (!groupsAllow(account, 'in', groupsOf(target), end, port))
    return dropped(`the groups of ${target.PrivateIpAddress} deny`);
  return listening(account, target, port);
}

/** The private address of the connector's interface in that subnet. */
const addressIn = (account: Account, { subnetId, groups }: Source) =>
  account.ec2.networkInterfaces.find(
    (one) =>
      one.SubnetId === subnetId &&
      one.InterfaceType === 'fargate' &&
      groupsOf(one).every((group) => groups.includes(group)),
  )?.PrivateIpAddress;

function listening(account: Account, target: Interface, port: number): Verdict {
  const database = account.rds.instances.find(
    (one) => account.rds.interfaces[one.DBInstanceIdentifier ?? ''] === target.NetworkInterfaceId,
  );
  const server = Object.values(account.servers).find((one) => one.interfaceId === target.NetworkInterfaceId);
  const endpoint = account.ec2.vpcEndpoints.find(
    (one) => one.State === 'available' && one.NetworkInterfaceIds?.includes(target.NetworkInterfaceId ?? ''),
  );
  if (endpoint) return { reached: true, via: endpoint.VpcEndpointId ?? 'endpoint' };
  const up = server?.port === port || (database?.DBInstanceStatus === 'available' && database.Endpoint?.Port === port);
  return up
    ? { reached: true, via: 'local' }
    : { reached: false, because: `nothing listens on port ${port}`, symptom: 'refused' };
}

function throughNat(account: Account, source: Source, natId: string, address: string, port: number): Verdict {
  const nat = account.ec2.natGateways.find(({ NatGatewayId }) => NatGatewayId === natId);
  const publicIp = nat?.NatGatewayAddresses?.find((one) => one.Status === 'succeeded')?.PublicIp;
  const sender = addressIn(account, source);
  if (nat?.State !== 'available') return dropped(`${natId} is not available`);
  if (nat.ConnectivityType !== 'public' || !publicIp) return dropped(`${natId} has no public address`);
  if (!nat.SubnetId) return dropped(`${natId} is regional, which is not simulated`);
  if (!sender) return dropped(`App Runner has no network interface in ${source.subnetId}`);
  const onward = routeTo(account, tableOf(account, nat.SubnetId), address);
  if (onward?.State !== 'active' || !isAttached(account, onward.GatewayId, nat.VpcId)) {
    return dropped(`${nat.SubnetId} of ${natId} has no route to an attached internet gateway`);
  }
  if (publicAccessBlocked(account, nat.SubnetId, 'out'))
    return dropped(`public access from ${nat.SubnetId} is blocked`);
  // ACLs act where a packet crosses the edge of a subnet: a NAT gateway in the same subnet sees the first leg unfiltered.
  const arrives = nat.SubnetId === source.subnetId || aclPasses(account, nat.SubnetId, 'in', sender, port);
  if (!arrives || !aclPasses(account, nat.SubnetId, 'out', address, port))
    return dropped(`the network ACL of ${nat.SubnetId} denies`);
  const arrived = fromOutside(account, [publicIp], address, port);
  return arrived.reached ? { reached: true, via: natId } : arrived;
}

function throughEndpoint(account: Account, subnetId: string, route: Route, address: string, port: number): Verdict {
  const endpoint = account.ec2.vpcEndpoints.find(({ VpcEndpointId }) => VpcEndpointId === route.GatewayId);
  const tableId = tableOf(account, subnetId)?.RouteTableId ?? '';
  if (endpoint?.VpcEndpointType !== 'Gateway') return dropped(`${route.GatewayId} is not a gateway endpoint`);
  if (endpoint.State !== 'available') return dropped(`${route.GatewayId} is ${endpoint.State}`);
  if (!endpoint.RouteTableIds?.includes(tableId)) return dropped(`${route.GatewayId} does not serve ${tableId}`);
  const arrived = onInternet(account, address, port);
  return arrived.reached ? { reached: true, via: endpoint.VpcEndpointId ?? 'endpoint' } : arrived;
}
