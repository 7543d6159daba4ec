import type { DescribeVpcEndpointServicesCommand, ServiceDetail } from '@aws-sdk/client-ec2';
import { describe, expect, it } from 'vitest';
import { collectOffers } from '../../../lib/egress/offers.ts';

const detail = (service: string, type: 'Gateway' | 'Interface' | 'GatewayLoadBalancer', more: Partial<ServiceDetail>) =>
  ({
    ServiceName: `com.amazonaws.us-east-1.${service}`,
    ServiceType: [{ ServiceType: type }],
    ...more,
  }) as ServiceDetail;

/** Answers by filter, page by page, as EC2 does. */
function ec2Of(details: readonly ServiceDetail[], pageSize = 100) {
  const asked: DescribeVpcEndpointServicesCommand['input'][] = [];
  return {
    asked,
    send: async ({ input }: DescribeVpcEndpointServicesCommand) => {
      asked.push(input);
      const wanted = input.Filters?.[0]?.Values ?? [];
      const found = details.filter(({ ServiceName = '' }) => wanted.includes(ServiceName));
      const from = Number(input.NextToken ?? 0);
      const next = from + pageSize < found.length ? String(from + pageSize) : undefined;
      return { ServiceDetails: found.slice(from, from + pageSize), NextToken: next };
    },
  };
}

const S3 = [
  detail('s3', 'Gateway', { AvailabilityZones: ['us-east-1b', 'us-east-1a'] }),
  detail('s3', 'Interface', {
    AvailabilityZones: ['us-east-1a'],
    PrivateDnsNames: [
      { PrivateDnsName: 's3.us-east-1.amazonaws.com' },
      { PrivateDnsName: '*.s3.us-east-1.amazonaws.com' },
    ],
  }),
];

describe('what AWS offers as endpoint', () => {
  it('tells the two types of one name apart', async () => {
    expect(await collectOffers(ec2Of(S3), 'us-east-1', ['s3'])).toEqual({
      offers: [
        {
          serviceName: 'com.amazonaws.us-east-1.s3',
          type: 'Gateway',
          zones: ['us-east-1a', 'us-east-1b'],
          privateDnsNames: [],
        },
        {
          serviceName: 'com.amazonaws.us-east-1.s3',
          type: 'Interface',
          zones: ['us-east-1a'],
          privateDnsNames: ['*.s3.us-east-1.amazonaws.com', 's3.us-east-1.amazonaws.com'],
        },
      ],
      gaps: [],
    });
  });

  it('asks once for all, so that an unknown name spoils nothing', async () => {
    const ec2 = ec2Of(S3);
    const { offers, gaps } = await collectOffers(ec2, 'us-east-1', ['s3', 'nonsense', 'ses', 's3']);
    expect(offers).toHaveLength(2);
    expect(gaps).toEqual([]);
    const names = ['email', 'nonsense', 's3'].map((name) => `com.amazonaws.us-east-1.${name}`);
    expect(ec2.asked).toEqual([{ Filters: [{ Name: 'service-name', Values: names }], NextToken: undefined }]);
  });

  it('reads every page, and the single name where there is no list', async () => {
    const ec2 = ec2Of([...S3, detail('sns', 'Interface', { PrivateDnsName: 'sns.us-east-1.amazonaws.com' })], 1);
    const { offers } = await collectOffers(ec2, 'us-east-1', ['s3', 'sns']);
    expect(offers.map(({ serviceName, type }) => `${serviceName} ${type}`)).toEqual([
      'com.amazonaws.us-east-1.s3 Gateway',
      'com.amazonaws.us-east-1.s3 Interface',
      'com.amazonaws.us-east-1.sns Interface',
    ]);
    expect(offers[2]?.privateDnsNames).toEqual(['sns.us-east-1.amazonaws.com']);
  });

  it('does not ask for nothing, and leaves out other types', async () => {
    const ec2 = ec2Of([detail('firewall', 'GatewayLoadBalancer', {})]);
    expect(await collectOffers(ec2, 'us-east-1', [])).toEqual({ offers: [], gaps: [] });
    expect(ec2.asked).toEqual([]);
    expect((await collectOffers(ec2, 'us-east-1', ['firewall'])).offers).toEqual([]);
  });

  it('names services of China as they are named there', async () => {
    const ec2 = ec2Of([]);
    await collectOffers(ec2, 'cn-north-1', ['s3']);
    expect(ec2.asked[0]?.Filters?.[0]?.Values).toEqual(['cn.com.amazonaws.cn-north-1.s3']);
  });

  it('is a gap when it could not be looked at, without the message of AWS', async () => {
    const failing = (name: string) => ({
      send: async () => {
        throw Object.assign(new Error('arn:aws:iam::123456789012:role/x is not authorized'), { name });
      },
    });
    const gapOf = async (name: string) => (await collectOffers(failing(name), 'us-east-1', ['s3'])).gaps;
    expect(await gapOf('UnauthorizedOperation')).toEqual([
      { action: 'ec2:DescribeVpcEndpointServices', because: 'the permission is missing (UnauthorizedOperation)' },
    ]);
    expect(await gapOf('InternalError')).toEqual([
      { action: 'ec2:DescribeVpcEndpointServices', because: 'the call failed (InternalError)' },
    ]);
  });
});
