import { isIPv4, isIPv6 } from 'node:net';
import type { IpPermission } from '@aws-sdk/client-ec2';
import type { Account } from '../account.ts';
import { AwsError } from '../http/errors.ts';
import { canonical } from '../network/address.ts';
import { groupById } from './lookup.ts';
import { type Permission, peersOf } from './rules.ts';

/** https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_IpPermission.html */
const NAMES: Readonly<Record<string, string>> = { 6: 'tcp', 17: 'udp', 1: 'icmp', 58: 'icmpv6', all: '-1' };
const WITH_PORTS = ['tcp', 'udp'];

const invalid = (message: string) => new AwsError('InvalidParameterValue', message);

/** Permissions as EC2 stores them: protocols by name, blocks in their canonical form, everything in them found. */
export function normalized(account: Account, permissions: readonly IpPermission[]): Permission[] {
  return permissions.map((permission) => {
    const made = {
      ...portsOf(permission),
      IpRanges: (permission.IpRanges ?? []).map((range) => ({ ...range, CidrIp: cidrOf(range.CidrIp) })),
      Ipv6Ranges: (permission.Ipv6Ranges ?? []).map((range) => ({ ...range, CidrIpv6: cidr6Of(range.CidrIpv6) })),
      PrefixListIds: (permission.PrefixListIds ?? []).map((list) => heldList(account, list)),
      UserIdGroupPairs: (permission.UserIdGroupPairs ?? []).map(({ GroupId = '', Description }) => {
        groupById(account, GroupId);
        return { GroupId, UserId: account.id, ...(Description !== undefined && { Description }) };
      }),
    };
    if (peersOf(made).length === 0) {
      throw new AwsError('MissingParameter', 'The request must name a CIDR block, a prefix list or a security group');
    }
    return made;
  });
}

function portsOf({ IpProtocol: given = '', FromPort, ToPort }: IpPermission): Permission {
  const IpProtocol = NAMES[given.toLowerCase()] ?? given.toLowerCase();
  if (IpProtocol === '-1') return { IpProtocol };
  if (!/^(tcp|udp|icmp|icmpv6|\d{1,3})$/.test(IpProtocol)) throw invalid(`Invalid value '${given}' for IP protocol.`);
  if (!WITH_PORTS.includes(IpProtocol)) return { IpProtocol, FromPort: FromPort ?? -1, ToPort: ToPort ?? -1 };
  if (FromPort === undefined || ToPort === undefined) {
    throw invalid(`Invalid value 'Must specify both from and to ports with TCP/UDP.' for portRange.`);
  }
  if (FromPort < 0 || ToPort > 65535 || FromPort > ToPort) {
    throw invalid(`Invalid value '${FromPort}-${ToPort}' for portRange.`);
  }
  return { IpProtocol, FromPort, ToPort };
}

function cidrOf(cidr = ''): string {
  const [network = '', length = '', ...more] = cidr.split('/');
  if (isIPv4(network) && /^\d{1,2}$/.test(length) && Number(length) <= 32 && more.length === 0) return canonical(cidr);
  throw invalid(`CIDR block ${cidr} is malformed`);
}

function cidr6Of(cidr = ''): string {
  const [network = '', length = '', ...more] = cidr.split('/');
  if (isIPv6(network) && /^\d{1,3}$/.test(length) && Number(length) <= 128 && more.length === 0) return cidr;
  throw invalid(`CIDR block ${cidr} is malformed`);
}

function heldList<T extends { PrefixListId?: string }>({ ec2 }: Account, list: T): T {
  if (ec2.prefixLists.some(({ PrefixListId }) => PrefixListId === list.PrefixListId)) return list;
  const message = `The prefix list ID '${list.PrefixListId}' does not exist`;
  throw new AwsError('InvalidPrefixListID.NotFound', message);
}
