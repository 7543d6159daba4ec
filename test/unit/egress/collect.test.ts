import { EC2Client } from '@aws-sdk/client-ec2';
import { RDSClient } from '@aws-sdk/client-rds';
import { describe, expect, it } from 'vitest';
import { collectFacts, type Ec2Reader, type RdsReader } from '../../../lib/egress/collect.ts';
import { judgeEgress } from '../../../lib/egress/judge.ts';
import * as t from './topology.ts';

const denied = Object.assign(new Error('not authorized: arn:aws:iam::111111111111:user/x, encoded message abc'), {
  name: 'UnauthorizedOperation',
});

/** Answers from a topology, one item per page, and counts what is asked. */
const account = (facts: t.Facts, refuse: Record<string, Error> = {}) => {
  const asked: string[] = [];
  const send = async (command: { constructor: { name: string }; input: object }): Promise<object> => {
    const action = command.constructor.name.replace(/Command$/, '');
    const input = command.input as {
      NextToken?: string;
      Marker?: string;
      VpcId?: string;
      Attribute?: string;
      PrefixListId?: string;
    };
    asked.push(action);
    const refusal = refuse[action];
    if (refusal) throw refusal;
    if (action === 'DescribeVpcAttribute')
      return input.Attribute === 'enableDnsSupport'
        ? { VpcId: input.VpcId, EnableDnsSupport: { Value: true } }
        : { VpcId: input.VpcId, EnableDnsHostnames: { Value: true } };
    if (action === 'DescribeVpcBlockPublicAccessOptions')
      return { VpcBlockPublicAccessOptions: facts.VpcBlockPublicAccessOptions };
    if (action === 'GetManagedPrefixListEntries')
      return { Entries: [{ Cidr: '54.172.0.0/16', Description: input.PrefixListId }] };
    const field = action.replace(/^Describe/, '') as keyof t.Facts;
    const all = facts[field] as unknown as object[];
    const page = Number(input.NextToken ?? input.Marker ?? 0);
    const following = page + 1 < all.length ? String(page + 1) : undefined;
    return {
      [field]: all.slice(page, page + 1),
      ...(field === 'DBInstances' ? { Marker: following } : { NextToken: following }),
    };
  };
  return { clients: { ec2: { send } as Ec2Reader, rds: { send } as unknown as RdsReader }, asked };
};

const ask = { subnetIds: ['subnet-a', 'subnet-b'], region: 'us-east-1' };

describe('collecting facts', () => {
  it('reads every list to its last page, and the judge finds nothing amiss', async () => {
    const source = t.healthy();
    const { facts, gaps } = await collectFacts(account(source).clients, ask);
    expect(gaps).toEqual([]);
    for (const field of [
      'Vpcs',
      'Subnets',
      'RouteTables',
      'SecurityGroups',
      'NetworkAcls',
      'DBInstances',
      'NetworkInterfaces',
    ] as const)
      expect([field, facts[field]]).toEqual([field, source[field]]);
    const results = judgeEgress(facts, t.CONNECTOR, [t.TWILIO, t.S3, t.SECRETS, t.DATABASE]);
    expect(results.map(({ status }) => status)).toEqual(['ok', 'ok', 'ok', 'ok']);
  });

  it('asks as often for many subnets and addresses as for one', async () => {
    const one = account(t.healthy());
    await collectFacts(one.clients, { subnetIds: ['subnet-a'] });
    const many = account(t.healthy());
    await collectFacts(many.clients, {
      subnetIds: ['subnet-a', 'subnet-b', 'subnet-c'],
      addresses: Array.from({ length: 200 }, (_, i) => `10.0.50.${i}`),
    });
    expect(many.asked.sort()).toEqual(one.asked.sort());
  });

  it('fetches no page twice', async () => {
    const source = t.healthy();
    const { clients, asked } = account(source);
    await collectFacts(clients, ask);
    const times = (action: string) => asked.filter((name) => name === action).length;
    expect(times('DescribeSubnets')).toBe(source.Subnets.length);
    expect(times('DescribeRouteTables')).toBe(source.RouteTables.length);
    expect(times('DescribeVpcAttribute')).toBe(2);
  });

  it('leaves out the subnets of other VPCs, unless an address is there', async () => {
    const source = t.healthy();
    t.peered(source);
    const vpcs = async (addresses?: string[]) => {
      const { facts } = await collectFacts(account(source).clients, { ...ask, ...(addresses && { addresses }) });
      return [...new Set(facts.Subnets?.map(({ VpcId }) => VpcId))].sort();
    };
    expect(await vpcs()).toEqual(['vpc-1']);
    expect(await vpcs(['172.16.5.5'])).toEqual(['vpc-1', 'vpc-2']);
  });

  it('keeps only interfaces that matter when it knows the addresses', async () => {
    const source = t.healthy();
    t.interfaceEndpoint(source);
    source.NetworkInterfaces.push({ NetworkInterfaceId: 'eni-other', VpcId: 'vpc-1', PrivateIpAddress: '10.0.1.9' });
    const { facts } = await collectFacts(account(source).clients, { ...ask, addresses: [] });
    expect(facts.NetworkInterfaces?.map(({ NetworkInterfaceId }) => NetworkInterfaceId)).toEqual([
      'eni-db',
      'eni-vpce',
    ]);
  });

  it('keeps of an interface that only shares a group with these that it does, and what it is', async () => {
    const source = t.healthy();
    const other = (NetworkInterfaceId: string, GroupId: string, more: object = {}) => {
      const Groups = [{ GroupId, GroupName: 'people named it' }];
      const made = {
        NetworkInterfaceId,
        VpcId: 'vpc-1',
        Description: 'free text',
        PrivateIpAddress: '10.0.1.9',
        Groups,
      };
      source.NetworkInterfaces.push({ ...made, InterfaceType: 'interface', ...more });
    };
    source.SecurityGroups.push({ GroupId: 'sg-default', GroupName: 'default', VpcId: 'vpc-1' });
    other('eni-web', 'sg-app', { Attachment: { InstanceId: 'i-1', AttachmentId: 'eni-attach-1' } });
    other('eni-task', 'sg-default');
    other('eni-batch', 'sg-db');
    other('eni-unrelated', 'sg-else');
    const kept = async (groupIds?: string[]) => {
      const request = { ...ask, addresses: [], ...(groupIds && { groupIds }) };
      const { facts } = await collectFacts(account(source).clients, request);
      return facts.NetworkInterfaces?.slice(1);
    };
    const cut = (NetworkInterfaceId: string, GroupId: string) => ({
      NetworkInterfaceId,
      InterfaceType: 'interface',
      Groups: [{ GroupId }],
    });
    const batch = cut('eni-batch', 'sg-db');
    expect(await kept(['sg-app'])).toEqual([{ ...cut('eni-web', 'sg-app'), Attachment: { InstanceId: 'i-1' } }, batch]);
    expect(await kept([])).toEqual([cut('eni-task', 'sg-default'), batch]);
    expect(await kept()).toEqual([batch]);
  });

  it('reads the entries of the prefix lists that routes and groups name', async () => {
    const source = t.healthy();
    t.table(source, 'rtb-private').Routes?.push({
      DestinationPrefixListId: 'pl-own',
      NatGatewayId: 'nat-1',
      State: 'active',
    });
    const { clients, asked } = account(source);
    const { facts } = await collectFacts(clients, ask);
    expect(facts.PrefixLists?.find(({ PrefixListId }) => PrefixListId === 'pl-own')?.Cidrs).toEqual(['54.172.0.0/16']);
    expect(asked.filter((name) => name === 'GetManagedPrefixListEntries')).toHaveLength(1);
  });

  it.each([
    ['DescribeSubnets', 'Subnets'],
    ['DescribeVpcs', 'Vpcs'],
    ['DescribeRouteTables', 'RouteTables'],
    ['DescribeNatGateways', 'NatGateways'],
    ['DescribeInternetGateways', 'InternetGateways'],
    ['DescribeEgressOnlyInternetGateways', 'EgressOnlyInternetGateways'],
    ['DescribeSecurityGroups', 'SecurityGroups'],
    ['DescribeNetworkAcls', 'NetworkAcls'],
    ['DescribeVpcEndpoints', 'VpcEndpoints'],
    ['DescribeNetworkInterfaces', 'NetworkInterfaces'],
    ['DescribePrefixLists', 'PrefixLists'],
    ['DescribeVpcAttribute', 'VpcAttributes'],
    ['DescribeVpcBlockPublicAccessOptions', 'VpcBlockPublicAccessOptions'],
    ['DescribeDBInstances', 'DBInstances'],
  ] as const)('makes a gap of a denied %s and goes on', async (action, field) => {
    const { facts, gaps } = await collectFacts(account(t.healthy(), { [action]: denied }).clients, ask);
    const prefix = action === 'DescribeDBInstances' ? 'rds' : 'ec2';
    expect(gaps).toEqual([
      { action: `${prefix}:${action}`, because: 'the permission is missing (UnauthorizedOperation)' },
    ]);
    expect(facts[field]).toBeUndefined();
    expect(facts.VpcAttributes === undefined || facts.Vpcs === undefined || facts.Vpcs.length > 0).toBe(true);
    for (const { status } of judgeEgress(facts, t.CONNECTOR, [t.TWILIO, t.S3, t.SECRETS, t.DATABASE]))
      expect(['ok', 'unknown']).toContain(status);
  });

  it('makes a gap of a call that is throttled', async () => {
    const slow = Object.assign(new Error('slow down'), { name: 'RequestLimitExceeded' });
    const { gaps } = await collectFacts(account(t.healthy(), { DescribeNatGateways: slow }).clients, ask);
    expect(gaps).toEqual([
      { action: 'ec2:DescribeNatGateways', because: 'AWS answers too many requests (RequestLimitExceeded)' },
    ]);
  });

  it('does not take half a list for a whole one', async () => {
    const source = t.healthy();
    const { clients } = account(source);
    const endless: Ec2Reader = {
      send: async (command) => {
        if (command.constructor.name !== 'DescribeNatGatewaysCommand') return clients.ec2.send(command);
        const { NextToken = '0' } = command.input as { NextToken?: string };
        return { NatGateways: [], NextToken: String(Number(NextToken) + 1) };
      },
    };
    const { facts, gaps } = await collectFacts({ ec2: endless }, ask);
    expect(facts.NatGateways).toBeUndefined();
    expect(gaps.map(({ action }) => action)).toEqual(['ec2:DescribeNatGateways']);
  });

  it('takes the clients of the SDK as they are', () => {
    const clients: Parameters<typeof collectFacts>[0] = {
      ec2: new EC2Client({ region: 'us-east-1' }),
      rds: new RDSClient({ region: 'us-east-1' }),
    };
    expect(clients).toBeDefined();
  });
});
