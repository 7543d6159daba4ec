import type { Precondition } from '../../domain/plan.ts';
import type { EgressFacts } from '../../egress/facts.ts';
import { World } from '../../egress/world.ts';
import type { Basis } from '../remedy.ts';

type SeenEndpoint = Pick<
  NonNullable<EgressFacts['VpcEndpoints']>[number],
  'VpcId' | 'VpcEndpointType' | 'State' | 'PrivateDnsEnabled' | 'ServiceName' | 'VpcEndpointId'
> & { readonly DnsEntries?: readonly { readonly DnsName?: string }[] };

/**
 * An endpoint that holds the same names: AWS lets only one of a VPC do so. Nothing says that one which failed, was
 * rejected or expired lets go of them before it is deleted.
 */
export const rivalOf = (
  endpoints: readonly SeenEndpoint[],
  vpcId: string,
  { serviceName, privateDnsNames = [] }: { readonly serviceName: string; readonly privateDnsNames?: readonly string[] },
): string | undefined =>
  endpoints.find(
    (one) =>
      one.VpcId === vpcId &&
      one.VpcEndpointType?.toLowerCase() === 'interface' &&
      one.PrivateDnsEnabled === true &&
      one.State?.toLowerCase() !== 'deleted' &&
      (one.ServiceName === serviceName ||
        one.DnsEntries?.some(({ DnsName }) => privateDnsNames.includes(DnsName ?? ''))),
  )?.VpcEndpointId;

/** https://docs.aws.amazon.com/vpc/latest/privatelink/create-interface-endpoint.html: without both, names lead past the endpoint. */
export function namesCanTurn({ facts }: Pick<Basis, 'facts'>, vpcId: string): Precondition {
  const { support, hostnames } = new World(facts, { subnetIds: [], securityGroupIds: [] }).dns(vpcId);
  const what = `the names of the services can lead to endpoints in ${vpcId}`;
  const off = [
    ...(support === false ? ['enableDnsSupport'] : []),
    ...(hostnames === false ? ['enableDnsHostnames'] : []),
  ];
  if (off.length > 0)
    return {
      what,
      met: 'no',
      because: `${off.join(' and ')} of ${vpcId} ${off.length > 1 ? 'are' : 'is'} off: switch ${off.length > 1 ? 'them' : 'it'} on by hand first, because only private DNS makes the names of an SDK lead to the endpoint`,
    };
  if (support === undefined || hostnames === undefined) {
    const because = `the DNS attributes of ${vpcId} could not be looked at (ec2:DescribeVpcAttribute)`;
    return { what, met: 'unknown', because };
  }
  return { what, met: 'yes', because: `enableDnsSupport and enableDnsHostnames of ${vpcId} are on` };
}

/** `rivals`: an endpoint for each service that cannot have another. */
export function namesAreFree(services: readonly string[], rivals: readonly string[]): Precondition {
  const what = `no other endpoint of the VPC holds the names of ${services.join(', ')}`;
  if (rivals.length === 0) return { what, met: 'yes', because: 'none does' };
  return {
    what,
    met: 'no',
    because: `${rivals.join(', ')} holds the names of ${services.join(', ')} already, with private DNS: that endpoint is what has to be put right or deleted, by hand`,
  };
}
