import { type ByHand, destinations, type Guide, idsOf, list, reasonsOf } from './guide.ts';

/* What lies in the network, and no remedy touches: it is shared, or somebody set it on purpose. */

const inTheVpc = (title: string, security: string, steps: readonly string[]): ByHand => ({
  title,
  steps,
  security,
  minutes: 20,
  redeploys: false,
  reversible: true,
});

export const networkAclDenies: Guide = (basis, subjects) => {
  const acls = idsOf(basis, subjects, 'network-acl');
  return inTheVpc(
    `Let the traffic through in the network ACL${acls.length > 0 ? ` ${list(acls)}` : ''}`,
    'a network ACL holds for everything in its subnets: allow the destination only',
    [
      ...reasonsOf(basis, subjects, 'egress'),
      `add an outbound rule that allows ${destinations(basis, subjects)}, with a number below the rule that denies it`,
      'add an inbound rule that allows tcp/1024-65535 from there: a network ACL has no memory, and the answer comes back on such a port',
      'how: https://docs.aws.amazon.com/vpc/latest/userguide/custom-network-acl.html',
    ],
  );
};

export const publicAccessBlocked: Guide = (basis, subjects) => {
  const subnets = list(basis.connector?.subnetIds ?? []);
  return inTheVpc(
    'Exclude the VPC from VPC Block Public Access',
    'whoever switched it on did so for the whole account or organization: ask before you add an exclusion',
    [
      ...reasonsOf(basis, subjects, 'egress'),
      'find out who set it: aws ec2 describe-vpc-block-public-access-options',
      `add an exclusion of mode allow-egress for the VPC of ${subnets}: aws ec2 create-vpc-block-public-access-exclusion --internet-gateway-exclusion-mode allow-egress --vpc-id <vpc>`,
      'how: https://docs.aws.amazon.com/vpc/latest/userguide/security-vpc-bpa.html',
    ],
  );
};

export const endpointClosed: Guide = (basis, subjects) => {
  const endpoints = idsOf(basis, subjects, 'endpoint');
  return inTheVpc(
    `Open the VPC endpoint${endpoints.length > 0 ? ` ${list(endpoints)}` : ''} for the service`,
    'the endpoint is shared by everything that uses it: let in the groups of the service only',
    [
      ...reasonsOf(basis, subjects, 'egress'),
      `look at its state, its security groups and its policy: aws ec2 describe-vpc-endpoints --vpc-endpoint-ids ${endpoints.join(' ') || '<endpoint>'}`,
      `let ${destinations(basis, subjects)} in from ${list(basis.connector?.securityGroupIds ?? [])}`,
      'how: https://docs.aws.amazon.com/vpc/latest/privatelink/create-interface-endpoint.html',
    ],
  );
};

export const dnsDisabled: Guide = (basis, subjects) =>
  inTheVpc(
    'Switch on DNS support and DNS host names of the VPC',
    'names in the whole VPC resolve otherwise afterwards: names of endpoints lead to private addresses',
    [
      ...reasonsOf(basis, subjects, 'egress'),
      'aws ec2 modify-vpc-attribute --vpc-id <vpc> --enable-dns-support',
      'aws ec2 modify-vpc-attribute --vpc-id <vpc> --enable-dns-hostnames',
      'what they do: https://docs.aws.amazon.com/vpc/latest/userguide/AmazonDNS-concepts.html',
    ],
  );

export const internetGateway: Guide = (basis, subjects) => ({
  ...inTheVpc(
    'Give the service private subnets that lead to a NAT gateway',
    'nothing comes in through a NAT gateway; the whole internet can be reached through it',
    [
      ...reasonsOf(basis, subjects, 'egress'),
      `App Runner gives its interfaces no public address, so an internet gateway serves them nothing: https://docs.aws.amazon.com/apprunner/latest/dg/network-vpc.html`,
      `make a connector in private subnets instead of ${list(basis.connector?.subnetIds ?? [])}, with the same groups ${list(basis.connector?.securityGroupIds ?? [])}: the subnets of a connector cannot be changed`,
      'point the default route of those subnets at a NAT gateway: https://docs.aws.amazon.com/vpc/latest/userguide/vpc-nat-gateway.html',
      `switch ${basis.service.name} to the new connector`,
    ],
  ),
  redeploys: true,
});

export const databaseUnreachable: Guide = (basis, subjects) =>
  inTheVpc(
    `Make the database reachable (${list(subjects)})`,
    'let in the security groups of the service, never all of the internet',
    [
      ...reasonsOf(basis, subjects, 'egress'),
      'is it available? aws rds describe-db-instances --query "DBInstances[].[DBInstanceIdentifier,DBInstanceStatus,PubliclyAccessible]"; one that was stopped is started with aws rds start-db-instance',
      `does its security group let ${destinations(basis, subjects)} in from ${list(basis.connector?.securityGroupIds ?? []) || 'where the service leaves'}?`,
      'how: https://docs.aws.amazon.com/AmazonRDS/latest/UserGuide/USER_VPC.WorkingWithRDSInstanceinaVPC.html',
    ],
  );
