import type { Account } from '../account.ts';
import { nthAddress } from '../network/address.ts';
import { arn, type Site } from './site.ts';

type Group = Account['ec2']['securityGroups'][number];
type Permission = NonNullable<Group['IpPermissions']>[number];
type Interface = Account['ec2']['networkInterfaces'][number];

export const tcpFrom = (cidr: string, port: number): Permission => ({
  IpProtocol: 'tcp',
  FromPort: port,
  ToPort: port,
  IpRanges: [{ CidrIp: cidr }],
  Ipv6Ranges: [],
  PrefixListIds: [],
  UserIdGroupPairs: [],
});

/** Lets interfaces in that carry the group. */
export const tcpFromGroup = (groupId: string, port: number): Permission => ({
  ...tcpFrom('', port),
  IpRanges: [],
  UserIdGroupPairs: [{ GroupId: groupId }],
});

export const everything = (): Permission => ({
  IpProtocol: '-1',
  IpRanges: [{ CidrIp: '0.0.0.0/0' }],
  Ipv6Ranges: [],
  PrefixListIds: [],
  UserIdGroupPairs: [],
});

export function securityGroup(
  site: Site,
  vpcId: string,
  options: { name: string; ingress?: Permission[]; egress?: Permission[] },
): string {
  const GroupId = site.random.id('sg');
  keep(site, vpcId, GroupId, options);
  return GroupId;
}

/** The group of interfaces that name none: https://docs.aws.amazon.com/vpc/latest/userguide/default-security-group.html */
export function defaultGroup(site: Site, vpcId: string): void {
  const GroupId = vpcId.replace('vpc-', 'sg-');
  const itself = { ...everything(), IpRanges: [], UserIdGroupPairs: [{ GroupId, UserId: site.account.id }] };
  keep(site, vpcId, GroupId, { name: 'default', ingress: [itself] });
}

function keep(
  site: Site,
  vpcId: string,
  GroupId: string,
  { name, ingress = [], egress = [everything()] }: { name: string; ingress?: Permission[]; egress?: Permission[] },
): void {
  site.account.ec2.securityGroups.push({
    GroupId,
    GroupName: name,
    Description: name === 'default' ? 'default VPC security group' : name,
    OwnerId: site.account.id,
    VpcId: vpcId,
    SecurityGroupArn: arn(site, 'ec2', `security-group/${GroupId}`),
    IpPermissions: ingress,
    IpPermissionsEgress: egress,
    Tags: [],
  });
}

/** A network interface with the next free private address of its subnet, and no public one. */
export function networkInterface(site: Site, subnetId: string, rest: Partial<Interface>): Interface {
  const { ec2, id: ownerId } = site.account;
  const home = ec2.subnets.find(({ SubnetId }) => SubnetId === subnetId);
  const taken = ec2.networkInterfaces
    .filter(({ SubnetId }) => SubnetId === subnetId)
    .map((one) => one.PrivateIpAddress);
  let index = 10;
  // AWS keeps the first four addresses of a subnet: https://docs.aws.amazon.com/vpc/latest/userguide/subnet-sizing.html
  while (taken.includes(nthAddress(home?.CidrBlock ?? '', index))) index += 1;
  const address = nthAddress(home?.CidrBlock ?? '', index);
  const made: Interface = {
    NetworkInterfaceId: site.random.id('eni'),
    SubnetId: subnetId,
    VpcId: home?.VpcId,
    AvailabilityZone: home?.AvailabilityZone,
    Description: '',
    Groups: [],
    InterfaceType: 'interface',
    Ipv6Addresses: [],
    OwnerId: ownerId,
    PrivateIpAddress: address,
    PrivateIpAddresses: [{ Primary: true, PrivateIpAddress: address }],
    RequesterManaged: true,
    SourceDestCheck: true,
    Status: 'in-use',
    TagSet: [],
    ...rest,
  };
  ec2.networkInterfaces.push(made);
  return made;
}

export const groupRefs = (site: Site, ids: readonly string[]) =>
  ids.map((GroupId) => ({
    GroupId,
    GroupName: site.account.ec2.securityGroups.find((one) => one.GroupId === GroupId)?.GroupName,
  }));
