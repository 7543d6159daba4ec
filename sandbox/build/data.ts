import { groupRefs, networkInterface } from './interfaces.ts';
import { arn, DAY, minutesAgo, type Site, sha256 } from './site.ts';

/** A PostgreSQL instance; `publiclyAccessible` gives it a public address besides the private one. */
export function database(
  site: Site,
  options: {
    identifier: string;
    subnets: readonly [string, ...string[]];
    groups: string[];
    publiclyAccessible: boolean;
    owner?: string;
  },
): string {
  const { account, random } = site;
  const home = account.ec2.subnets.find(({ SubnetId }) => SubnetId === options.subnets[0]);
  const address = `${options.identifier}.c${random.hex(11)}.${account.region}.rds.amazonaws.com`;
  const link = networkInterface(site, options.subnets[0], {
    Description: 'RDSNetworkInterface',
    Groups: groupRefs(site, options.groups),
  });
  if (options.publiclyAccessible) link.Association = { PublicIp: '54.160.71.18', IpOwnerId: 'amazon-rds' };
  account.rds.interfaces[options.identifier] = link.NetworkInterfaceId ?? '';
  account.rds.instances.push({
    DBInstanceIdentifier: options.identifier,
    DBInstanceArn: arn(site, 'rds', `db:${options.identifier}`),
    DBInstanceClass: 'db.t4g.micro',
    DBInstanceStatus: 'available',
    Engine: 'postgres',
    EngineVersion: '16.4',
    MasterUsername: options.owner ?? 'postgres',
    Endpoint: { Address: address, Port: 5432, HostedZoneId: 'Z2R2ITUGPM61AM' },
    AllocatedStorage: 20,
    InstanceCreateTime: minutesAgo(site, 60 * DAY),
    AvailabilityZone: home?.AvailabilityZone,
    MultiAZ: false,
    PubliclyAccessible: options.publiclyAccessible,
    StorageEncrypted: true,
    NetworkType: 'IPV4',
    VpcSecurityGroups: options.groups.map((VpcSecurityGroupId) => ({ VpcSecurityGroupId, Status: 'active' })),
    DBSubnetGroup: {
      DBSubnetGroupName: `${options.identifier}-subnets`,
      VpcId: home?.VpcId,
      SubnetGroupStatus: 'Complete',
      Subnets: options.subnets.map((SubnetIdentifier) => ({
        SubnetIdentifier,
        SubnetStatus: 'Active',
        SubnetAvailabilityZone: {
          Name: account.ec2.subnets.find(({ SubnetId }) => SubnetId === SubnetIdentifier)?.AvailabilityZone,
        },
      })),
    },
  });
  return address;
}

/** A Redis node of ElastiCache: one private address, which its name means wherever it is asked. */
export function cache(site: Site, options: { identifier: string; subnet: string; groups: string[] }): string {
  const { account, random } = site;
  const host = `${options.identifier}.${random.hex(6)}.0001.use1.cache.amazonaws.com`;
  const { NetworkInterfaceId: interfaceId = '' } = networkInterface(site, options.subnet, {
    Description: `ElastiCache ${options.identifier}`,
    Groups: groupRefs(site, options.groups),
  });
  account.servers[host] = { interfaceId, port: 6379 };
  return host;
}

/** Its ARN is the same in every account of this id and region: `events/` refers to one. */
export function secret(site: Site, name: string, value: string): string {
  const ARN = arn(site, 'secretsmanager', `secret:${name}-${sha256(name).slice(0, 6)}`);
  const at = minutesAgo(site, 20 * DAY);
  site.account.secretsManager.secrets.push({
    Name: name,
    ARN,
    CreatedDate: at,
    LastChangedDate: at,
    versions: [{ VersionId: site.random.uuid(), SecretString: value, VersionStages: ['AWSCURRENT'], CreatedDate: at }],
  });
  return ARN;
}

/** https://docs.aws.amazon.com/systems-manager/latest/userguide/parameter-store-advanced-parameters.html */
const STANDARD_TIER_BYTES = 4096;
const ADVANCED_TIER_BYTES = 8192;

export function parameter(site: Site, name: string, value: string, type: 'String' | 'SecureString' = 'String'): void {
  const bytes = Buffer.byteLength(value);
  if (bytes > ADVANCED_TIER_BYTES) throw new Error(`${name} does not fit into an SSM parameter: ${bytes} bytes`);
  site.account.ssm.parameters[name] = {
    Type: type,
    Value: value,
    Version: 1,
    LastModifiedDate: minutesAgo(site, 10 * DAY),
    Tier: bytes > STANDARD_TIER_BYTES ? 'Advanced' : 'Standard',
  };
}

/** Somebody gave the parameter another value, so long ago. */
export function parameterChanged(site: Site, name: string, value: string, minutes: number): void {
  const before = site.account.ssm.parameters[name];
  if (!before) throw new Error(`no parameter is called ${name}`);
  const LastModifiedDate = minutesAgo(site, minutes);
  site.account.ssm.parameters[name] = { ...before, Value: value, Version: before.Version + 1, LastModifiedDate };
}

export const topic = (site: Site, name: string): void => {
  site.account.sns.topics.push(arn(site, 'sns', name));
};
