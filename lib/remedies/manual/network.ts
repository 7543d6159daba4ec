import { placeOf } from '../../domain/start-command.ts';
import type { Basis } from '../remedy.ts';
import { createCommand, deleteCommand, missingEntries } from './acl.ts';
import { type ByHand, destinations, type Guide, idsOf, list, proveIt } from './guide.ts';

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
  const entries = missingEntries(basis, subjects);
  const acls = entries ? [...new Set(entries.map(({ acl }) => acl))] : idsOf(basis, subjects, 'network-acl');
  return inTheVpc(
    `Let the traffic through in the network ACL${acls.length > 0 ? ` ${list(acls)}` : ''}`,
    'a network ACL holds for everything in its subnets: only the ports and addresses that are missing are opened',
    entries
      ? [
          ...entries.map((entry) => `let ${entry.because}: ${createCommand(basis, entry)}`),
          proveIt(basis),
          ...entries.map((entry) => `the way back, if you need one: ${deleteCommand(basis, entry)}`),
        ]
      : [
          `look at the rules, in the order of their numbers: aws ec2 describe-network-acls --region ${placeOf(basis.service.arn).region} --network-acl-ids ${acls.join(' ') || '<the ACL of the subnets>'}`,
          `add what is missing before the rule that denies it: outbound ${destinations(basis, subjects)}, inbound tcp/1024-65535 for the answers, because a network ACL has no memory: https://docs.aws.amazon.com/vpc/latest/userguide/custom-network-acl.html`,
          proveIt(basis),
        ],
  );
};

/** The VPC of the connector, where its subnets were seen. */
const vpcOf = ({ facts, connector }: Basis): string =>
  facts.Subnets?.find(({ SubnetId }) => connector?.subnetIds.includes(SubnetId ?? ''))?.VpcId ?? '<vpc>';

const regionOf = ({ service }: Basis): string => `--region ${placeOf(service.arn).region}`;

export const publicAccessBlocked: Guide = (basis) => {
  return inTheVpc(
    'Exclude the VPC from VPC Block Public Access',
    'whoever switched it on did so for the whole account or organization: ask before you add an exclusion',
    [
      `find out who set it (https://docs.aws.amazon.com/vpc/latest/userguide/security-vpc-bpa.html): aws ec2 describe-vpc-block-public-access-options ${regionOf(basis)}`,
      `add an exclusion, which lets the VPC of the service out, and nothing in: aws ec2 create-vpc-block-public-access-exclusion ${regionOf(basis)} --internet-gateway-exclusion-mode allow-egress --vpc-id ${vpcOf(basis)}`,
      proveIt(basis),
    ],
  );
};

export const endpointClosed: Guide = (basis, subjects) => {
  const endpoints = idsOf(basis, subjects, 'endpoint');
  return inTheVpc(
    `Open the VPC endpoint${endpoints.length > 0 ? ` ${list(endpoints)}` : ''} for the service`,
    'the endpoint is shared by everything that uses it: let in the groups of the service only',
    [
      `look at its state, its security groups and its policy: aws ec2 describe-vpc-endpoints ${regionOf(basis)} --vpc-endpoint-ids ${endpoints.join(' ') || '<endpoint>'}`,
      `let ${destinations(basis, subjects)} in from ${list(basis.connector?.securityGroupIds ?? [])}`,
      'how: https://docs.aws.amazon.com/vpc/latest/privatelink/create-interface-endpoint.html',
    ],
  );
};

export const dnsDisabled: Guide = (basis) =>
  inTheVpc(
    'Switch on DNS support and DNS host names of the VPC',
    'names in the whole VPC resolve otherwise afterwards: names of endpoints lead to private addresses',
    [
      `switch on DNS support (what it does: https://docs.aws.amazon.com/vpc/latest/userguide/AmazonDNS-concepts.html): aws ec2 modify-vpc-attribute ${regionOf(basis)} --vpc-id ${vpcOf(basis)} --enable-dns-support`,
      `switch on DNS host names: aws ec2 modify-vpc-attribute ${regionOf(basis)} --vpc-id ${vpcOf(basis)} --enable-dns-hostnames`,
      proveIt(basis),
    ],
  );

export const internetGateway: Guide = (basis) => ({
  ...inTheVpc(
    'Give the service private subnets that lead to a NAT gateway',
    'nothing comes in through a NAT gateway; the whole internet can be reached through it',
    [
      `App Runner gives its interfaces no public address, so an internet gateway serves them nothing: https://docs.aws.amazon.com/apprunner/latest/dg/network-vpc.html`,
      `make a connector in private subnets instead of ${list(basis.connector?.subnetIds ?? [])}, with the same groups ${list(basis.connector?.securityGroupIds ?? [])}: the subnets of a connector cannot be changed`,
      'point the default route of those subnets at a NAT gateway: https://docs.aws.amazon.com/vpc/latest/userguide/vpc-nat-gateway.html',
      `switch ${basis.service.name} to the new connector`,
    ],
  ),
  redeploys: true,
});

/** One call starts one instance. */
const instancesOf = ({ dependencies }: Basis, subjects: readonly string[]): string | undefined =>
  dependencies.find(({ name }) => subjects.includes(name))?.rds;

export const databaseUnreachable: Guide = (basis, subjects) =>
  inTheVpc(
    `Make the database reachable (${list(subjects)})`,
    'let in the security groups of the service, never all of the internet',
    [
      `is it available? Look: aws rds describe-db-instances ${regionOf(basis)} --query 'DBInstances[].[DBInstanceIdentifier,DBInstanceStatus,PubliclyAccessible]' --output table`,
      `if it was stopped, start it: aws rds start-db-instance ${regionOf(basis)} --db-instance-identifier ${instancesOf(basis, subjects) || '<identifier>'}`,
      `does its security group let ${destinations(basis, subjects)} in from ${list(basis.connector?.securityGroupIds ?? []) || 'where the service leaves'}?`,
      'how: https://docs.aws.amazon.com/AmazonRDS/latest/UserGuide/USER_VPC.WorkingWithRDSInstanceinaVPC.html',
    ],
  );
