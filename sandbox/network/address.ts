import { BlockList, isIPv4 } from 'node:net';

export function inCidr(address: string, cidr: string | undefined): boolean {
  const [network, length] = cidr?.split('/') ?? [];
  if (!network || length === undefined || !isIPv4(network) || !isIPv4(address)) return false;
  const list = new BlockList();
  list.addSubnet(network, Number(length), 'ipv4');
  return list.check(address, 'ipv4');
}

export const prefixLength = (cidr: string) => Number(cidr.split('/')[1] ?? 0);

/** https://www.iana.org/assignments/iana-ipv4-special-registry */
const NOT_PUBLIC = [
  '0.0.0.0/8',
  '10.0.0.0/8',
  '100.64.0.0/10',
  '127.0.0.0/8',
  '169.254.0.0/16',
  '172.16.0.0/12',
  '192.168.0.0/16',
  '224.0.0.0/3',
];

export const isPublic = (address: string) => isIPv4(address) && !NOT_PUBLIC.some((cidr) => inCidr(address, cidr));

/** The `index`th address of a block. */
export function nthAddress(cidr: string, index: number): string {
  const [network = '0.0.0.0'] = cidr.split('/');
  const value = network.split('.').reduce((sum, part) => sum * 256 + Number(part), 0) + index;
  return [24, 16, 8, 0].map((shift) => Math.floor(value / 2 ** shift) % 256).join('.');
}

/** The block as AWS stores it, without bits of a host: 100.68.0.18/18 is 100.68.0.0/18. */
export function canonical(cidr: string): string {
  const [network = '0.0.0.0', length = '32'] = cidr.split('/');
  const value = network.split('.').reduce((sum, part) => sum * 256 + Number(part), 0);
  const size = 2 ** (32 - Number(length));
  return `${nthAddress('0.0.0.0', Math.floor(value / size) * size)}/${Number(length)}`;
}
