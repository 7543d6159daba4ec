import { AllocateAddressCommand, DescribeAddressesCommand, ReleaseAddressCommand } from '@aws-sdk/client-ec2';
import { describe, expect, it } from 'vitest';
import { type Ec2Box, ec2Box, named } from './ec2-box.ts';

const allocate = async ({ ec2 }: Ec2Box) =>
  (await ec2.send(new AllocateAddressCommand({ Domain: 'vpc' }))).AllocationId;

describe('addresses', () => {
  it('are two when asked for twice, and no more than the limit', async () => {
    const box = await ec2Box();
    box.account.ec2.limits.addresses = 2;
    const ids = [await allocate(box), await allocate(box)];
    expect(new Set(ids).size).toBe(2);
    await expect(allocate(box)).rejects.toThrow(named('AddressLimitExceeded'));
  });

  it('are found by tag and by public address, and are gone once released', async () => {
    const box = await ec2Box();
    const { ec2 } = box;
    const tag = { Key: 'run', Value: '7' };
    const TagSpecifications = [{ ResourceType: 'elastic-ip' as const, Tags: [tag] }];
    const { AllocationId, PublicIp } = await ec2.send(new AllocateAddressCommand({ Domain: 'vpc', TagSpecifications }));
    await allocate(box);
    const byTag = await ec2.send(new DescribeAddressesCommand({ Filters: [{ Name: 'tag:run', Values: ['7'] }] }));
    expect(byTag.Addresses).toMatchObject([{ AllocationId, PublicIp, Domain: 'vpc', Tags: [tag] }]);
    const byIp = await ec2.send(new DescribeAddressesCommand({ PublicIps: [PublicIp ?? ''] }));
    expect(byIp.Addresses).toEqual(byTag.Addresses);
    await ec2.send(new ReleaseAddressCommand({ AllocationId }));
    await expect(ec2.send(new ReleaseAddressCommand({ AllocationId }))).rejects.toThrow(
      named('InvalidAllocationID.NotFound'),
    );
  });

  it('refuse tags of another type', async () => {
    const { ec2 } = await ec2Box();
    const TagSpecifications = [{ ResourceType: 'natgateway' as const, Tags: [{ Key: 'run', Value: '7' }] }];
    await expect(ec2.send(new AllocateAddressCommand({ TagSpecifications }))).rejects.toThrow(
      named('InvalidParameterValue'),
    );
  });
});
