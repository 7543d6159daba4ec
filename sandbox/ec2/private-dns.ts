import type { DnsOptionsSpecification } from '@aws-sdk/client-ec2';
import type { Account } from '../account.ts';
import { AwsError } from '../http/errors.ts';
import type { Endpoint } from './endpoints.ts';

type Service = Account['ec2']['endpointServices'][number];

/**
 * Whether the names of the service may lead to this endpoint, and how.
 * https://docs.aws.amazon.com/vpc/latest/privatelink/manage-dns-names.html
 * Services with both types of endpoint (S3): names stay public inside the VPC, and lead to the gateway endpoint, unless
 * PrivateDnsOnlyForInboundResolverEndpoint is false.
 * https://docs.aws.amazon.com/AmazonS3/latest/userguide/privatelink-interface-endpoints.html
 */
export function holdPrivateDns(
  account: Account,
  endpoint: Endpoint,
  service: Service,
  options: DnsOptionsSpecification = {},
): Endpoint['DnsOptions'] {
  const { ec2 } = account;
  const { VpcId = '', ServiceName } = endpoint;
  const attributes = ec2.vpcAttributes[VpcId];
  if (!attributes?.enableDnsSupport || !attributes.enableDnsHostnames) {
    const message = `Enabling private DNS requires both enableDnsSupport and enableDnsHostnames VPC attributes set to true for ${VpcId}`;
    throw new AwsError('InvalidParameter', message);
  }
  const name = service.PrivateDnsName;
  if (!name) {
    const message = `Private DNS can't be enabled because the service ${ServiceName} does not provide a private DNS name.`;
    throw new AwsError('InvalidParameter', message);
  }
  const siblings = ec2.vpcEndpoints.filter(
    (one) => one !== endpoint && one.VpcId === VpcId && one.ServiceName === ServiceName,
  );
  if (siblings.some((one) => one.PrivateDnsEnabled)) {
    const message = `private-dns-enabled cannot be set because there is already a conflicting DNS domain for ${name} in the VPC ${VpcId}`;
    throw new AwsError('InvalidParameter', message);
  }
  const isDual = ec2.endpointServices.filter((one) => one.ServiceName === ServiceName).length > 1;
  if (!isDual) return { DnsRecordIpType: 'ipv4' };
  const inboundOnly = options.PrivateDnsOnlyForInboundResolverEndpoint ?? true;
  if (inboundOnly && !siblings.some((one) => one.VpcEndpointType === 'Gateway')) {
    const message = `To set PrivateDnsOnlyForInboundResolverEndpoint to true, the VPC ${VpcId} must have a Gateway endpoint for the service.`;
    throw new AwsError('InvalidParameter', message);
  }
  return { DnsRecordIpType: 'ipv4', PrivateDnsOnlyForInboundResolverEndpoint: inboundOnly };
}
