import * as z from 'zod/mini';

/** Why something is broken: the only codes there are. The sentence says what it means to the person on call. */
export const CAUSES = {
  'no-route': 'no route leads from the subnets of the service to the destination',
  'blackhole-route': 'the route that matches leads to something that no longer exists',
  'internet-gateway-without-public-address':
    'the route leads to an internet gateway, but App Runner gives its interfaces no public address',
  'nat-unavailable': 'the NAT gateway on the way is not available',
  'nat-not-public': 'the NAT gateway on the way has no way to the internet',
  'security-group-denies': 'no security group rule lets this traffic through',
  'network-acl-denies': 'a network ACL rule stops this traffic',
  'public-access-blocked': 'VPC Block Public Access stops traffic to and from the internet',
  'endpoint-closed': 'the VPC endpoint on the way does not let this traffic through',
  'dns-disabled': 'the DNS attributes of the VPC, or of the endpoint, keep the name from resolving to the endpoint',
  'environment-missing': 'an environment variable that the service needs is not set',
  'environment-invalid': 'an environment variable breaks the rule of the profile',
  'stub-provider': 'the service is set to a stub that sends nothing',
  'credentials-rejected': 'the provider rejects the credentials of the service',
  'provider-suspended': 'the account at the provider is suspended or closed',
  'provider-resource-missing': 'the resource the service uses at the provider does not exist',
  'fallback-in-use': 'the service has fallen back to a provider that sends nothing',
  'event-loop-blocked': 'a call that blocks keeps the service from answering',
  'stale-deployment': 'the running deployment is older than its configuration',
  'deployment-failed': 'the last deployment failed',
  'database-unreachable': 'the database cannot be reached from where the service is',
} as const;

export type Cause = keyof typeof CAUSES;

export const Cause = z.enum(Object.keys(CAUSES) as [Cause, ...Cause[]]);
