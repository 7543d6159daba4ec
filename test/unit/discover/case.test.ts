import { describe, expect, it } from 'vitest';
import { type Case, readCase, writeCase } from '../../../lib/discover/case.ts';
import { judgeCase } from '../../../lib/discover/judge.ts';
import type { EgressFacts } from '../../../lib/egress/facts.ts';

const service = { name: 'some-service', arn: 'arn:aws:apprunner:us-east-1:123456789012:service/a/b', id: 'b' };
const connector = { subnetIds: ['subnet-1'], securityGroupIds: ['sg-1'] };
const dependencies = [
  { name: 'secrets', aws: 'secretsmanager', port: 443, protocol: 'tcp' as const },
  { name: 'out', addresses: ['1.1.1.1'], port: 443, protocol: 'tcp' as const },
];
const everything = [{ IpProtocol: '-1', IpRanges: [{ CidrIp: '0.0.0.0/0', Description: 'canary' }] }];

/** A VPC in which every member that is cut or replaced matters to the judge. */
const facts: EgressFacts = {
  Region: 'us-east-1',
  Vpcs: [{ VpcId: 'vpc-1', CidrBlock: '10.0.0.0/16', Tags: [{ Key: 'canary', Value: 'canary' }] }],
  Subnets: [{ SubnetId: 'subnet-1', VpcId: 'vpc-1', CidrBlock: '10.0.1.0/24', AvailabilityZone: 'us-east-1a' }],
  RouteTables: [
    {
      RouteTableId: 'rtb-1',
      VpcId: 'vpc-1',
      Associations: [{ Main: true, AssociationState: { State: 'associated' } }],
      Routes: [
        { DestinationCidrBlock: '10.0.0.0/16', GatewayId: 'local', State: 'active' },
        { DestinationCidrBlock: '0.0.0.0/0', NatGatewayId: 'nat-1', State: 'active' },
      ],
    },
  ],
  NatGateways: [
    { NatGatewayId: 'nat-1', VpcId: 'vpc-1', State: 'failed', FailureCode: 'X', FailureMessage: 'call +15555550142' },
  ],
  InternetGateways: [],
  SecurityGroups: [
    {
      GroupId: 'sg-1',
      GroupName: 'canary',
      Description: 'canary',
      VpcId: 'vpc-1',
      IpPermissions: [],
      IpPermissionsEgress: everything,
    },
    {
      GroupId: 'sg-2',
      GroupName: 'default',
      VpcId: 'vpc-1',
      IpPermissions: everything,
      IpPermissionsEgress: everything,
    },
  ],
  NetworkAcls: [
    {
      NetworkAclId: 'acl-1',
      Associations: [{ SubnetId: 'subnet-1' }],
      Entries: [true, false].map((Egress) => ({
        RuleNumber: 100,
        Egress,
        RuleAction: 'allow',
        Protocol: '-1',
        CidrBlock: '0.0.0.0/0',
      })),
    },
  ],
  VpcEndpoints: [
    {
      VpcEndpointId: 'vpce-1',
      VpcEndpointType: 'Interface',
      VpcId: 'vpc-1',
      ServiceName: 'com.amazonaws.us-east-1.secretsmanager',
      State: 'available',
      PrivateDnsEnabled: true,
      SubnetIds: ['subnet-1'],
      NetworkInterfaceIds: ['eni-1'],
      Groups: [{ GroupId: 'sg-2', GroupName: 'canary' }],
      PolicyDocument: '{"Statement":[{"Effect":"Deny","Principal":"canary","Action":"*","Resource":"*"}]}',
    },
  ],
  PrefixLists: [{ PrefixListId: 'pl-1', PrefixListName: 'canary', Cidrs: ['10.9.0.0/16'] }],
  NetworkInterfaces: [
    {
      NetworkInterfaceId: 'eni-1',
      VpcId: 'vpc-1',
      SubnetId: 'subnet-1',
      Description: 'VPC Endpoint canary',
      PrivateIpAddress: '10.0.1.9',
      Groups: [{ GroupId: 'sg-2' }],
      TagSet: [{ Key: 'owner', Value: 'canary' }],
    },
    {
      NetworkInterfaceId: 'eni-2',
      VpcId: 'vpc-1',
      SubnetId: 'subnet-1',
      Description: 'AWSAppRunner ENI - canary',
      PrivateIpAddress: '10.0.1.10',
      Groups: [{ GroupId: 'sg-1' }],
      TagSet: [
        { Key: 'AWSAppRunnerManaged', Value: 'canary' },
        { Key: 'owner', Value: 'canary' },
      ],
    },
  ],
  VpcAttributes: [{ VpcId: 'vpc-1', EnableDnsSupport: { Value: true }, EnableDnsHostnames: true }],
  DBInstances: [{ DBInstanceIdentifier: 'not-asked-for', MasterUsername: 'canary' }],
};
const parts = { service, connector, dependencies, facts };

describe('a case that is shared', () => {
  it('is judged as the facts it was made of', () => {
    const whole = judgeCase({ format: 'reconnect-facts/1', ...parts });
    const shared = judgeCase(writeCase(parts));
    // What AWS said of a failure is free text: there, and only there, less is said.
    const plain = JSON.stringify(whole).replaceAll('+15555550142', '…0142');
    expect(JSON.stringify(shared)).toBe(plain);
    expect(plain).toMatch(/policy of its own[\s\S]*nat-unavailable/);
  });

  it('holds no tags, names, descriptions, users or policies', () => {
    const text = JSON.stringify(writeCase(parts));
    expect(text).not.toMatch(/canary|"Tags"|MasterUsername|Statement|5555550142|not-asked-for/);
    expect(text).toContain('AWSAppRunnerManaged');
    expect(text).toContain('"GroupName":"default"');
  });

  it('holds no interface that is there only for a group it shares', () => {
    const shares = { NetworkInterfaceId: 'eni-web', InterfaceType: 'interface', Groups: [{ GroupId: 'sg-1' }] };
    const more = { ...facts, NetworkInterfaces: [...(facts.NetworkInterfaces ?? []), shares] };
    expect(writeCase({ ...parts, facts: more })).toEqual(writeCase(parts));
  });

  it('is read back as it was written', () => {
    const written = writeCase({
      ...parts,
      gaps: [{ action: 'ec2:DescribeVpcs', because: 'the permission is missing' }],
    });
    expect(readCase(JSON.parse(JSON.stringify(written)), { dependencies: [] })).toEqual(written);
  });

  it('names the calls that were not answered when it was made', () => {
    const written = writeCase({
      ...parts,
      gaps: [{ action: 'ec2:DescribeVpcs', because: 'the permission is missing' }],
    });
    expect(judgeCase(written).at(-1)).toMatchObject({ id: 'egress:ec2:DescribeVpcs', status: 'unknown' });
  });

  it('of a service with egress DEFAULT is judged by what the internet reaches', () => {
    const database = { name: 'db', rds: 'db', port: 5432, protocol: 'tcp' as const };
    const closed = { DBInstances: [{ DBInstanceIdentifier: 'db', PubliclyAccessible: false }] };
    const made = writeCase({ service, connector: null, dependencies: [database], facts: closed });
    expect(judgeCase(made)).toMatchObject([{ subject: 'db', status: 'broken', cause: 'database-unreachable' }]);
  });
});

describe('what is read', () => {
  const read = (value: unknown, more = {}) => readCase(value, { dependencies: [], ...more });
  const written = (): Case & Record<string, unknown> => JSON.parse(JSON.stringify(writeCase(parts)));

  it.each([
    ['a list', []],
    ['text', 'facts'],
    ['nothing', null],
  ])('%s is neither', (_, value) => expect(() => read(value)).toThrow(/neither a case/));

  it.each([
    ['another format', { format: 'reconnect-facts/2' }, /format: .*reconnect-facts\/1/],
    ['a key too many', { note: 'hello' }, /unknown "note"/],
    ['a port that is none', { dependencies: [{ name: 'a', port: 0, protocol: 'tcp' }] }, /dependencies\.0\.port/],
    [
      'an address that is none',
      { dependencies: [{ name: 'a', addresses: ['x'], port: 1, protocol: 'tcp' }] },
      /addresses/,
    ],
    ['a list that is none', { facts: { Subnets: 'all' } }, /facts\.Subnets: .*array/],
    ['an unknown list', { facts: { Instances: [] } }, /facts: unknown "Instances"/],
  ])('%s is refused', (_, change, said) => expect(() => read({ ...written(), ...change })).toThrow(said));

  it('describe-* lists may hold more than is needed, null, and no list that is not known', () => {
    const dump = { Subnets: [{ SubnetId: 'subnet-1', VpcId: null, Tags: [{ Key: 'a' }] }] };
    expect(read(dump, { connector }).facts).toEqual({ Subnets: [{ SubnetId: 'subnet-1' }] });
    expect(() => read({ Subnet: [] }, { connector })).toThrow(/unknown "Subnet"/);
    expect(() => read(dump)).toThrow(/--connector-subnets/);
  });
});
