import type { CreateVpcEndpointRequest, ModifyVpcEndpointRequest } from '@aws-sdk/client-ec2';
import type { Account } from '../account.ts';
import { groupRefs, networkInterface } from '../build/interfaces.ts';
import { AwsError } from '../http/errors.ts';
import type { Endpoint } from './endpoints.ts';
import { groupById, subnetById } from './lookup.ts';
import { holdPrivateDns } from './private-dns.ts';
import { MINUTE, siteOf, type World } from './world.ts';

type Service = Account['ec2']['endpointServices'][number];

/** https://docs.aws.amazon.com/vpc/latest/privatelink/create-interface-endpoint.html */
export function createInterfaceEndpoint(
  world: World,
  draft: Endpoint,
  service: Service,
  request: CreateVpcEndpointRequest,
): void {
  const { account, clock, random } = world;
  if (request.SubnetConfigurations || (request.IpAddressType ?? 'ipv4') !== 'ipv4')
    throw new AwsError('UnsupportedOperation', 'sandbox: endpoints have IPv4 only, and addresses nobody chooses');
  const { SubnetIds = [], DnsOptions } = request;
  const PrivateDnsEnabled = request.PrivateDnsEnabled ?? isOnByDefault(account, service);
  holdSubnets(account, draft, service, SubnetIds);
  const groups = groupsFor(account, draft, request.SecurityGroupIds);
  if (PrivateDnsEnabled) draft.DnsOptions = holdPrivateDns(account, draft, service, DnsOptions);
  holdQuota(account, draft);
  Object.assign(draft, { PrivateDnsEnabled, IpAddressType: 'ipv4', Groups: groupRefs(siteOf(world), groups) });
  account.ec2.vpcEndpoints.push(draft);
  for (const id of SubnetIds) join(world, draft, id);
  clock.after(random.between(0.75, 1.25) * MINUTE, () => {
    if (draft.State === 'pending') draft.State = 'available';
  });
}

export function modifyInterfaceEndpoint(world: World, endpoint: Endpoint, request: ModifyVpcEndpointRequest): void {
  const { account } = world;
  if (request.SubnetConfigurations || (request.IpAddressType ?? 'ipv4') !== 'ipv4')
    throw new AwsError('UnsupportedOperation', 'sandbox: endpoints have IPv4 only, and addresses nobody chooses');
  const { AddSubnetIds = [], RemoveSubnetIds = [], AddSecurityGroupIds = [], RemoveSecurityGroupIds = [] } = request;
  const service = serviceOf(account, endpoint);
  const staying = held(endpoint.SubnetIds, RemoveSubnetIds, 'Subnet');
  const joining = AddSubnetIds.filter((id) => !staying.includes(id));
  holdSubnets(account, endpoint, service, [...staying, ...joining]);
  const present = endpoint.Groups?.flatMap(({ GroupId }) => GroupId ?? []);
  const groups = [...new Set([...held(present, RemoveSecurityGroupIds, 'Security group'), ...AddSecurityGroupIds])];
  if (groups.length === 0) throw new AwsError('InvalidParameter', 'An endpoint must keep at least one security group');
  const wantsDns = request.PrivateDnsEnabled ?? endpoint.PrivateDnsEnabled ?? false;
  const dns = wantsDns && (request.PrivateDnsEnabled || request.DnsOptions);
  if (dns) endpoint.DnsOptions = holdPrivateDns(account, endpoint, service, request.DnsOptions);
  endpoint.PrivateDnsEnabled = wantsDns;
  endpoint.Groups = groupRefs(siteOf(world), groupsFor(account, endpoint, groups));
  leave(account, endpoint, RemoveSubnetIds);
  for (const id of joining) join(world, endpoint, id);
  for (const link of linksOf(account, endpoint)) link.Groups = structuredClone(endpoint.Groups);
}

/** Its network interfaces go with it, and only then may its groups be deleted. */
export function deleteInterfaceEndpoint({ account, clock, random }: World, endpoint: Endpoint): void {
  if (endpoint.State === 'deleting') return;
  endpoint.State = 'deleting';
  clock.after(random.between(0.75, 1.25) * MINUTE, () => {
    leave(account, endpoint, endpoint.SubnetIds ?? []);
    account.ec2.vpcEndpoints = account.ec2.vpcEndpoints.filter((other) => other !== endpoint);
  });
}

/** The reference is silent; https://github.com/hashicorp/terraform-provider-aws/issues/37694 tells what happens. */
const isOnByDefault = ({ ec2 }: Account, { ServiceName, PrivateDnsName }: Service): boolean =>
  PrivateDnsName !== undefined && ec2.endpointServices.filter((one) => one.ServiceName === ServiceName).length === 1;

function serviceOf({ ec2 }: Account, { ServiceName }: Endpoint): Service {
  const found = ec2.endpointServices.find(
    (one) => one.ServiceName === ServiceName && one.ServiceType?.some(({ ServiceType }) => ServiceType === 'Interface'),
  );
  if (!found) throw new AwsError('InvalidServiceName', `The Vpc Endpoint Service '${ServiceName}' does not exist`);
  return found;
}

function held(present: readonly string[] = [], leaving: readonly string[], what: string): string[] {
  const stranger = leaving.find((id) => !present.includes(id));
  if (stranger) throw new AwsError('InvalidParameter', `${what} ${stranger} is not associated with the endpoint`);
  return present.filter((id) => !leaving.includes(id));
}

/** At most one in each zone, and only in zones where the service is. */
function holdSubnets(account: Account, { VpcId }: Endpoint, service: Service, ids: readonly string[]): void {
  const zones = new Set<string>();
  for (const id of ids) {
    const { VpcId: home, AvailabilityZone: zone = '' } = subnetById(account, id);
    if (home !== VpcId) throw new AwsError('InvalidParameter', `Subnet ${id} does not belong to ${VpcId}`);
    if (!service.AvailabilityZones?.includes(zone)) {
      const message = `The VPC endpoint service ${service.ServiceName} does not support the availability zone of the subnet: ${id}.`;
      throw new AwsError('InvalidParameter', message);
    }
    if (zones.has(zone)) {
      const message = `Found another VPC endpoint subnet in the availability zone of ${id}. VPC endpoint subnets should be in different availability zones supported by the VPC endpoint service.`;
      throw new AwsError('DuplicateSubnetsInSameZone', message);
    }
    zones.add(zone);
  }
}

function groupsFor(account: Account, { VpcId }: Endpoint, ids: readonly string[] = []): string[] {
  if (ids.length === 0) {
    return account.ec2.securityGroups.flatMap(({ GroupId, GroupName, VpcId: home }) =>
      home === VpcId && GroupName === 'default' && GroupId ? [GroupId] : [],
    );
  }
  const stranger = ids.find((id) => groupById(account, id).VpcId !== VpcId);
  if (stranger) throw new AwsError('InvalidParameter', `Security group ${stranger} does not belong to ${VpcId}`);
  return [...ids];
}

function holdQuota({ ec2 }: Account, { VpcId }: Endpoint): void {
  const most = ec2.limits.interfaceEndpointsPerVpc;
  const present = ec2.vpcEndpoints.filter((one) => one.VpcId === VpcId && one.VpcEndpointType === 'Interface');
  if (present.length < most) return;
  throw new AwsError('VpcEndpointLimitExceeded', `The limit is ${most} interface endpoints in a VPC.`);
}

const linksOf = ({ ec2 }: Account, { NetworkInterfaceIds = [] }: Endpoint) =>
  ec2.networkInterfaces.filter(({ NetworkInterfaceId = '' }) => NetworkInterfaceIds.includes(NetworkInterfaceId));

function join(world: World, endpoint: Endpoint, subnetId: string): void {
  const link = networkInterface(siteOf(world), subnetId, {
    Description: `VPC Endpoint Interface ${endpoint.VpcEndpointId}`,
    InterfaceType: 'vpc_endpoint',
    Groups: structuredClone(endpoint.Groups),
  });
  endpoint.SubnetIds = [...(endpoint.SubnetIds ?? []), subnetId];
  endpoint.NetworkInterfaceIds = [...(endpoint.NetworkInterfaceIds ?? []), link.NetworkInterfaceId ?? ''];
}

function leave(account: Account, endpoint: Endpoint, subnetIds: readonly string[]): void {
  const gone = linksOf(account, endpoint).filter(({ SubnetId = '' }) => subnetIds.includes(SubnetId));
  const ids = gone.map(({ NetworkInterfaceId }) => NetworkInterfaceId);
  account.ec2.networkInterfaces = account.ec2.networkInterfaces.filter((one) => !gone.includes(one));
  endpoint.SubnetIds = endpoint.SubnetIds?.filter((id) => !subnetIds.includes(id));
  endpoint.NetworkInterfaceIds = endpoint.NetworkInterfaceIds?.filter((id) => !ids.includes(id));
}
