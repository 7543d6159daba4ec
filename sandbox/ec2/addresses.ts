import type { AllocateAddressRequest, DescribeAddressesRequest, ReleaseAddressRequest } from '@aws-sdk/client-ec2';
import type { Account } from '../account.ts';
import { AwsError } from '../http/errors.ts';
import type { Random } from '../random.ts';
import { describe, refuseDryRun } from './describe.ts';
import { GATEWAY_COLLECTIONS } from './gateways.ts';
import { addressById } from './lookup.ts';
import { tagsAtCreation } from './tags.ts';
import type { World } from './world.ts';

export type Address = Account['ec2']['addresses'][number];

/**
 * https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_AllocateAddress.html has no client token: whoever asks
 * twice gets two.
 */
export const addressOperations = ({ account, random }: World) => ({
  AllocateAddress: (request: AllocateAddressRequest): object => {
    refuseDryRun(request);
    if (request.Domain === 'standard' || request.Address || request.PublicIpv4Pool || request.IpamPoolId)
      throw new AwsError('UnsupportedOperation', 'sandbox: only addresses of the pool of Amazon are simulated');
    const Tags = tagsAtCreation(request.TagSpecifications, 'elastic-ip');
    const { addresses, limits } = account.ec2;
    if (addresses.length >= limits.addresses) {
      throw new AwsError('AddressLimitExceeded', 'The maximum number of addresses has been reached.');
    }
    const address: Address = {
      PublicIp: freePublicIp(account, random),
      AllocationId: random.id('eipalloc'),
      Domain: 'vpc',
      NetworkBorderGroup: account.region,
      PublicIpv4Pool: 'amazon',
      Tags,
    };
    addresses.push(address);
    const { Tags: _, ...shown } = address;
    return shown;
  },
  ReleaseAddress: (request: ReleaseAddressRequest): object => {
    refuseDryRun(request);
    const { AllocationId, PublicIp } = request;
    if (AllocationId && PublicIp) {
      const message = 'You may specify public IP or allocation id, but not both in the same call';
      throw new AwsError('InvalidParameterCombination', message);
    }
    if (!AllocationId) {
      const message = 'You must specify an allocation id when releasing a VPC elastic IP address';
      throw new AwsError('InvalidParameterValue', message);
    }
    const address = addressById(account, AllocationId);
    if (address.AssociationId) {
      throw new AwsError('InvalidIPAddress.InUse', `The address '${address.PublicIp}' is in use.`);
    }
    account.ec2.addresses = account.ec2.addresses.filter((other) => other !== address);
    return {};
  },
  DescribeAddresses: ({ PublicIps = [], ...request }: DescribeAddressesRequest): object => {
    const unknown = PublicIps.find((ip) => !account.ec2.addresses.some(({ PublicIp }) => PublicIp === ip));
    if (unknown) throw new AwsError('InvalidAddress.NotFound', `Address '${unknown}' not found.`);
    const { DescribeAddresses: collection } = GATEWAY_COLLECTIONS;
    if (!collection) throw new Error('no collection of addresses');
    const asked = PublicIps.length > 0 ? [{ Name: 'public-ip', Values: PublicIps }] : [];
    const { Addresses } = describe(account, 'DescribeAddresses', collection, {
      ...request,
      Filters: [...(request.Filters ?? []), ...asked],
    }) as { Addresses: unknown };
    return { Addresses };
  },
});

function freePublicIp({ ec2 }: Account, random: Random): string {
  const taken = [
    ...ec2.addresses.map(({ PublicIp }) => PublicIp),
    ...ec2.networkInterfaces.map(({ Association }) => Association?.PublicIp),
  ];
  for (;;) {
    const ip = `54.85.${Math.floor(random.between(1, 254))}.${Math.floor(random.between(1, 254))}`;
    if (!taken.includes(ip)) return ip;
  }
}

type Interface = Account['ec2']['networkInterfaces'][number];

export function associate({ account, random }: World, address: Address, link: Interface): void {
  const { AllocationId, PublicIp } = address;
  const AssociationId = random.id('eipassoc');
  Object.assign(address, {
    AssociationId,
    NetworkInterfaceId: link.NetworkInterfaceId,
    NetworkInterfaceOwnerId: account.id,
    PrivateIpAddress: link.PrivateIpAddress,
  });
  link.Association = { AllocationId, AssociationId, PublicIp, IpOwnerId: account.id };
}

export function disassociate(address: Address): void {
  delete address.AssociationId;
  delete address.NetworkInterfaceId;
  delete address.NetworkInterfaceOwnerId;
  delete address.PrivateIpAddress;
}
