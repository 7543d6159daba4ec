import { createCommand, deleteCommand, missingEntries } from './acl.ts';
import { destinations, type Guide, idsOf, list, proveIt } from './guide.ts';
import { inTheVpc, regionOf, vpcOf } from './vpc.ts';

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
          `look at the rules, in the order of their numbers: aws ec2 describe-network-acls ${regionOf(basis)} --network-acl-ids ${acls.join(' ') || '<the ACL of the subnets>'}`,
          `add what is missing before the rule that denies it: outbound ${destinations(basis, subjects)}, inbound tcp/1024-65535 for the answers, because a network ACL has no memory: https://docs.aws.amazon.com/vpc/latest/userguide/custom-network-acl.html`,
          proveIt(basis),
        ],
  );
};

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
