import type {
  AutoScalingConfigurationSummary,
  HealthCheckConfiguration,
  InstanceConfiguration,
  NetworkConfiguration,
  OperationSummary,
  ServiceObservabilityConfiguration,
  SourceConfiguration,
  VpcConnector,
} from '@aws-sdk/client-apprunner';
import type {
  Address,
  AvailabilityZone,
  EgressOnlyInternetGateway,
  InternetGateway,
  ManagedPrefixList,
  NatGateway,
  NetworkAcl,
  NetworkInterface,
  RouteTable,
  SecurityGroup,
  ServiceDetail,
  Subnet,
  Vpc,
  VpcBlockPublicAccessExclusion,
  VpcBlockPublicAccessOptions,
  VpcEndpoint,
} from '@aws-sdk/client-ec2';
import type { DBInstance } from '@aws-sdk/client-rds';
import type { GetAccountResponse, GetEmailIdentityResponse } from '@aws-sdk/client-sesv2';

/** As the SDK types it, but JSON: dates are ISO strings, and enumerations any string, as AWS really answers. */
export type Plain<T> = T extends Date
  ? string
  : T extends string
    ? string
    : T extends readonly (infer Item)[]
      ? Plain<Item>[]
      : T extends object
        ? { -readonly [Key in keyof T]: Plain<T[Key]> }
        : T;

export interface Configuration {
  SourceConfiguration: Plain<SourceConfiguration>;
  InstanceConfiguration: Plain<InstanceConfiguration>;
  AutoScalingConfigurationSummary: Plain<AutoScalingConfigurationSummary>;
  HealthCheckConfiguration: Plain<HealthCheckConfiguration>;
  ObservabilityConfiguration?: Plain<ServiceObservabilityConfiguration>;
  NetworkConfiguration: Plain<NetworkConfiguration>;
}

export interface ServiceRecord {
  ServiceName: string;
  ServiceId: string;
  ServiceArn: string;
  ServiceUrl: string;
  CreatedAt: string;
  UpdatedAt: string;
  Status: string;
  /** What instances run with. */
  running: Configuration;
  /** The environment instances were started with; secrets are read at deployment and never again. */
  environment: Record<string, string>;
  /** What an operation in progress is about to make of it. */
  applying?: Configuration;
  /** Newest first. `listedFrom`: ListOperations shows it from then on. */
  operations: (Plain<OperationSummary> & { listedFrom: string })[];
  /** What the image holds: which simulated program, and the port it listens on whatever the configuration says. */
  app: Image;
}

export interface Image {
  kind: string;
  port: number;
  /** Tags whose client waits in the event loop, so that nothing else runs there until it is done. */
  blocking?: string[];
}

export interface InternetHost {
  addresses: [string, ...string[]];
  ports: number[];
}

export interface Account {
  readonly id: string;
  readonly region: string;
  apprunner: { services: ServiceRecord[]; connectors: Plain<VpcConnector>[] };
  ec2: {
    availabilityZones: Plain<AvailabilityZone>[];
    vpcs: Plain<Vpc>[];
    vpcAttributes: Record<string, { enableDnsSupport: boolean; enableDnsHostnames: boolean }>;
    subnets: Plain<Subnet>[];
    routeTables: Plain<RouteTable>[];
    addresses: Plain<Address>[];
    natGateways: Plain<NatGateway>[];
    internetGateways: Plain<InternetGateway>[];
    egressOnlyInternetGateways: Plain<EgressOnlyInternetGateway>[];
    securityGroups: Plain<SecurityGroup>[];
    /** What belongs to a rule and not to the permissions of its group, by `keyOf` the rule (ec2/rules.ts). */
    securityGroupRules: Record<string, SecurityGroupRuleRecord>;
    networkAcls: Plain<NetworkAcl>[];
    vpcEndpoints: Plain<VpcEndpoint>[];
    endpointServices: Plain<ServiceDetail>[];
    prefixLists: (Plain<ManagedPrefixList> & { cidrs: string[] })[];
    networkInterfaces: Plain<NetworkInterface>[];
    blockPublicAccess: Plain<VpcBlockPublicAccessOptions>;
    blockPublicAccessExclusions: Plain<VpcBlockPublicAccessExclusion>[];
    limits: Ec2Limits;
  };
  rds: {
    instances: Plain<DBInstance>[];
    /** The network interface behind each instance, by identifier. */
    interfaces: Record<string, string>;
  };
  ecr: { repositories: Repository[] };
  ssm: { parameters: Record<string, Parameter> };
  secretsManager: { secrets: Secret[] };
  sns: { topics: string[]; messages: { at: string; topicArn: string; subject?: string; message: string }[] };
  logs: Record<string, LogEvent[]>;
  /** Servers in the VPCs that none of the simulated APIs shows, by host name. */
  servers: Record<string, { interfaceId: string; port: number }>;
  /** Servers outside the account, by host name. */
  internet: Record<string, InternetHost>;
  twilio: TwilioAccount;
  sms?: SmsState;
  ses?: SesState;
  faults: Faults;
}

export interface SecurityGroupRuleRecord {
  SecurityGroupRuleId: string;
  Tags?: { Key: string; Value: string }[];
}

/** https://docs.aws.amazon.com/vpc/latest/userguide/amazon-vpc-limits.html */
export interface Ec2Limits {
  addresses: number;
  natGatewaysPerZone: number;
  gatewayEndpoints: number;
  interfaceEndpointsPerVpc: number;
  /** In each direction. */
  rulesPerSecurityGroup: number;
}

/** A repository of images; tags move from image to image. */
export interface Repository {
  name: string;
  images: { digest: string; tags: string[]; pushedAt: string }[];
}

export interface Parameter {
  Type: string;
  Value: string;
  Version: number;
  LastModifiedDate: string;
  Tier: string;
}

export interface Secret {
  Name: string;
  ARN: string;
  CreatedDate: string;
  LastChangedDate: string;
  versions: { VersionId: string; SecretString: string; VersionStages: string[]; CreatedDate: string }[];
}

export interface LogEvent {
  timestamp: number;
  message: string;
  stream: string;
}

export interface TwilioAccount {
  sid: string;
  authToken: string;
  /** Default: Full. */
  type?: 'Full' | 'Trial';
  status: 'active' | 'suspended' | 'closed';
  verifyServices: string[];
  /** Standard API keys: they open everything but the account itself. */
  apiKeys?: { sid: string; secret: string }[];
  /** What the debugger logged. */
  alerts?: TwilioAlert[];
  /** So many of the next requests are refused, because too many came at once. */
  tooManyRequests?: number;
}

/** https://www.twilio.com/docs/usage/monitor-alert */
export interface TwilioAlert {
  readonly date_generated: string;
  readonly log_level: 'error' | 'warning' | 'notice' | 'debug';
  readonly error_code: string;
  readonly alert_text: string;
}

export interface SmsState {
  /** Default: no. */
  inSandbox?: boolean;
  /** What SetSMSAttributes was given; AWS shows nothing else. */
  attributes?: Record<string, string>;
  /** Actions that the caller's policies do not allow, for example `sns:GetSMSAttributes`. */
  denied?: string[];
}

export interface SesState {
  /** What differs from an account that may send. */
  account?: Plain<GetAccountResponse>;
  /** By domain or address. */
  identities?: Record<string, Plain<GetEmailIdentityResponse>>;
  /** Actions that the caller's policies do not allow, for example `ses:GetAccount`. */
  denied?: string[];
}

/** What goes wrong next; a scenario sets it, and the sandbox takes it away once it has happened. */
export interface Faults {
  /** The next operation of App Runner fails for this reason and rolls back. */
  failNextUpdate?: string;
  /** Operations stay IN_PROGRESS for ever. */
  hangOperations?: boolean;
  /** What goes wrong with calls, by action, as in `ec2:CreateRoute`. */
  calls?: Record<string, CallFault>;
}

/** Counted in HTTP requests: a client that retries by itself takes several. */
export interface CallFault {
  /** The code the caller sees. */
  error: string;
  message?: string;
  /** Of the HTTP answer. Default: 500 for a code that says `Internal`, 503 for one that says `Unavailable`, else 400. */
  status?: number;
  /** The change is made and its answer is lost. Default: the call fails before it changes anything. */
  after?: boolean;
  /** So many requests go well first. Default: none. */
  skip?: number;
  /** So many requests fail. Default: one. */
  times?: number;
}

export function emptyAccount(options: { id: string; region: string }): Account {
  return {
    ...options,
    apprunner: { services: [], connectors: [] },
    ec2: {
      availabilityZones: [],
      vpcs: [],
      vpcAttributes: {},
      subnets: [],
      routeTables: [],
      addresses: [],
      natGateways: [],
      internetGateways: [],
      egressOnlyInternetGateways: [],
      securityGroups: [],
      securityGroupRules: {},
      networkAcls: [],
      vpcEndpoints: [],
      endpointServices: [],
      prefixLists: [],
      networkInterfaces: [],
      blockPublicAccess: {
        AwsAccountId: options.id,
        AwsRegion: options.region,
        State: 'default-state',
        InternetGatewayBlockMode: 'off',
      },
      blockPublicAccessExclusions: [],
      limits: {
        addresses: 5,
        natGatewaysPerZone: 5,
        gatewayEndpoints: 20,
        interfaceEndpointsPerVpc: 50,
        rulesPerSecurityGroup: 60,
      },
    },
    rds: { instances: [], interfaces: {} },
    ecr: { repositories: [] },
    ssm: { parameters: {} },
    secretsManager: { secrets: [] },
    sns: { topics: [], messages: [] },
    logs: {},
    servers: {},
    internet: {},
    twilio: { sid: 'AC'.padEnd(34, '0'), authToken: '', status: 'active', verifyServices: [] },
    faults: {},
  };
}

/** Every AWS resource a run could change. Left out: logs, messages sent, and what only the sandbox knows (faults, the world outside). */
export function snapshotOf({ apprunner, ec2, rds, ssm, secretsManager, sns }: Account): unknown {
  return structuredClone({ apprunner, ec2, rds, ssm, secretsManager, sns: { topics: sns.topics } });
}
