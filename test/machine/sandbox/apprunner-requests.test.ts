import {
  DescribeServiceCommand,
  DescribeVpcConnectorCommand,
  ListOperationsCommand,
  ListServicesCommand,
  ListVpcConnectorsCommand,
  UpdateServiceCommand,
  type UpdateServiceCommandInput,
} from '@aws-sdk/client-apprunner';
import { describe, expect, it } from 'vitest';
import { type Box, sandboxOf } from './support.ts';

const update = ({ appRunner, arn }: Box, rest: Partial<UpdateServiceCommandInput>) =>
  appRunner.send(new UpdateServiceCommand({ ServiceArn: arn, ...rest }));
const named = (name: string) => expect.objectContaining({ name });

describe('what App Runner refuses', () => {
  it.each<[string, Partial<UpdateServiceCommandInput>]>([
    [
      'a connector with egress DEFAULT',
      {
        NetworkConfiguration: { EgressConfiguration: { EgressType: 'DEFAULT', VpcConnectorArn: connector('nerava') } },
      },
    ],
    ['egress VPC without a connector', { NetworkConfiguration: { EgressConfiguration: { EgressType: 'VPC' } } }],
    [
      'a connector that does not exist',
      { NetworkConfiguration: { EgressConfiguration: { EgressType: 'VPC', VpcConnectorArn: connector('nobody') } } },
    ],
    ['an unknown egress type', { NetworkConfiguration: { EgressConfiguration: { EgressType: 'NAT' as 'VPC' } } }],
    [
      'an image without its identifier',
      { SourceConfiguration: { ImageRepository: { ImageRepositoryType: 'ECR' } as never } },
    ],
    [
      'an ECR image without an access role',
      {
        SourceConfiguration: {
          ImageRepository: {
            ImageRepositoryType: 'ECR',
            ImageIdentifier: '123456789012.dkr.ecr.us-east-1.amazonaws.com/a:b',
          },
        },
      },
    ],
    [
      'an instance configuration that drops the role secrets need',
      { InstanceConfiguration: { Cpu: '1024', Memory: '2048' } },
    ],
    ['an impossible size', { InstanceConfiguration: { Cpu: '256', Memory: '4096' } }],
  ])('%s', async (_, rest) => {
    const box = await sandboxOf('otp-egress', { speed: 1 });
    await expect(update(box, rest)).rejects.toThrow(named('InvalidRequestException'));
    expect(box.service.Status).toBe('RUNNING');
  });

  it('a service that does not exist', async () => {
    const box = await sandboxOf('otp-egress', { speed: 1 });
    await expect(
      box.appRunner.send(
        new DescribeServiceCommand({ ServiceArn: box.arn.replace(/.$/, (last) => (last === '0' ? '1' : '0')) }),
      ),
    ).rejects.toThrow(named('ResourceNotFoundException'));
    await expect(box.appRunner.send(new DescribeServiceCommand({ ServiceArn: 'nerava-backend' }))).rejects.toThrow(
      named('InvalidRequestException'),
    );
  });
});

describe('lists', () => {
  it('pages operations newest first, and gives everything when no page size is asked for', async () => {
    const box = await sandboxOf('otp-egress', { speed: 1 });
    const list = (rest: object) => box.appRunner.send(new ListOperationsCommand({ ServiceArn: box.arn, ...rest }));
    const all = await list({});
    expect(all.OperationSummaryList?.map(({ Type }) => Type)).toEqual([
      'UPDATE_SERVICE',
      'START_DEPLOYMENT',
      'CREATE_SERVICE',
    ]);
    expect(Object.keys(all.OperationSummaryList?.[0] ?? {}).sort()).toEqual([
      'EndedAt',
      'Id',
      'StartedAt',
      'Status',
      'TargetArn',
      'Type',
      'UpdatedAt',
    ]);
    expect(all.NextToken).toBeUndefined();
    const first = await list({ MaxResults: 2 });
    const second = await list({ MaxResults: 2, NextToken: first.NextToken });
    expect([...(first.OperationSummaryList ?? []), ...(second.OperationSummaryList ?? [])]).toEqual(
      all.OperationSummaryList,
    );
    expect(second.NextToken).toBeUndefined();
    await expect(list({ MaxResults: 1, NextToken: first.NextToken })).rejects.toThrow(named('InvalidRequestException'));
    await expect(list({ MaxResults: 21 })).rejects.toThrow(named('InvalidRequestException'));
    await expect(list({ MaxResults: 0 })).rejects.toThrow(named('InvalidRequestException'));
  });

  it('shows services and connectors', async () => {
    const box = await sandboxOf('otp-egress', { speed: 1 });
    const { ServiceSummaryList } = await box.appRunner.send(new ListServicesCommand({}));
    expect(ServiceSummaryList).toMatchObject([
      { ServiceName: 'nerava-backend', ServiceArn: box.arn, Status: 'RUNNING' },
    ]);
    const { VpcConnectors } = await box.appRunner.send(new ListVpcConnectorsCommand({}));
    const arn = box.service.running.NetworkConfiguration.EgressConfiguration?.VpcConnectorArn;
    const { VpcConnector } = await box.appRunner.send(new DescribeVpcConnectorCommand({ VpcConnectorArn: arn }));
    expect(VpcConnectors).toEqual([VpcConnector]);
    expect(VpcConnector).toMatchObject({ Status: 'ACTIVE', Subnets: [expect.any(String), expect.any(String)] });
  });
});

function connector(name: string) {
  return `arn:aws:apprunner:us-east-1:123456789012:vpcconnector/${name}/1/${'0'.repeat(32)}`;
}
