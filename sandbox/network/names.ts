import type { NetworkInterface } from '@aws-sdk/client-ec2';
import type { Account, Plain } from '../account.ts';

type Interface = Plain<NetworkInterface>;

export const interfaceById = (account: Account, id: string | undefined): Interface | undefined =>
  account.ec2.networkInterfaces.find(({ NetworkInterfaceId }) => id !== undefined && NetworkInterfaceId === id);

/**
 * What a name resolves to, asked from `vpcId` or (undefined) from outside. Empty: no such name, or no resolver.
 * RDS: https://docs.aws.amazon.com/AmazonRDS/latest/UserGuide/USER_VPC.WorkingWithRDSInstanceinaVPC.html
 * Private DNS: https://docs.aws.amazon.com/vpc/latest/privatelink/manage-dns-names.html
 */
export function resolve(account: Account, host: string, vpcId: string | undefined): string[] {
  const dns = vpcId === undefined ? undefined : account.ec2.vpcAttributes[vpcId];
  if (vpcId !== undefined && !dns?.enableDnsSupport) return [];
  const database = account.rds.instances.find(({ Endpoint }) => Endpoint?.Address === host);
  if (database) {
    const link = interfaceById(account, account.rds.interfaces[database.DBInstanceIdentifier ?? '']);
    const outside = vpcId === undefined || link?.VpcId !== vpcId;
    const address = outside && database.PubliclyAccessible ? link?.Association?.PublicIp : link?.PrivateIpAddress;
    return address ? [address] : [];
  }
  // Names of cache nodes are public and mean private addresses.
  const server = interfaceById(account, account.servers[host]?.interfaceId);
  if (server?.PrivateIpAddress) return [server.PrivateIpAddress];
  const endpoint = account.ec2.vpcEndpoints.find(
    (one) =>
      vpcId !== undefined &&
      one.VpcId === vpcId &&
      one.State === 'available' &&
      one.PrivateDnsEnabled &&
      // Then the names are private for on-premises only, and inside the VPC they lead to the gateway endpoint.
      !one.DnsOptions?.PrivateDnsOnlyForInboundResolverEndpoint &&
      dns?.enableDnsHostnames &&
      namesOf(account, one).includes(host),
  );
  if (endpoint) {
    return (endpoint.NetworkInterfaceIds ?? []).flatMap((id) => interfaceById(account, id)?.PrivateIpAddress ?? []);
  }
  return [...(account.internet[host]?.addresses ?? [])];
}

function namesOf(account: Account, { ServiceName }: { ServiceName?: string }): string[] {
  const service = account.ec2.endpointServices.find(
    (one) => one.ServiceName === ServiceName && one.ServiceType?.some(({ ServiceType }) => ServiceType === 'Interface'),
  );
  return (service?.PrivateDnsNames ?? []).flatMap(({ PrivateDnsName }) => PrivateDnsName ?? []);
}
