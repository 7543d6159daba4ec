import type {
  DhcpOptions,
  EgressOnlyInternetGateway,
  InternetGateway,
  NatGateway,
  NetworkAcl,
  NetworkInterface,
  RouteTable,
  SecurityGroup,
  Subnet,
  Vpc,
  VpcBlockPublicAccessExclusion,
  VpcBlockPublicAccessOptions,
  VpcEndpoint,
} from '@aws-sdk/client-ec2';
import type { DBInstance } from '@aws-sdk/client-rds';
import type { Cause } from '../domain/cause.ts';
import type { Health, Path } from '../domain/finding.ts';

/** What the SDK returns, or the same as JSON from anywhere: every member optional, enums are strings, dates may be text. */
export type Raw<T> = T extends Date
  ? Date | string
  : T extends string
    ? string
    : T extends readonly (infer U)[]
      ? Raw<U>[]
      : T extends object
        ? { [K in keyof T]?: Raw<T[K]> }
        : T;

type Attribute = boolean | { Value?: boolean };

/**
 * The response lists of `describe-*`, under the SDK's names. A list left out was not collected, and what depends on it
 * is `unknown`. A list that is given must be whole for the VPCs concerned: what it does not contain does not exist.
 * `NetworkInterfaces` is the exception: it may be filtered, and one without addresses only says what carries a group.
 */
export interface EgressFacts {
  Region?: string;
  Vpcs?: Raw<Vpc>[];
  Subnets?: Raw<Subnet>[];
  RouteTables?: Raw<RouteTable>[];
  NatGateways?: Raw<NatGateway>[];
  InternetGateways?: Raw<InternetGateway>[];
  EgressOnlyInternetGateways?: Raw<EgressOnlyInternetGateway>[];
  SecurityGroups?: Raw<SecurityGroup>[];
  NetworkAcls?: Raw<NetworkAcl>[];
  VpcEndpoints?: Raw<VpcEndpoint>[];
  /** `describe-prefix-lists`; for lists of customers with the entries put in as `Cidrs`. Without `Cidrs`: entries not collected. */
  PrefixLists?: { PrefixListId?: string; PrefixListName?: string; Cidrs?: string[] }[];
  NetworkInterfaces?: Raw<NetworkInterface>[];
  /** `describe-vpc-attribute`, one or several answers per VPC, with or without the `{ Value }` around the boolean. */
  VpcAttributes?: { VpcId?: string; EnableDnsSupport?: Attribute; EnableDnsHostnames?: Attribute }[];
  VpcBlockPublicAccessOptions?: Raw<VpcBlockPublicAccessOptions>;
  VpcBlockPublicAccessExclusions?: Raw<VpcBlockPublicAccessExclusion>[];
  DhcpOptions?: Raw<DhcpOptions>[];
  DBInstances?: Raw<DBInstance>[];
}

export interface EgressConnector {
  subnetIds: string[];
  securityGroupIds: string[];
}

export interface EgressDependency {
  name: string;
  host?: string;
  /** IPv4 or IPv6, as resolved outside the judge. Missing or empty: not resolved. */
  addresses?: string[];
  /** False: `host` was looked up and not found. Left out with no addresses: nobody looked. */
  resolved?: boolean;
  port: number;
  protocol: 'tcp' | 'udp';
  /** The endpoint name of an AWS service: `s3`, `dynamodb`, `secretsmanager`, `email-smtp`, … */
  aws?: string;
  /** The identifier of an RDS instance. */
  rds?: string;
}

export interface EgressResult {
  name: string;
  status: Health;
  cause?: Cause;
  because: string;
  subnets: Path[];
}
