import { DescribeServiceCommand } from '@aws-sdk/client-apprunner';
import { AllocateAddressCommand, CreateNatGatewayCommand, DescribeAddressesCommand } from '@aws-sdk/client-ec2';
import { DescribeDBInstancesCommand } from '@aws-sdk/client-rds';
import { describe, expect, it } from 'vitest';
import { ec2Box, named } from './ec2-box.ts';

describe('a call that is to fail', () => {
  it('changes nothing when it fails before, as often as was said', async () => {
    const { ec2, account } = await ec2Box();
    account.faults.calls = { 'ec2:AllocateAddress': { error: 'RequestLimitExceeded', times: 2 } };
    const allocate = () => ec2.send(new AllocateAddressCommand({ Domain: 'vpc' }));
    await expect(allocate()).rejects.toThrow(named('RequestLimitExceeded'));
    await expect(allocate()).rejects.toThrow(named('RequestLimitExceeded'));
    await allocate();
    expect(account.ec2.addresses).toHaveLength(1);
    expect(account.faults.calls).toEqual({});
  });

  it('has made its change when only the answer is lost', async () => {
    const { ec2, account } = await ec2Box();
    account.faults.calls = { 'ec2:AllocateAddress': { error: 'InternalError', after: true } };
    const lost = ec2.send(new AllocateAddressCommand({ Domain: 'vpc' }));
    await expect(lost).rejects.toMatchObject({ name: 'InternalError', $metadata: { httpStatusCode: 500 } });
    expect((await ec2.send(new DescribeAddressesCommand({}))).Addresses).toHaveLength(1);
  });

  it('is found again by its client token', async () => {
    const { ec2, account, openSubnet: SubnetId } = await ec2Box();
    account.faults.calls = { 'ec2:CreateNatGateway': { error: 'InternalError', after: true } };
    const { AllocationId } = await ec2.send(new AllocateAddressCommand({ Domain: 'vpc' }));
    const create = () => ec2.send(new CreateNatGatewayCommand({ SubnetId, AllocationId, ClientToken: 'once' }));
    await expect(create()).rejects.toThrow(named('InternalError'));
    const { NatGateway } = await create();
    expect(account.ec2.natGateways.map(({ NatGatewayId }) => NatGatewayId)).toEqual([NatGateway?.NatGatewayId]);
  });

  it('loses no answer that is a refusal', async () => {
    const { ec2, account } = await ec2Box();
    account.faults.calls = { 'ec2:AllocateAddress': { error: 'InternalError', after: true } };
    account.ec2.limits.addresses = 0;
    await expect(ec2.send(new AllocateAddressCommand({}))).rejects.toThrow(named('AddressLimitExceeded'));
    expect(account.faults.calls).toHaveProperty(['ec2:AllocateAddress']);
  });

  it('goes well first when it was said so', async () => {
    const { ec2, account } = await ec2Box();
    account.faults.calls = { 'ec2:AllocateAddress': { error: 'Unavailable', skip: 1 } };
    const allocate = () => ec2.send(new AllocateAddressCommand({ Domain: 'vpc' }));
    await allocate();
    await expect(allocate()).rejects.toMatchObject({ name: 'Unavailable', $metadata: { httpStatusCode: 503 } });
  });

  it('may be one of any other protocol', async () => {
    const { appRunner, rds, account, arn } = await ec2Box();
    account.faults.calls = {
      'apprunner:DescribeService': { error: 'InternalServiceErrorException' },
      'rds:DescribeDBInstances': { error: 'Throttling' },
    };
    await expect(appRunner.send(new DescribeServiceCommand({ ServiceArn: arn }))).rejects.toThrow(
      named('InternalServiceErrorException'),
    );
    await expect(rds.send(new DescribeDBInstancesCommand({}))).rejects.toThrow(named('Throttling'));
  });

  it('is one that nobody allowed', async () => {
    const { ec2, sandbox, account } = await ec2Box();
    sandbox.deny('ec2:AllocateAddress');
    await expect(ec2.send(new AllocateAddressCommand({}))).rejects.toThrow(named('UnauthorizedOperation'));
    expect(account.ec2.addresses).toEqual([]);
  });
});
