import type { Change } from '../../../lib/domain/change.ts';
import type { Option } from '../../../lib/domain/plan.ts';
import { at, option } from './incident.ts';

/* Other ways out of the incident: one that the owner forbids, two that only a person can take. */

export const natGateway: Option = {
  ...option,
  remedy: 'add-nat-gateway',
  title: 'Add a NAT gateway in subnet-0pub1c00000000001',
  blocked: true,
  because: 'the profile says never',
  monthlyCostUsd: 36.5,
  minutes: 5,
  redeploys: false,
  security: 'the private subnets can reach the whole internet; nothing can reach them',
  preconditions: [],
  affects: ['nerava-admin leaves by rtb-0ma1n00000000001 too'],
  warnings: ['traffic through it costs 0.045 USD a gigabyte'],
};

const manual: Option = {
  ...option,
  remedy: 'manual',
  title: 'Ask the network team for a way out',
  blocked: true,
  because: 'a person has to do it',
  minutes: 20,
  redeploys: false,
  security: 'the private subnets can reach what the new route leads to',
  preconditions: [],
};

export const byHand: Option[] = [
  {
    ...manual,
    byHand: [
      'add a route 0.0.0.0/0 to a NAT gateway in rtb-0ma1n00000000001',
      'how: https://docs.aws.amazon.com/vpc/latest/userguide/vpc-nat-gateway.html',
    ],
  },
  {
    ...manual,
    title: 'Put nerava-backend into subnets with a way out',
    redeploys: true,
    warnings: ['nerava-db must let the security group of the new connector in'],
    byHand: ['make a connector in the new subnets (https://docs.aws.amazon.com/apprunner/latest/dg/network-vpc.html).'],
  },
];

export const group: Omit<Change, 'state'> = {
  number: 2,
  remedy: 'add-interface-endpoints',
  kind: 'security-group',
  target: 'sg-0dd2nerava0000002',
  what: 'security group for the endpoints of vpc-0ne1nerava0000001',
  undo: 'the group is deleted, unless something else uses it by then',
  at: at(150),
};

export const rule: Omit<Change, 'state'> = {
  number: 3,
  remedy: 'open-security-group',
  kind: 'security-group-rule',
  target: 'sg-0cc1nerava0000001',
  what: 'outbound tcp/443 to 3.208.40.25/32',
  undo: 'the rule is revoked',
  at: at(151),
};
