import type { Cause } from './cause.ts';

/** What a person does about a cause when no remedy may. One line each; the finding says where. */
export const ADVICE: Readonly<Record<Cause, string>> = {
  'no-route':
    'give the subnets a way out: a default route to a NAT gateway in a public subnet, or a VPC endpoint if it is an AWS service',
  'blackhole-route': 'point the route at something that exists, for example a NAT gateway that is available',
  'internet-gateway-without-public-address':
    'move the connector to private subnets, or route its subnets through a NAT gateway instead of the internet gateway',
  'nat-unavailable': 'look at the state and failure of the NAT gateway, and replace it if it does not come back',
  'nat-not-public': 'use a public NAT gateway with an Elastic IP in a subnet that routes to an internet gateway',
  'security-group-denies':
    'add the missing rule to the security group, as narrow as the dependency: its port and addresses',
  'network-acl-denies':
    'let the traffic through in the network ACL, both ways: the answer comes back on ports 1024 to 65535',
  'public-access-blocked': 'ask who set VPC Block Public Access, and add an exclusion for this VPC or subnet',
  'endpoint-closed': 'let the port in through the security group of the endpoint, and look at its state and policy',
  'dns-disabled':
    'switch on what the finding names: private DNS of the endpoint, or DNS support and DNS host names of the VPC',
  'environment-missing': 'say in the request what the variable is to be: a repair sets it, and deploys',
  'environment-invalid': 'say in the request what the variable is to be: a repair sets it, and deploys',
  'stub-provider': 'name the real provider in the request: a repair sets the variable, and deploys',
  'credentials-rejected': 'rotate the credentials at the provider, update the secret, and deploy',
  'provider-suspended': 'settle it with the provider: balance, terms or a suspended parent account',
  'provider-resource-missing': 'create the resource at the provider again, set its id on the service, and deploy',
  'fallback-in-use':
    'bring the primary provider back; a redeployment may be enough if the configuration changed meanwhile',
  'event-loop-blocked':
    'move the blocking call to a thread and give it a time-out of its own, then deploy the fixed image',
  'stale-deployment': 'redeploy the service, so that it runs with its configuration of today',
  'deployment-failed': 'read the service log of the failed deployment, and deploy what worked last',
  'database-unreachable': 'look at the database: is it available, and does its security group let the service in',
};
